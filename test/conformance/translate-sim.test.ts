// Tool loops over several turns against the simulated vendors, each reached in the dialect that the client
// does not speak: what the strict vendors check (pairs of calls and results, signatures, replayed reasoning)
// must hold.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createFrameSplitter,
  createStreamTranslator,
  type HubDialect,
  type KeptTurn,
  plainChatTarget,
  plainMessagesTarget,
  type TargetFacts,
  translateAnswer,
  translateError,
  translateRequest,
} from '../../src/protocol/index.ts';
import { type Sim, simVendors, type SimVendor, startSim } from '../../src/sim/index.ts';
import { realClock } from './real-clock.ts';
import { checkStreamOrder, parseSse } from './stream-order.ts';

type Json = Record<string, unknown>;

const sims = new Map<SimVendor, Sim>();

beforeAll(async () => {
  for (const vendor of simVendors) {
    const dialects = ['openai-chat', 'anthropic-messages'] as const;
    sims.set(vendor, await startSim({ vendor, seed: 5, clock: realClock, dialects }));
  }
});

afterAll(async () => {
  await Promise.all([...sims.values()].map((sim) => sim.close()));
});

/** What the profiles of the vendors have to say for these tests. */
const chatFacts: Readonly<Record<SimVendor, Partial<TargetFacts>>> = {
  openai: { developerRole: true },
  anthropic: {},
  deepseek: {
    images: 'none',
    documents: 'none',
    forcedWhileThinking: false,
    jsonSchema: 'emulated',
    reasoningField: 'reasoning_content',
    replayReasoning: 'after-tools',
    thinking: 'type',
    thinksByDefault: true,
    efforts: ['low', 'high', 'max'],
    maxTokensField: 'max_tokens',
  },
  qwen: {
    forcedWhileThinking: false,
    jsonWhileThinking: false,
    reasoningField: 'reasoning_content',
    thinking: 'enable',
    maxTokensField: 'max_tokens',
  },
  glm: {
    toolChoices: ['auto'],
    jsonSchema: 'emulated',
    reasoningField: 'reasoning_content',
    thinking: 'type',
    thinksByDefault: true,
    maxTokensField: 'max_tokens',
  },
};

const messagesFacts: Readonly<Record<SimVendor, Partial<TargetFacts>>> = {
  openai: {},
  anthropic: {},
  deepseek: {
    images: 'none',
    documents: 'none',
    signatures: 'ignored',
    replayReasoning: 'after-tools',
    thinking: 'type',
    thinksByDefault: true,
  },
  qwen: { signatures: 'ignored', thinking: 'type' },
  glm: { signatures: 'ignored', thinking: 'type' },
};

interface Asked {
  readonly status: number;
  readonly body: Json;
  readonly text: string;
  readonly kept: KeptTurn | null;
}

const memory = new Map<string, KeptTurn>();

const ports = {
  seal: (text: string) => `seal.${text}`,
  open: (signature: string) => (signature.startsWith('seal.') ? signature.slice(5) : null),
  recall: (callIds: readonly string[]) => memory.get(callIds[0] ?? '') ?? null,
};

let answers = 0;

/** One call as the gateway will make it: translate, send, translate back. */
async function ask(vendor: SimVendor, to: HubDialect, body: Json): Promise<Asked> {
  const sim = sims.get(vendor)!;
  const from = to === 'openai-chat' ? 'anthropic-messages' : 'openai-chat';
  const isChat = to === 'openai-chat';
  const plain = isChat ? plainChatTarget : plainMessagesTarget;
  const model = ['openai', 'anthropic'].includes(vendor) ? 'frontier' : 'value';
  const facts = isChat ? chatFacts[vendor] : messagesFacts[vendor];
  const translated = translateRequest(body, { from, to, target: { ...plain, ...facts, model }, ports });
  if (!translated.ok) throw new Error(translated.failure.code);
  const { state } = translated.value;
  const headers = {
    'content-type': 'application/json',
    'anthropic-version': '2023-06-01',
    authorization: 'Bearer k',
    'x-api-key': 'k',
  };
  const response = await fetch(sim.doorUrls[to]!, { method: 'POST', headers, body: translated.value.body });
  const identity = { answerId: `n${answers++}`, createdSeconds: 1, model };
  if (!response.ok) {
    const error = translateError(from, { status: response.status, body: await response.json() });
    return { status: error.status, body: JSON.parse(error.body) as Json, text: error.body, kept: null };
  }
  if (body['stream'] !== true) {
    const answer = translateAnswer(await response.json(), state, identity);
    if (!answer.ok) throw new Error(answer.failure.code);
    const { kept } = answer.value;
    return { status: 200, body: JSON.parse(answer.value.body) as Json, text: answer.value.body, kept };
  }
  const translator = createStreamTranslator(state, identity);
  const splitter = createFrameSplitter(1 << 20);
  let text = '';
  for await (const chunk of response.body!) {
    const run = splitter.push(chunk as Uint8Array);
    let start = 0;
    for (const end of run?.ends ?? []) {
      translator.see(run!.bytes.subarray(start, end));
      text += translator.take();
      start = end;
    }
  }
  translator.end(translator.complete ? 'closed' : 'cut');
  text += translator.take();
  expect(checkStreamOrder(from, text)).toEqual({ faults: [], end: 'clean' });
  expect(translator.usage?.outputTokens).toBeGreaterThan(0);
  const assembled = from === 'openai-chat' ? assembleChat(text) : assembleMessages(text);
  return { status: 200, body: assembled, text, kept: translator.kept };
}

