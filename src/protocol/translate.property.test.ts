// What must hold for every request: back in its own dialect nothing is lost, through the other one the
// meaning stays, and nothing that is sent makes the translation throw.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  fromWordId,
  type HubDialect,
  type JsonObject,
  parseArguments,
  plainChatTarget,
  plainMessagesTarget,
  toNineId,
  toWordId,
} from './neutral/index.ts';
import { translateAnswer, translateRequest } from './translate.ts';

const targets = { 'openai-chat': plainChatTarget, 'anthropic-messages': plainMessagesTarget };

function translate(from: HubDialect, to: HubDialect, body: JsonObject): JsonObject {
  const result = translateRequest(body, { from, to, target: { ...targets[to], model: 'm' } });
  if (!result.ok) throw new Error(result.failure.code);
  return JSON.parse(result.value.body) as JsonObject;
}

const text = fc.string({ minLength: 1, maxLength: 8 });
const unknownFields = fc.dictionary(
  fc.constantFrom('x_new', 'beta', '__proto__', 'toString'),
  fc.jsonValue({ maxDepth: 1 }),
  { maxKeys: 2 },
);
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const cache = maybe(fc.constant({ type: 'ephemeral' }));

const textBlock = fc.record({ type: fc.constant('text'), text, cache_control: cache });
const imageBlock = fc.record({
  type: fc.constant('image'),
  source: fc.oneof(
    fc.constant({ type: 'base64', media_type: 'image/png', data: 'AAAA' }),
    fc.constant({ type: 'url', url: 'https://x.test/a.png' }),
  ),
});
const input = fc.dictionary(fc.constantFrom('a', 'b'), fc.jsonValue({ maxDepth: 1 }));
const messagesTurn = fc.oneof(
  fc.record({
    role: fc.constant('user'),
    content: fc.oneof(text, fc.array(fc.oneof(textBlock, imageBlock), { minLength: 1, maxLength: 3 })),
  }),
  fc.record({
    role: fc.constant('assistant'),
    content: fc.array(
      fc.oneof(
        textBlock,
        fc.record({ type: fc.constant('thinking'), thinking: text, signature: text }),
        fc.record({ type: fc.constant('redacted_thinking'), data: text }),
        fc.record({ type: fc.constant('tool_use'), id: text, name: text, input }),
        fc.record({ type: fc.constant('server_tool_use'), id: text, stuff: fc.jsonValue({ maxDepth: 1 }) }),
      ),
      { maxLength: 3 },
    ),
  }),
  fc.record({
    role: fc.constant('user'),
    content: fc.array(
      fc.record({
        type: fc.constant('tool_result'),
        tool_use_id: text,
        content: fc.oneof(text, fc.array(textBlock, { maxLength: 2 })),
        is_error: maybe(fc.boolean()),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  }),
  fc.record({ role: fc.constant('system'), content: text }),
);

const messagesBody = fc
  .tuple(
    fc.record({
      model: fc.constant('m'),
      max_tokens: fc.nat(),
      system: maybe(fc.oneof(text, fc.array(textBlock, { minLength: 1, maxLength: 2 }))),
      messages: fc.array(messagesTurn, { maxLength: 5 }),
      temperature: maybe(fc.double({ min: 0, max: 1 })),
      tools: maybe(
        fc.array(
          fc.record({
            name: text,
            input_schema: fc.constant({ type: 'object' }),
            cache_control: cache,
            defer_loading: maybe(fc.constant(true)),
          }),
          { minLength: 1, maxLength: 2 },
        ),
      ),
      thinking: maybe(fc.constant({ type: 'adaptive', display: 'updates' })),
      output_config: maybe(fc.constant({ effort: 'high', task_budget: 3 })),
      metadata: maybe(fc.constant({ user_id: 'u', more: 1 })),
      stream: maybe(fc.boolean()),
    }),
    unknownFields,
  )
  .map(([body, more]) => JSON.parse(JSON.stringify({ ...more, ...body })) as JsonObject);

const chatPart = fc.oneof(
  fc.record({ type: fc.constant('text'), text }),
  fc.record({
    type: fc.constant('image_url'),
    image_url: fc.record({
      url: fc.constant('data:image/png;base64,AAAA'),
      detail: maybe(fc.constant('low')),
    }),
  }),
  fc.record({ type: fc.constant('input_audio'), input_audio: fc.jsonValue({ maxDepth: 1 }) }),
);
const chatTurn = fc.oneof(
  fc.record({
    role: fc.constantFrom('system', 'developer', 'user'),
    content: fc.oneof(text, fc.array(chatPart, { maxLength: 3 })),
    name: maybe(text),
  }),
  fc.record({
    role: fc.constant('assistant'),
    content: fc.oneof(text, fc.constant(null)),
    reasoning_content: maybe(text),
    tool_calls: maybe(
      fc.array(
        fc.record({
          id: text,
          type: fc.constant('function'),
          function: fc.record({ name: text, arguments: text }),
        }),
        { minLength: 1, maxLength: 2 },
      ),
    ),
  }),
  fc.record({ role: fc.constant('tool'), tool_call_id: text, content: text }),
);
const chatBody = fc
  .tuple(
    fc.record({
      model: fc.constant('m'),
      messages: fc.array(chatTurn, { maxLength: 6 }),
      temperature: maybe(fc.double({ min: 0, max: 2 })),
      max_tokens: maybe(fc.nat()),
      stop: maybe(fc.oneof(text, fc.array(text))),
      response_format: maybe(
        fc.constant({ type: 'json_schema', json_schema: { name: 'x', schema: {}, description: 'd' } }),
      ),
      tools: maybe(
        fc.array(
          fc.record({
            type: fc.constant('function'),
            function: fc.record({
              name: text,
              parameters: fc.constant({ type: 'object' }),
              strict: maybe(fc.boolean()),
            }),
          }),
          { minLength: 1, maxLength: 2 },
        ),
      ),
      stream: maybe(fc.boolean()),
      stream_options: maybe(fc.constant({ include_usage: true, include_obfuscation: false })),
      seed: maybe(fc.nat()),
    }),
    unknownFields,
  )
  .map(([body, more]) => JSON.parse(JSON.stringify({ ...more, ...body })) as JsonObject);

test('translateRequest() back into Messages loses nothing, known or unknown', () => {
  fc.assert(
    fc.property(messagesBody, (body) => {
      expect(translate('anthropic-messages', 'anthropic-messages', body)).toEqual(body);
    }),
    { numRuns: 400 },
  );
});

test('translateRequest() back into chat loses nothing, known or unknown', () => {
  fc.assert(
    fc.property(chatBody, (body) => {
      expect(translate('openai-chat', 'openai-chat', body)).toEqual(body);
    }),
    { numRuns: 400 },
  );
});

/** Every text that a model would read, in any dialect's body. */
function listTexts(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(listTexts);
  if (typeof value !== 'object' || value === null) return [];
  const { type, text: own, content, tool_calls: calls, ...rest } = value as Record<string, unknown>;
  const found: string[] = [];
  if (typeof own === 'string') found.push(own);
  if (typeof content === 'string') found.push(content);
  else found.push(...listTexts(content));
  return [...found, ...listTexts(calls), ...(type === undefined ? listTexts(rest['messages']) : [])];
}

const isSaid = (said: string, all: string) => said.trim() === '' || all.includes(said.trim());

test('translateRequest() shows every text of a conversation to the target of the other dialect', () => {
  fc.assert(
    fc.property(messagesBody, chatBody, (messages, chat) => {
      for (const [from, to, body] of [
        ['anthropic-messages', 'openai-chat', messages],
        ['openai-chat', 'anthropic-messages', chat],
      ] as const) {
        const translated = translate(from, to, body);
        const all = [
          ...listTexts(translated),
          typeof translated['system'] === 'string' ? translated['system'] : '',
          ...listTexts(translated['system']),
        ].join('\n');
        for (const said of listTexts(body)) {
          expect(isSaid(said, all), JSON.stringify([said, translated])).toBe(true);
        }
      }
    }),
    { numRuns: 400 },
  );
});

test('translateRequest() to Messages begins with the user, takes turns, and has no empty text', () => {
  fc.assert(
    fc.property(chatBody, (body) => {
      fc.pre((body['messages'] as unknown[]).length > 0);
      const messages = translate('openai-chat', 'anthropic-messages', body)['messages'] as {
        role: string;
        content: unknown;
      }[];
      const roles = messages.map((message) => message.role);
      expect(roles[0]).toBe('user');
      for (const [index, role] of roles.entries()) expect(role).toBe(index % 2 === 0 ? 'user' : 'assistant');
      expect(JSON.stringify(messages)).not.toContain('"text":""');
    }),
    { numRuns: 400 },
  );
});

test('nothing that is sent makes a translation throw', () => {
  const json = fc.jsonValue({ maxDepth: 4 });
  const names = [
    'model',
    'messages',
    'system',
    'tools',
    'tool_choice',
    'stop',
    'thinking',
    'output_config',
    'response_format',
    'n',
  ];
  const field = fc.oneof(
    json,
    fc.array(
      fc.record({
        role: fc.constantFrom('user', 'assistant', 'tool', 'system'),
        content: json,
        tool_calls: json,
      }),
    ),
  );
  const body = fc.dictionary(fc.constantFrom(...names), field).map((fields) => ({ messages: [], ...fields }));
  fc.assert(
    fc.property(body, json, (request, answer) => {
      for (const from of ['openai-chat', 'anthropic-messages'] as const) {
        for (const to of ['openai-chat', 'anthropic-messages'] as const) {
          const result = translateRequest(request, { from, to, target: { ...targets[to], model: 'm' } });
          if (!result.ok) continue;
          const { state } = result.value;
          translateAnswer(answer, state, { answerId: 'a', createdSeconds: 0, model: 'm' });
          translateAnswer({ choices: [{ message: answer }], content: [answer] }, state, {
            answerId: 'a',
            createdSeconds: 0,
            model: 'm',
          });
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('toWordId() is undone by fromWordId(), keeps legal ids, and never lets two meet', () => {
  const id = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string().map((rest) => `chgx_${rest}`),
    fc.string().map(toWordId),
  );
  fc.assert(
    fc.property(id, id, (left, right) => {
      expect(toWordId(left)).toMatch(/^[a-zA-Z0-9_-]+$/);
      expect(fromWordId(toWordId(left))).toBe(left);
      if (left !== right) expect(toWordId(left)).not.toBe(toWordId(right));
      expect(toNineId(left)).toMatch(/^[a-zA-Z0-9]{9}$/);
    }),
  );
});

test('parseArguments() keeps objects, closes what was cut, and never throws', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })),
      fc.nat(60),
      fc.string(),
      (value, cut, noise) => {
        const whole = JSON.stringify(value);
        expect(JSON.stringify(parseArguments(whole).input)).toBe(JSON.stringify(JSON.parse(whole)));
        expect(typeof parseArguments(whole.slice(0, cut)).input).toBe('object');
        expect(typeof parseArguments(noise).input).toBe('object');
      },
    ),
  );
});

test('parseArguments() keeps integers beyond 2^53', () => {
  const exact =
    '{"id":12345678901234567890,"list":[-9007199254740993],"text":"12345678901234567890","x":1.5}';
  expect(JSON.stringify(parseArguments(exact).input)).toBe(exact);
  expect(parseArguments('12345678901234567890')).toMatchObject({ exact: false });
});
