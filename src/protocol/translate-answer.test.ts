import { expect, test } from 'vitest';
import { messagesFinishes } from './anthropic-messages/finish.ts';
import { checkJsonOutput, toRepairText } from './json-output.ts';
import { chatFinishes } from './openai-chat/finish.ts';
import {
  type HubDialect,
  plainChatTarget,
  plainMessagesTarget,
  type TranslationState,
} from './neutral/index.ts';
import { translateAnswer, translateError, translateRequest } from './translate.ts';

const identity = { answerId: 'a1', createdSeconds: 17, model: 'm' };

function toState(to: HubDialect, body: object = {}): TranslationState {
  const from = to === 'openai-chat' ? 'anthropic-messages' : 'openai-chat';
  const plain = to === 'openai-chat' ? plainChatTarget : plainMessagesTarget;
  const ask = { messages: [{ role: 'user', content: 'Hi' }], ...body };
  const ports = { seal: (text: string) => `sealed:${text}` };
  const result = translateRequest(ask, { from, to, target: { ...plain, model: 'm' }, ports });
  if (!result.ok) throw new Error(result.failure.code);
  return result.value.state;
}

function translate(to: HubDialect, body: unknown, request: object = {}): unknown {
  const result = translateAnswer(body, toState(to, request), identity);
  return result.ok ? (JSON.parse(result.value.body) as unknown) : result.failure.code;
}

const calls = [{ id: 'functions.f:0', type: 'function', function: { name: 'f', arguments: '{"x":[1' } }];

function toChatAnswer(finish: string, message: object = { content: 'Hi' }): object {
  return {
    id: 'i',
    model: 'v',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
  };
}

const chatToMessages: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  eos: 'end_turn',
  eos_token: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  max_tokens: 'max_tokens',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  content_filter: 'refusal',
  sensitive: 'refusal',
  model_context_window_exceeded: 'model_context_window_exceeded',
};

test.each(Object.keys(chatFinishes))('translateAnswer() knows the finish "%s" of chat', (finish) => {
  const isCall = finish.endsWith('_calls') || finish.endsWith('_call');
  const answer = translate(
    'openai-chat',
    toChatAnswer(finish, isCall ? { content: '', tool_calls: calls } : undefined),
  );
  const expected = chatToMessages[finish];
  if (expected === undefined) expect(answer).toBe('CHG_UPSTREAM_MALFORMED');
  else expect(answer).toMatchObject({ stop_reason: expected });
});

const messagesToChat: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  max_tokens: 'length',
  stop_sequence: 'stop',
  tool_use: 'tool_calls',
  pause_turn: 'length',
  refusal: 'content_filter',
  model_context_window_exceeded: 'length',
};

test.each(Object.keys(messagesFinishes))(
  'translateAnswer() knows the stop reason "%s" of Messages',
  (finish) => {
    const content = finish === 'tool_use' ? [{ type: 'tool_use', id: 't', name: 'f', input: {} }] : [];
    const answer = translate('anthropic-messages', { content, stop_reason: finish });
    expect(answer).toMatchObject({ choices: [{ finish_reason: messagesToChat[finish] }] });
  },
);

test('translateAnswer() lets what stands in the answer decide between the end and a call', () => {
  expect(translate('openai-chat', toChatAnswer('stop', { tool_calls: calls }))).toMatchObject({
    stop_reason: 'tool_use',
  });
  expect(translate('openai-chat', toChatAnswer('tool_calls'))).toMatchObject({ stop_reason: 'end_turn' });
});

test('translateAnswer() writes thinking, text and calls as blocks, with usage outside the cache', () => {
  const message = { reasoning_content: 'Hm.', content: 'Hi', tool_calls: calls };
  const usage = { prompt_tokens: 10, completion_tokens: 5, prompt_cache_hit_tokens: 4 };
  expect(translate('openai-chat', { ...toChatAnswer('tool_calls', message), usage })).toEqual({
    id: 'msg_a1',
    type: 'message',
    role: 'assistant',
    model: 'v',
    content: [
      { type: 'thinking', thinking: 'Hm.', signature: 'sealed:Hm.' },
      { type: 'text', text: 'Hi' },
      { type: 'tool_use', id: 'chgx_functions_2e_f_3a_0', name: 'f', input: { x: [1] } },
    ],
    stop_reason: 'tool_use',
    stop_sequence: null,
    usage: { input_tokens: 6, cache_creation_input_tokens: 0, cache_read_input_tokens: 4, output_tokens: 5 },
  });
});