/** What an Anthropic SDK makes of a stream. */
function assembleMessages(text: string): Json {
  const content: Json[] = [];
  let stopReason: unknown = null;
  for (const { data } of parseSse(text)) {
    const event = JSON.parse(data) as Json;
    const index = Number(event['index']);
    if (event['type'] === 'content_block_start') {
      content[index] = { ...(event['content_block'] as Json), json: '' };
    }
    const delta = (event['delta'] ?? {}) as Record<string, string>;
    if (event['type'] === 'message_delta') stopReason = delta['stop_reason'];
    if (event['type'] !== 'content_block_delta') continue;
    const block = content[index] as Record<string, string>;
    if (delta['text'] !== undefined) block['text'] += delta['text'];
    if (delta['thinking'] !== undefined) block['thinking'] += delta['thinking'];
    if (delta['signature'] !== undefined) block['signature'] = delta['signature'];
    if (delta['partial_json'] !== undefined) block['json'] += delta['partial_json'];
  }
  const blocks = content.map(({ json, ...block }) =>
    block['type'] === 'tool_use' ? { ...block, input: JSON.parse(String(json) || '{}') as Json } : block,
  );
  return { content: blocks, stop_reason: stopReason };
}

interface Piece {
  readonly index: number;
  readonly id?: string;
  readonly function: { arguments: string };
}

/** What an OpenAI SDK makes of a stream. */
function assembleChat(stream: string): Json {
  const calls: Piece[] = [];
  let text = '';
  let reasoning = '';
  let finish: unknown = null;
  for (const { data } of parseSse(stream)) {
    if (data === '[DONE]') continue;
    for (const choice of (JSON.parse(data) as { choices: Json[] }).choices) {
      const delta = choice['delta'] as Json;
      finish = choice['finish_reason'] ?? finish;
      if (typeof delta['content'] === 'string') text += delta['content'];
      if (typeof delta['reasoning_content'] === 'string') reasoning += delta['reasoning_content'];
      for (const piece of (delta['tool_calls'] ?? []) as Piece[]) {
        if (piece.id !== undefined) calls[piece.index] = piece;
        else calls[piece.index]!.function.arguments += piece.function.arguments;
      }
    }
  }
  return {
    choices: [
      {
        message: {
          role: 'assistant',
          content: text,
          reasoning_content: reasoning,
          ...(calls.length > 0 ? { tool_calls: calls } : {}),
        },
        finish_reason: finish,
      },
    ],
  };
}

const schema = { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] };
const names = ['look_up', 'send_mail'];
const wish = 'Please use look_up and send_mail';

describe.each(simVendors)('a client of Messages at chat of %s', (vendor) => {
  test.each([
    [true, 'shown'],
    [true, 'omitted'],
    [false, 'shown'],
  ])('goes through a tool loop (streamed: %s, thinking %s)', async (stream, display) => {
    const base = {
      model: 'claude',
      max_tokens: 4000,
      stream,
      system: 'You are brief.',
      thinking: { type: 'adaptive', ...(display === 'omitted' ? { display } : {}) },
      tools: names.map((name) => ({ name, input_schema: schema })),
    };
    const messages: Json[] = [{ role: 'user', content: wish }];
    const called = await ask(vendor, 'openai-chat', { ...base, messages });
    expect(called.status, called.text).toBe(200);
    const content = called.body['content'] as Json[];
    const uses = content.filter((block) => block['type'] === 'tool_use');
    expect(uses.length).toBeGreaterThan(0);
    expect(called.body['stop_reason']).toBe('tool_use');
    const results = uses.map((use) => ({ type: 'tool_result', tool_use_id: use['id'], content: 'found' }));
    messages.push({ role: 'assistant', content }, { role: 'user', content: results });
    const answered = await ask(vendor, 'openai-chat', { ...base, messages });
    expect(answered.status, answered.text).toBe(200);
    messages.push(
      { role: 'assistant', content: answered.body['content'] },
      { role: 'user', content: 'Thanks' },
    );
    const last = await ask(vendor, 'openai-chat', { ...base, messages });
    expect(last.status, last.text).toBe(200);
  });
});

describe.each(simVendors)('a client of chat at Messages of %s', (vendor) => {
  test.each([
    [true, true],
    [true, false],
    [false, true],
  ])('goes through a tool loop (streamed: %s, remembered: %s)', async (stream, isRemembered) => {
    const base = {
      model: 'gpt',
      stream,
      reasoning_effort: 'low',
      ...(stream ? { stream_options: { include_usage: true } } : {}),
      tools: names.map((name) => ({ type: 'function', function: { name, parameters: schema } })),
    };
    const messages: Json[] = [
      { role: 'system', content: 'You are brief.' },
      { role: 'user', content: wish },
    ];
    memory.clear();
    const called = await ask(vendor, 'anthropic-messages', { ...base, messages });
    expect(called.status, called.text).toBe(200);
    if (isRemembered && called.kept !== null) memory.set(called.kept.callIds[0]!, called.kept);
    const [choice] = called.body['choices'] as { message: Json; finish_reason: string }[];
    const calls = choice!.message['tool_calls'] as { id: string }[];
    expect(calls.length).toBeGreaterThan(0);
    expect(choice!.finish_reason).toBe('tool_calls');
    // As the plain OpenAI SDK sends it back: without the reasoning.
    const { role, content, tool_calls } = choice!.message;
    messages.push({ role, content, tool_calls });
    for (const { id } of calls) messages.push({ role: 'tool', tool_call_id: id, content: 'found' });
    const answered = await ask(vendor, 'anthropic-messages', { ...base, messages });
    expect(answered.status, answered.text).toBe(200);
    const [second] = answered.body['choices'] as { message: Json }[];
    messages.push(
      { role: 'assistant', content: second!.message['content'] },
      { role: 'user', content: 'Thanks' },
    );
    const last = await ask(vendor, 'anthropic-messages', { ...base, messages });
    expect(last.status, last.text).toBe(200);
  });
});
