// Every translated stream keeps the order of the client's dialect, whatever the endpoint sends and wherever
// its bytes are cut; hostile events end in a value, never in an exception.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createFrameSplitter,
  createStreamTranslator,
  type HubDialect,
  plainChatTarget,
  plainMessagesTarget,
  type StreamTranslator,
  translateRequest,
  type TranslationState,
} from '../../src/protocol/index.ts';
import { checkStreamOrder, parseSse } from './stream-order.ts';

const identity = { answerId: 'a1', createdSeconds: 1_700_000_000, model: 'm' };
const encoder = new TextEncoder();

type Json = Record<string, unknown>;

function toState(to: HubDialect, body: Json = {}, thinkTags = false): TranslationState {
  const from = to === 'openai-chat' ? 'anthropic-messages' : 'openai-chat';
  const plain = to === 'openai-chat' ? plainChatTarget : plainMessagesTarget;
  const ask = { messages: [{ role: 'user', content: 'Hi' }], stream: true, ...body };
  const ports = { seal: (text: string) => `sealed:${text}` };
  const result = translateRequest(ask, { from, to, target: { ...plain, model: 'm', thinkTags }, ports });
  if (!result.ok) throw new Error(result.failure.code);
  return result.value.state;
}

interface Run {
  readonly text: string;
  readonly translator: StreamTranslator;
  readonly kinds: readonly string[];
}

/** Sends the bytes of a stream in pieces of a size through splitter and translator. */
function run(state: TranslationState, source: string, pieceBytes = Infinity): Run {
  const translator = createStreamTranslator(state, identity);
  const splitter = createFrameSplitter(1 << 24);
  const bytes = encoder.encode(source);
  const kinds: string[] = [];
  let text = '';
  for (let at = 0; at < bytes.length; at += Math.min(pieceBytes, bytes.length)) {
    const frames = splitter.push(bytes.subarray(at, Math.min(bytes.length, at + pieceBytes)));
    let start = 0;
    for (const end of frames?.ends ?? []) {
      kinds.push(translator.see(frames!.bytes.subarray(start, end)));
      text += translator.take();
      start = end;
    }
  }
  translator.end(translator.complete ? 'closed' : 'cut');
  return { text: text + translator.take(), translator, kinds };
}

function chat(...deltas: readonly (Json | string)[]): string {
  const chunks = deltas.map((delta) => {
    if (typeof delta === 'string') return `data: ${delta}\n\n`;
    const { finish_reason = null, usage, ...rest } = delta;
    const choices =
      usage === undefined || finish_reason !== null ? [{ index: 0, delta: rest, finish_reason }] : [];
    return `data: ${JSON.stringify({ id: 'x', model: 'v', choices, ...(usage === undefined ? {} : { usage }) })}\n\n`;
  });
  return chunks.join('');
}