test('translateAnswer() writes a Messages answer as one choice, with usage that includes the cache', () => {
  const content = [
    { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
    { type: 'text', text: 'Hi' },
    { type: 'tool_use', id: 't', name: 'f', input: { x: 1 } },
  ];
  const usage = {
    input_tokens: 6,
    cache_read_input_tokens: 4,
    cache_creation_input_tokens: 2,
    output_tokens: 5,
  };
  expect(
    translate('anthropic-messages', { model: 'v', content, stop_reason: 'tool_use', usage }),
  ).toMatchObject({
    id: 'chatcmpl-a1',
    created: 17,
    choices: [
      {
        message: {
          content: 'Hi',
          reasoning_content: 'Hm.',
          reasoning_details: [{ signature: 'sig' }],
          tool_calls: [{ id: 't', type: 'function', function: { name: 'f', arguments: '{"x":1}' } }],
        },
        finish_reason: 'tool_calls',
      },
    ],
    usage: {
      prompt_tokens: 12,
      completion_tokens: 5,
      total_tokens: 17,
      prompt_tokens_details: { cached_tokens: 4 },
    },
  });
});

test('translateAnswer() names the stop sequence where the host does', () => {
  const answer = toChatAnswer('stop') as { choices: object[] };
  const body = { ...answer, choices: [{ ...answer.choices[0], stop_reason: 'END' }] };
  expect(translate('openai-chat', body, { stop_sequences: ['END'] })).toMatchObject({
    stop_reason: 'stop_sequence',
    stop_sequence: 'END',
  });
});

test.each([
  null,
  [],
  {},
  { error: { message: 'x' } },
  { choices: [] },
  { choices: [{ message: 1 }] },
  { content: 1 },
])('translateAnswer() fails as a value on %j', (body) => {
  for (const to of ['openai-chat', 'anthropic-messages'] as const) {
    expect(translate(to, body)).toBe('CHG_UPSTREAM_MALFORMED');
  }
});

const contexts: readonly (readonly [string, string])[] = [
  [
    "This model's maximum context length is 1000 tokens. However, you requested 1200 tokens (1100 in the messages",
    '1200 tokens > 1000 maximum',
  ],
  [
    "This model's maximum context length is 1000 tokens. However, your messages resulted in 1200 tokens.",
    '1200 tokens > 1000 maximum',
  ],
  ['Your request exceeded model token limit: 1000', '1001 tokens > 1000 maximum'],
  ['Range of input length should be [1, 1000]', '1001 tokens > 1000 maximum'],
];

test.each(contexts)('translateError() words "%s" so that agents compact', (message, expected) => {
  const error = translateError('anthropic-messages', { status: 400, body: { error: { message } } });
  expect(error.status).toBe(400);
  expect(JSON.parse(error.body)).toEqual({
    type: 'error',
    error: { type: 'invalid_request_error', message: `prompt is too long: ${expected}` },
  });
});

test('translateError() words a long prompt as OpenAI does', () => {
  const body = {
    type: 'error',
    error: { type: 'invalid_request_error', message: 'prompt is too long: 12 tokens > 10 maximum' },
  };
  const error = translateError('openai-chat', { status: 400, body });
  expect(JSON.parse(error.body)).toMatchObject({ error: { code: 'context_length_exceeded' } });
  expect(error.body).toContain('maximum context length is 10 tokens');
});

test.each([
  [
    'messages[1].role: unknown variant `system`, expected `user`',
    "role 'system' is not supported on this model",
  ],
  ['thinking.type: adaptive is not supported here', 'adaptive thinking is not supported'],
  ['context_management: unknown field', 'context_management: Extra inputs are not permitted'],
])('translateError() words "%s" so that agents heal themselves', (message, expected) => {
  const error = translateError('anthropic-messages', { status: 400, body: { error: { message } } });
  expect(JSON.parse(error.body)).toMatchObject({ error: { message: expected } });
});

test.each([
  [401, 401, 401],
  [402, 402, 402],
  [404, 404, 404],
  [429, 429, 429],
  [503, 529, 503],
  [529, 529, 503],
  [500, 500, 502],
])('translateError() writes status %i as %i for Messages and %i for chat', (status, messages, chat) => {
  expect(translateError('anthropic-messages', { status, body: 'x' }).status).toBe(messages);
  expect(translateError('openai-chat', { status, body: null }).status).toBe(chat);
});

test.each([
  ['{"a":1}', '{"a":1}'],
  ['Here:\n```json\n{"a":1}\n```\nDone', '{"a":1}'],
  ['The answer is {"a":1}, I think', '{"a":1}'],
])('checkJsonOutput() finds the value in %j', (text, json) => {
  expect(checkJsonOutput(text, { type: 'json' })).toEqual({ ok: true, json });
});

test('checkJsonOutput() names the faults, for one repair', () => {
  expect(checkJsonOutput('no', { type: 'json' }).ok).toBe(false);
  expect(checkJsonOutput('[1]', { type: 'json' }).ok).toBe(false);
  const output = { type: 'schema', name: 'x', schema: {}, strict: null } as const;
  const checked = checkJsonOutput('{"a":1}', output, () => ['/a must be a text']);
  expect(checked).toEqual({ ok: false, faults: ['/a must be a text'] });
  expect(toRepairText(['/a must be a text'])).toContain('- /a must be a text');
});