function messages(...events: readonly Json[]): string {
  return events
    .map((event) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`)
    .join('');
}

const call = (index: number | undefined, rest: Json): Json => ({
  tool_calls: [{ ...(index === undefined ? {} : { index }), ...rest }],
});
const first = (index: number | undefined, id: string, name: string, text = ''): Json =>
  call(index, { id, type: 'function', function: { name, arguments: text } });
const more = (index: number | undefined, text: string): Json =>
  call(index, { function: { arguments: text } });
const done = ['[DONE]'] as const;
const finish = (reason: string): Json => ({ finish_reason: reason });

interface Block {
  type: string;
  text: string;
  signature?: string;
  name?: string;
  id?: string;
}

/** The blocks of a Messages stream with their deltas joined. */
function readBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  for (const event of parseSse(text)) {
    const data = JSON.parse(event.data) as Json;
    const index = data['index'] as number;
    if (data['type'] === 'content_block_start') {
      const { type, name, id } = data['content_block'] as Record<string, string>;
      blocks[index] = { type: type!, text: '', ...(name === undefined ? {} : { name, id: id! }) };
    }
    const delta = data['delta'] as Record<string, string> | undefined;
    if (data['type'] !== 'content_block_delta') continue;
    const block = blocks[index]!;
    block.text += delta!['text'] ?? delta!['thinking'] ?? delta!['partial_json'] ?? '';
    if (delta!['signature'] !== undefined) block.signature = delta!['signature'];
  }
  return blocks;
}

const use = (name: string, id: string, text: string): Block => ({ type: 'tool_use', text, name, id });

const parallel: Readonly<Record<string, { stream: string; blocks: readonly Block[] }>> = {
  'in sequence': {
    stream: chat(first(0, 'a', 'f'), more(0, '{"x":'), more(0, '1}'), first(1, 'b', 'g'), more(1, '{}')),
    blocks: [use('f', 'a', '{"x":1}'), use('g', 'b', '{}')],
  },
  'with switching indices': {
    stream: chat(
      first(0, 'a', 'f'),
      first(1, 'b', 'g'),
      more(0, '{"x":'),
      more(1, '{"y":'),
      more(0, '"}{"}'),
      more(1, '2}'),
    ),
    blocks: [use('f', 'a', '{"x":"}{"}'), use('g', 'b', '{"y":2}')],
  },
  'without an index': {
    stream: chat(first(undefined, 'a', 'f', '{"x":1}'), first(undefined, 'b', 'g'), more(undefined, '{}')),
    blocks: [use('f', 'a', '{"x":1}'), use('g', 'b', '{}')],
  },
  'with id and name on every piece': {
    stream: chat(first(0, 'a', 'f', '{"x"'), first(0, 'a', 'f', ':1}'), first(1, 'b', 'g', '{}')),
    blocks: [use('f', 'a', '{"x":1}'), use('g', 'b', '{}')],
  },
  'all at index 0': {
    stream: chat(first(0, 'a', 'f', '{"x":1}'), first(0, 'b', 'g', '{}')),
    blocks: [use('f', 'a', '{"x":1}'), use('g', 'b', '{}')],
  },
  'all in one chunk, arguments as an object': {
    stream: chat({
      tool_calls: [
        { index: 0, id: 'a', function: { name: 'f', arguments: { x: 1 } } },
        { index: 1, id: 'b', function: { name: 'g', arguments: '' } },
      ],
    }),
    blocks: [use('f', 'a', '{"x":1}'), use('g', 'b', '')],
  },
  'whose first has no arguments': {
    stream: chat(first(0, 'a', 'f'), first(1, 'b', 'g'), more(1, '{"y":2}')),
    blocks: [use('f', 'a', ''), use('g', 'b', '{"y":2}')],
  },
  'whose name comes after the id': {
    stream: chat(
      call(0, { id: 'a', function: {} }),
      more(0, '{"x":1}'),
      call(0, { function: { name: 'f' } }),
    ),
    blocks: [use('f', 'a', '{"x":1}')],
  },
  'without ids, and with an id outside the alphabet': {
    stream: chat(first(0, '', 'f', '{}'), first(1, 'functions.g:1', 'g', '{}')),
    blocks: [use('f', 'call_a1_0', '{}'), use('g', 'chgx_functions_2e_g_3a_1', '{}')],
  },
};

describe('chat to Messages', () => {
  test.each(Object.entries(parallel))(
    'parallel calls %s become blocks one after another',
    (_, { stream, blocks }) => {
      const { text, translator } = run(toState('openai-chat'), stream + chat(finish('tool_calls'), ...done));
      expect(checkStreamOrder('anthropic-messages', text)).toEqual({ faults: [], end: 'clean' });
      expect(readBlocks(text)).toEqual(blocks);
      expect(text).toContain('"stop_reason":"tool_use"');
      expect(translator).toMatchObject({ complete: true, finish: 'tool_calls', reportedModel: 'v' });
    },
  );

  const thinking = chat(
    { role: 'assistant', content: '' },
    { reasoning_content: 'Let me' },
    { reasoning: ' see.' },
    { content: 'Hello' },
    { content: ' wörld 🌍' },
    first(0, 'a', 'f', '{"x":1}'),
    { content: 'Bye' },
    finish('stop'),
    { usage: { prompt_tokens: 10, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 4 } } },
    ...done,
  );

  test('thinking is signed with the sealed text, and usage behind the finish is corrected', () => {
    const { text, translator, kinds } = run(toState('openai-chat'), thinking);
    expect(checkStreamOrder('anthropic-messages', text)).toEqual({ faults: [], end: 'clean' });
    expect(readBlocks(text)).toEqual([
      { type: 'thinking', text: 'Let me see.', signature: 'sealed:Let me see.' },
      { type: 'text', text: 'Hello wörld 🌍' },
      use('f', 'a', '{"x":1}'),
      { type: 'text', text: 'Bye' },
    ]);
    const ending = parseSse(text).find((event) => event.event === 'message_delta');
    expect(JSON.parse(ending!.data)).toMatchObject({
      delta: { stop_reason: 'tool_use' },
      usage: { input_tokens: 6, cache_read_input_tokens: 4, output_tokens: 7 },
    });
    expect(translator.kept).toEqual({ callIds: ['a'], text: 'Let me see.', signature: null });
    expect(kinds[0]).toBe('prelude');
    expect(kinds.at(-1)).toBe('done');
  });

  test('a client that wants no thinking shown gets the seal alone', () => {
    const hidden = { thinking: { type: 'adaptive', display: 'omitted' } };
    const { text } = run(toState('openai-chat', hidden), thinking);
    expect(readBlocks(text)[0]).toEqual({ type: 'thinking', text: '', signature: 'sealed:Let me see.' });
  });

  test('the result is the same wherever the bytes are cut', () => {
    const whole = run(toState('openai-chat'), thinking).text;
    for (let size = 1; size < 80; size++) {
      expect(run(toState('openai-chat'), thinking, size).text).toBe(whole);
    }
  });

  test('<think> tags become thinking wherever they are cut', () => {
    const text = '\n<think>\nWhy? a < b</thin </think>\n\nBecause <think> stays.';
    for (let cut = 1; cut < text.length; cut++) {
      const stream = chat(
        { content: text.slice(0, cut) },
        { content: text.slice(cut) },
        finish('stop'),
        ...done,
      );
      const blocks = readBlocks(run(toState('openai-chat', {}, true), stream).text);
      expect(blocks).toMatchObject([
        { type: 'thinking', text: '\nWhy? a < b</thin ' },
        { type: 'text', text: 'Because <think> stays.' },
      ]);
    }
  });

  test('a stream that ends with its finish and no [DONE] is whole; one without a finish is cut', () => {
    const whole = run(toState('openai-chat'), chat({ content: 'Hi' }, finish('length')));
    expect(checkStreamOrder('anthropic-messages', whole.text).end).toBe('clean');
    expect(whole.text).toContain('"stop_reason":"max_tokens"');
    const cut = run(toState('openai-chat'), chat({ content: 'Hi' }, first(0, 'a', 'f', '{"x":')));
    expect(checkStreamOrder('anthropic-messages', cut.text)).toEqual({ faults: [], end: 'cut' });
    expect(cut.translator.complete).toBe(false);
  });

  test('an error and a broken-off answer are errors, never a clean stop', () => {
    for (const end of [
      chat('{"error":{"message":"no","code":7}}'),
      chat(finish('network_error'), ...done),
      chat('{'),
    ]) {
      const { text, translator, kinds } = run(toState('openai-chat'), chat({ content: 'Hi' }) + end);
      expect(kinds.at(-1)).toBe('error');
      expect(translator.error).not.toBeNull();
      expect(translator.complete).toBe(false);
      expect(checkStreamOrder('anthropic-messages', text)).toEqual({ faults: [], end: 'cut' });
    }
  });
});

describe('Messages to chat', () => {
  const start = {
    type: 'message_start',
    message: { id: 'y', model: 'v', usage: { input_tokens: 5, output_tokens: 1 } },
  };
  const open = (index: number, block: Json): Json => ({
    type: 'content_block_start',
    index,
    content_block: block,
  });
  const delta = (index: number, value: Json): Json => ({ type: 'content_block_delta', index, delta: value });
  const stop = (index: number): Json => ({ type: 'content_block_stop', index });
  const end = (reason: string): readonly Json[] => [
    {
      type: 'message_delta',
      delta: { stop_reason: reason },
      usage: { output_tokens: 9, cache_read_input_tokens: 3 },
    },
    { type: 'message_stop' },
  ];
  const loop = messages(
    start,
    { type: 'ping' },
    open(0, { type: 'thinking', thinking: '' }),
    delta(0, { type: 'thinking_delta', thinking: 'Hm.' }),
    delta(0, { type: 'signature_delta', signature: 'sig' }),
    stop(0),
    open(1, { type: 'text', text: '' }),
    delta(1, { type: 'text_delta', text: 'Ünd' }),
    stop(1),
    open(2, { type: 'tool_use', id: 't1', name: 'f', input: {} }),
    delta(2, { type: 'input_json_delta', partial_json: '' }),
    delta(2, { type: 'input_json_delta', partial_json: '{"x":1}' }),
    stop(2),
    open(3, { type: 'tool_use', id: 't2', name: 'g', input: { whole: true } }),
    stop(3),
    open(4, { type: 'tool_use', id: 't3', name: 'h', input: {} }),
    stop(4),
    ...end('tool_use'),
  );

  test('a tool loop keeps the order, and usage comes only when it was asked for', () => {
    const asked = run(toState('anthropic-messages', { stream_options: { include_usage: true } }), loop);
    expect(checkStreamOrder('openai-chat', asked.text)).toEqual({ faults: [], end: 'clean' });
    const chunks = parseSse(asked.text)
      .slice(0, -1)
      .map((event) => JSON.parse(event.data) as Json);
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 8, completion_tokens: 9, prompt_tokens_details: { cached_tokens: 3 } },
    });
    const choices = chunks.flatMap(
      (chunk) => chunk['choices'] as { delta: Json; finish_reason: string | null }[],
    );
    expect(choices[0]!.delta).toEqual({ role: 'assistant', content: '' });
    const texts = ['', '', ''];
    for (const { delta: piece } of choices) {
      for (const { index, function: called } of (piece['tool_calls'] ?? []) as {
        index: number;
        function: Json;
      }[]) {
        texts[index] += String(called['arguments']);
      }
    }
    expect(texts).toEqual(['{"x":1}', '{"whole":true}', '{}']);
    expect(choices.at(-1)).toMatchObject({ delta: {}, finish_reason: 'tool_calls' });
    expect(asked.translator.kept).toEqual({ callIds: ['t1', 't2', 't3'], text: 'Hm.', signature: 'sig' });
    const plain = run(toState('anthropic-messages'), loop);
    expect(plain.text).not.toContain('"usage"');
  });

  test('thinking in a text block and a second message_start change nothing', () => {
    const stream = messages(
      start,
      open(0, { type: 'text', text: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'Hm.' }),
      start,
      delta(0, { type: 'text_delta', text: 'Hi' }),
      stop(0),
      ...end('end_turn'),
    );
    const { text } = run(toState('anthropic-messages'), stream);
    expect(checkStreamOrder('openai-chat', text)).toEqual({ faults: [], end: 'clean' });
    expect(text.match(/"role":"assistant"/g)).toHaveLength(1);
    expect(text).toContain('"reasoning_content":"Hm."');
  });

  test('the result is the same wherever the bytes are cut', () => {
    const whole = run(toState('anthropic-messages'), loop).text;
    for (let size = 1; size < 80; size++) {
      expect(run(toState('anthropic-messages'), loop, size).text).toBe(whole);
    }
  });

  test('without message_stop a stream is cut', () => {
    const { text, translator } = run(
      toState('anthropic-messages'),
      messages(start, open(0, { type: 'text', text: 'A' })),
    );
    expect(translator.complete).toBe(false);
    expect(checkStreamOrder('openai-chat', text)).toEqual({ faults: [], end: 'cut' });
  });
});

describe('whatever comes', () => {
  const piece = fc.oneof(
    fc.record({ reasoning_content: fc.string() }),
    fc.record({ content: fc.string() }),
    fc
      .tuple(
        fc.option(fc.nat(3)),
        fc.option(fc.constantFrom('a', 'b', 'c:1')),
        fc.option(fc.constantFrom('f', 'g')),
        fc.constantFrom('', '{', '}', '"', '{}', '1'),
      )
      .map(([index, id, name, text]) => ({
        tool_calls: [
          {
            ...(index === null ? {} : { index }),
            ...(id === null ? {} : { id }),
            function: { name, arguments: text },
          },
        ],
      })),
    fc.record({ finish_reason: fc.constantFrom('stop', 'length', 'tool_calls', 'odd') }),
  );

  test('any chat stream becomes a legal Messages stream', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const { text, translator } = run(toState('openai-chat'), chat(...pieces, ...done));
        expect(checkStreamOrder('anthropic-messages', text)).toEqual({ faults: [], end: 'clean' });
        expect(translator.complete).toBe(true);
        const spoken = pieces.map((delta) => ('content' in delta ? delta.content : '')).join('');
        expect(
          readBlocks(text)
            .filter((block) => block.type === 'text')
            .map((block) => block.text)
            .join(''),
        ).toBe(spoken);
      }),
      { numRuns: 300 },
    );
  });

  const json = fc.jsonValue({ maxDepth: 3 });
  const types = [
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'x',
  ];
  const kinds = [
    'text',
    'thinking',
    'tool_use',
    'redacted_thinking',
    'text_delta',
    'thinking_delta',
    'input_json_delta',
    'signature_delta',
  ];
  const hostile = fc.oneof(
    json,
    fc.record({
      choices: fc.oneof(json, fc.array(fc.record({ delta: json, index: json, finish_reason: json }))),
    }),
    fc.record({ choices: fc.constant([{}]), usage: json, error: fc.option(json) }),
    fc.record({
      type: fc.constantFrom(...types),
      index: fc.oneof(fc.nat(2), json),
      delta: fc.oneof(
        json,
        fc.record({ type: fc.constantFrom(...kinds), text: json, thinking: json, partial_json: json }),
      ),
      content_block: fc.oneof(
        json,
        fc.record({ type: fc.constantFrom(...kinds), id: json, name: json, input: json }),
      ),
      message: json,
    }),
  );

  test.each(['openai-chat', 'anthropic-messages'] as const)(
    'hostile events of %s never throw and never break the order',
    (to) => {
      fc.assert(
        fc.property(
          fc.array(
            fc.oneof(
              hostile.map((value) => JSON.stringify(value)),
              fc.string(),
            ),
            { maxLength: 12 },
          ),
          (all) => {
            const source = all.map((data) => `data: ${data.replaceAll(/[\r\n]/g, ' ')}\n\n`).join('');
            const { text } = run(toState(to), source);
            const from = to === 'openai-chat' ? 'anthropic-messages' : 'openai-chat';
            const { faults } = checkStreamOrder(from, text);
            // Text behind a call is content that must not be lost; the written order has no place for it.
            expect(
              faults.filter((fault) => !fault.includes('"content" is not allowed in state "call"')),
            ).toEqual([]);
          },
        ),
        { numRuns: 500 },
      );
    },
  );
});
