import { expect, test } from 'vitest';
import {
  type HubDialect,
  type JsonObject,
  lossTable,
  plainChatTarget,
  plainMessagesTarget,
  type TargetFacts,
} from './neutral/index.ts';
import { translateRequest, type TranslateOptions } from './translate.ts';

type Json = Record<string, unknown>;

/** The value at a path of keys and indices. */
function at(value: unknown, path: string): unknown {
  let found = value;
  for (const key of path.split('.')) found = (found as Record<string, unknown> | undefined)?.[key];
  return found;
}

/** One field of each entry of the list at a path. */
function pluck(value: unknown, path: string, key: string): unknown[] {
  return (at(value, path) as readonly unknown[]).map((entry) => at(entry, key));
}

const seenCodes = new Set<string>();

function translate(
  from: HubDialect,
  body: JsonObject,
  changes: Partial<TargetFacts> = {},
  ports: NonNullable<TranslateOptions['ports']> = {},
) {
  const to = from === 'openai-chat' ? 'anthropic-messages' : 'openai-chat';
  const plain = to === 'openai-chat' ? plainChatTarget : plainMessagesTarget;
  const result = translateRequest(body, { from, to, target: { ...plain, model: 'm', ...changes }, ports });
  if (!result.ok) throw new Error(result.failure.code);
  const { loss, state } = result.value;
  for (const entry of loss) seenCodes.add(entry.code);
  return { body: JSON.parse(result.value.body) as Json, codes: loss.map((entry) => entry.code), loss, state };
}

const toChat = (body: JsonObject, changes?: Partial<TargetFacts>, ports?: TranslateOptions['ports']) =>
  translate('anthropic-messages', body, changes, ports);
const toMessages = (body: JsonObject, changes?: Partial<TargetFacts>, ports?: TranslateOptions['ports']) =>
  translate('openai-chat', body, changes, ports);

const schema = { type: 'object', properties: { path: { type: 'string' } } };
const ask = { role: 'user', content: 'Hi' };

test('translateRequest() keeps a system message in the middle in its place for chat', () => {
  const { body, codes } = toChat({
    max_tokens: 9,
    system: [
      { type: 'text', text: 'x-anthropic-billing-header: cc_version=1;' },
      { type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } },
    ],
    messages: [
      ask,
      { role: 'system', content: 'Mind the time.' },
      { role: 'assistant', content: 'Yes' },
      ask,
    ],
  });
  expect(body['messages']).toEqual([
    { role: 'system', content: 'Be brief.' },
    ask,
    { role: 'system', content: 'Mind the time.' },
    { role: 'assistant', content: 'Yes' },
    ask,
  ]);
  expect(codes).toEqual(['billing-line', 'cache-hint']);
});

test('translateRequest() writes a system message in the middle as a reminder where the target takes none', () => {
  const messages = [ask, { role: 'system', content: 'Mind the time.' }];
  const { body, codes } = toChat({ messages }, { midSystem: 'as-user' });
  const text = '<system-reminder>\nMind the time.\n</system-reminder>';
  const parts = [
    { type: 'text', text: 'Hi' },
    { type: 'text', text },
  ];
  expect(body['messages']).toEqual([{ role: 'user', content: parts }]);
  expect(codes).toContain('system-place');
  const back = toMessages({ messages: [...messages, { role: 'assistant', content: 'Yes' }, ask] });
  expect(at(back.body, 'messages.0')).toEqual({ role: 'user', content: parts });
  const kept = toMessages(
    { messages: [...messages, { role: 'assistant', content: 'Yes' }, ask] },
    { midSystem: 'kept' },
  );
  expect(at(kept.body, 'messages.1')).toEqual({ role: 'system', content: 'Mind the time.' });
  expect(kept.codes).not.toContain('system-place');
});

const image = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' };

const messagesLoop = {
  max_tokens: 100,
  tools: [
    { name: 'Read', description: 'Reads', input_schema: { $schema: 'x', ...schema } },
    { name: 'Fetch', input_schema: schema, defer_loading: true },
    { name: 'Hidden', input_schema: schema, defer_loading: true },
    { name: 'DeferredToolPlaceholder', input_schema: schema, defer_loading: true },
    { type: 'web_search_20250305', name: 'web_search' },
  ],
  messages: [
    ask,
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Let me look.', signature: 'c2ln' },
        { type: 'text', text: 'Looking.' },
        { type: 'tool_use', id: 'chgx_functions_2e_Read_3a_0', name: 'Read', input: { path: '/a' } },
        { type: 'tool_use', id: 'toolu_2', name: 'Read', input: {} },
      ],
    },
    {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: 'chgx_functions_2e_Read_3a_0',
          content: [{ type: 'image', source: image }],
        },
        { type: 'tool_result', tool_use_id: 'toolu_2', content: 'not found', is_error: true },
        { type: 'text', text: 'And?' },
        { type: 'tool_reference', tool_name: 'Fetch' },
      ],
    },
  ],
};

test('translateRequest() turns a tool loop of Messages into one of chat', () => {
  const { body, codes } = toChat(messagesLoop, { reasoningField: 'reasoning_content' });
  const [, assistant, first, second, user] = body['messages'] as Json[];
  expect(assistant).toEqual({
    role: 'assistant',
    content: 'Looking.',
    reasoning_content: 'Let me look.',
    tool_calls: [
      { id: 'functions.Read:0', type: 'function', function: { name: 'Read', arguments: '{"path":"/a"}' } },
      { id: 'toolu_2', type: 'function', function: { name: 'Read', arguments: '{}' } },
    ],
  });
  expect(first).toMatchObject({ role: 'tool', tool_call_id: 'functions.Read:0' });
  expect(second).toEqual({ role: 'tool', tool_call_id: 'toolu_2', content: '[the tool failed] not found' });
  expect(user!['content']).toEqual([
    { type: 'text', text: 'Attached to the result of tool call functions.Read:0:' },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
    { type: 'text', text: 'And?' },
    { type: 'text', text: 'Tool "Fetch" is available now.' },
  ]);
  expect(pluck(body, 'tools', 'function.name')).toEqual(['Read', 'Fetch']);
  expect(at(body, 'tools.0.function.parameters')).toEqual(schema);
  expect(codes).toEqual(
    expect.arrayContaining([
      'tool-unknown',
      'tool-deferred',
      'tool-reference',
      'result-media',
      'result-error',
    ]),
  );
});

test('translateRequest() shows reasoning from our own signature, from memory, or a placeholder with a loss', () => {
  const replay = { reasoningField: 'reasoning_content', replayReasoning: 'after-tools' } as const;
  const open = (signature: string) => (signature === 'c2ln' ? 'The sealed thought' : null);
  expect(at(toChat(messagesLoop, replay, { open }).body, 'messages.1.reasoning_content')).toBe(
    'The sealed thought',
  );
  const [, assistant, results] = messagesLoop.messages;
  const dropped = {
    ...messagesLoop,
    messages: [
      { role: 'user', content: 'Start' },
      { role: 'assistant', content: 'First' },
      ask,
      { ...assistant!, content: (assistant!.content as Json[]).slice(1) },
      results!,
    ],
  };
  const seen: string[][] = [];
  const recall = (callIds: readonly string[]) => {
    seen.push([...callIds]);
    return { text: 'Remembered', signature: null };
  };
  expect(at(toChat(dropped, replay, { recall }).body, 'messages.3.reasoning_content')).toBe('Remembered');
  expect(seen).toEqual([['functions.Read:0', 'toolu_2']]);
  const lost = toChat(dropped, replay);
  expect(at(lost.body, 'messages.1.reasoning_content')).toBe('');
  expect(at(lost.body, 'messages.3.reasoning_content')).toBe('');
  expect(lost.loss.find((entry) => entry.code === 'reasoning-lost')).toMatchObject({ count: 2 });
});

const chatLoop = {
  tools: [
    { type: 'function', function: { name: 'read', parameters: { type: 'object', oneOf: [] }, strict: true } },
  ],
  messages: [
    { role: 'developer', content: 'Be brief.' },
    ask,
    {
      role: 'assistant',
      content: null,
      reasoning_content: 'Let me look.',
      tool_calls: [
        { id: 'functions.read:0', type: 'function', function: { name: 'read', arguments: '{"path":"/a' } },
        { id: 'call_2', type: 'function', function: { name: 'read', arguments: '' } },
      ],
    },
    { role: 'tool', tool_call_id: 'functions.read:0', content: [{ type: 'text', text: 'A' }] },
    { role: 'tool', tool_call_id: 'call_2', content: 'B' },
    {
      role: 'user',
      content: [{ type: 'image_url', image_url: { url: 'https://x.test/a.png', detail: 'low' } }],
    },
  ],
};

test('translateRequest() turns a tool loop of chat into one of Messages', () => {
  const { body, codes } = toMessages(chatLoop);
  expect(body['system']).toBe('Be brief.');
  expect(body['max_tokens']).toBe(8192);
  expect(body['messages']).toEqual([
    ask,
    {
      role: 'assistant',
      content: [
        { type: 'tool_use', id: 'chgx_functions_2e_read_3a_0', name: 'read', input: { path: '/a' } },
        { type: 'tool_use', id: 'call_2', name: 'read', input: {} },
      ],
    },
    {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: 'chgx_functions_2e_read_3a_0',
          content: [{ type: 'text', text: 'A' }],
        },
        { type: 'tool_result', tool_use_id: 'call_2', content: 'B' },
        { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } },
      ],
    },
  ]);
  expect(at(body, 'tools.0')).toEqual({
    name: 'read',
    input_schema: { type: 'object', properties: {} },
    strict: true,
  });
  expect(codes).toEqual(
    expect.arrayContaining([
      'tool-arguments',
      'tool-schema',
      'reasoning-dropped',
      'max-tokens-made',
      'image-detail',
    ]),
  );
});

test('translateRequest() thinks only with the signed thought of the call that is answered', () => {
  const thinking = { ...chatLoop, reasoning_effort: 'high', messages: chatLoop.messages.slice(0, 5) };
  const lost = toMessages(thinking);
  expect(lost.body['thinking']).toEqual({ type: 'disabled' });
  expect(lost.codes).toContain('thinking-off');
  const recall = () => ({ text: 'Let me look.', signature: 'signed' });
  const kept = toMessages(thinking, {}, { recall });
  expect(kept.body['thinking']).toEqual({ type: 'enabled', budget_tokens: 16384 });
  expect(kept.body['max_tokens']).toBe(8192 + 16384);
  expect(at(kept.body, 'messages.1.content.0')).toEqual({
    type: 'thinking',
    thinking: 'Let me look.',
    signature: 'signed',
  });
  const ignored = toMessages(thinking, { signatures: 'ignored' });
  expect(at(ignored.body, 'messages.1.content.0')).toEqual({
    type: 'thinking',
    thinking: 'Let me look.',
    signature: '',
  });
});

test.each([
  ['auto', 'auto'],
  ['none', 'none'],
  ['required', 'any'],
])('translateRequest() writes the tool choice %s as %s and back', (chat, messages) => {
  const tools = chatLoop.tools;
  const there = toMessages({ messages: [ask], tools, tool_choice: chat, parallel_tool_calls: false });
  const flag = chat === 'none' ? {} : { disable_parallel_tool_use: true };
  expect(there.body['tool_choice']).toEqual({ type: messages, ...flag });
  const back = toChat({ ...there.body });
  expect(back.body['tool_choice']).toBe(chat);
  if (chat !== 'none') expect(back.body['parallel_tool_calls']).toBe(false);
});

test('translateRequest() degrades a tool choice that the target does not take', () => {
  const body = {
    messages: [ask],
    tools: [...chatLoop.tools, { type: 'function', function: { name: 'write' } }],
    tool_choice: { type: 'function', function: { name: 'read' } },
  };
  expect(toMessages(body).body['tool_choice']).toEqual({ type: 'tool', name: 'read' });
  const required = toMessages(body, { toolChoices: ['auto', 'required'] });
  expect(required.body['tool_choice']).toEqual({ type: 'any' });
  expect(required.body['tools']).toHaveLength(1);
  const auto = toMessages(body, { toolChoices: ['auto'] });
  expect(auto.body['tool_choice']).toEqual({ type: 'auto' });
  expect(auto.codes).toContain('tool-choice');
  const none = toMessages({ ...body, tool_choice: 'none' }, { toolChoices: ['auto'] });
  expect(none.body).not.toHaveProperty('tools');
  const thinking = toMessages({ ...body, reasoning_effort: 'low' });
  expect(thinking.body).toMatchObject({ thinking: { type: 'disabled' }, tool_choice: { type: 'tool' } });
});

test('translateRequest() asks for JSON natively, or in words', () => {
  const format = { type: 'json_schema', json_schema: { name: 'x', schema, strict: true } };
  const native = toMessages({ messages: [ask], response_format: format });
  expect(native.body['output_config']).toEqual({ format: { type: 'json_schema', schema } });
  expect(native.state.isOutputEmulated).toBe(false);
  const emulated = toMessages({ messages: [ask], response_format: { type: 'json_object' } });
  expect(emulated.body['system']).toContain('JSON object');
  expect(emulated.state.isOutputEmulated).toBe(true);
  const asked = { messages: [ask], output_config: { format: { type: 'json_schema', schema } } };
  expect(at(toChat(asked).body, 'response_format.json_schema.schema')).toEqual(schema);
  const deepseek = toChat(asked, { jsonSchema: 'emulated' });
  expect(deepseek.body['response_format']).toEqual({ type: 'json_object' });
  expect(at(deepseek.body, 'messages.0.content')).toContain(JSON.stringify(schema));
  const qwen = { jsonWhileThinking: false, thinksByDefault: true, thinking: 'enable' } as const;
  expect(toChat(asked, qwen).body).toMatchObject({ enable_thinking: false, response_format: {} });
  const thinking = toChat({ ...asked, thinking: { type: 'enabled', budget_tokens: 2000 } }, qwen);
  expect(thinking.body).not.toHaveProperty('response_format');
  expect(thinking.codes).toContain('json-emulated');
});

test('translateRequest() reports what chat has and Messages has not, and clamps what it can', () => {
  const { body, codes, loss } = toMessages(
    {
      messages: [{ role: 'assistant', content: 'Hello! ' }, ask, { role: 'assistant', content: 'I begin ' }],
      temperature: 1.4,
      n: 2,
      seed: 3,
      logit_bias: { 1: 2 },
      store: true,
      stop: ['\n', 'END'],
      max_tokens: 9000,
    },
    { maxTokensLimit: 8000 },
  );
  expect(body).toMatchObject({ temperature: 1, stop_sequences: ['END'], max_tokens: 8000 });
  expect(pluck(body, 'messages', 'role')).toEqual(['user', 'assistant', 'user', 'assistant', 'user']);
  expect(codes).toEqual(
    expect.arrayContaining([
      'sampling-range',
      'choices',
      'stops',
      'prefill',
      'first-turn',
      'max-tokens-capped',
    ]),
  );
  const fields = loss
    .filter((entry) => entry.code.startsWith('field'))
    .map((entry) => [entry.field, entry.weight]);
  expect(fields).toEqual([
    ['seed', 'content'],
    ['logit_bias', 'content'],
    ['store', 'hint'],
  ]);
});

test('translateRequest() makes the last system message the user where there is nobody else', () => {
  const { body, codes } = toMessages({ messages: [{ role: 'system', content: 'Say hello.' }] });
  expect(body['messages']).toEqual([{ role: 'user', content: 'Say hello.' }]);
  expect(codes).toContain('system-only');
});

test('translateRequest() shortens the names of tools and knows the way back', () => {
  const long = `mcp__${'server_'.repeat(12)}read`;
  const { body, state } = toChat({ messages: [ask], tools: [{ name: long, input_schema: schema }] });
  const wire = at(body, 'tools.0.function.name') as string;
  expect(wire).toMatch(/^[a-zA-Z0-9_-]{64}$/);
  expect(state.toolNames.get(wire)).toBe(long);
});

test('translateRequest() says so in words where the target takes no image or file', () => {
  const content = [
    { type: 'image', source: image },
    { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } },
    { type: 'document', title: 'a.pdf', source: { ...image, media_type: 'application/pdf' } },
    { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Plain' } },
  ];
  const { body, codes } = toChat(
    { messages: [{ role: 'user', content }] },
    { images: 'base64', documents: 'none' },
  );
  expect(pluck(body, 'messages.0.content', 'type')).toEqual(['image_url', 'text', 'text', 'text']);
  expect(codes).toEqual(expect.arrayContaining(['media-unsupported', 'document-text']));
  const all = toChat({ messages: [{ role: 'user', content }] });
  expect(at(all.body, 'messages.0.content.2')).toMatchObject({ type: 'file', file: { filename: 'a.pdf' } });
});

test('translateRequest() switches thinking in the way of each target', () => {
  const messages = [ask];
  const budget = { messages, thinking: { type: 'enabled', budget_tokens: 2000 }, max_tokens: 5000 };
  expect(toChat(budget).body['reasoning_effort']).toBe('low');
  expect(toChat(budget, { thinking: 'enable' }).body).toMatchObject({
    enable_thinking: true,
    thinking_budget: 2000,
  });
  const off = { messages, thinking: { type: 'disabled' } };
  expect(toChat(off, { thinking: 'type' }).body['thinking']).toEqual({ type: 'disabled' });
  expect(toChat(off).body['reasoning_effort']).toBe('none');
  const max = { messages, thinking: { type: 'adaptive' }, output_config: { effort: 'max' } };
  const glm = toChat(max, { thinking: 'type', efforts: ['low', 'high'] });
  expect(glm.body).toMatchObject({ thinking: { type: 'enabled' }, reasoning_effort: 'high' });
  expect(glm.codes).toContain('thinking-level');
  const few = toMessages({ messages, reasoning_effort: 'high', max_completion_tokens: 500 });
  expect(few.body).toMatchObject({ max_tokens: 500, thinking: { type: 'disabled' } });
});

test('translateRequest() fails on a body without messages', () => {
  const options = {
    from: 'openai-chat',
    to: 'anthropic-messages',
    target: { ...plainMessagesTarget, model: 'm' },
  } as const;
  expect(translateRequest({}, options)).toMatchObject({ ok: false, failure: { code: 'CHG_FIELD_INVALID' } });
});

test('translateRequest() puts results right behind their calls, whatever stood between them', () => {
  const [, , assistant, first, second] = chatLoop.messages;
  const { body } = toMessages({ ...chatLoop, messages: [ask, assistant, first, ask, second] });
  expect(pluck(body, 'messages.2.content', 'type')).toEqual(['tool_result', 'tool_result', 'text']);
});

test('translateRequest() has a use for every loss of the table', () => {
  toChat(
    {
      messages: [
        1,
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Cited', citations: [{}] },
            { type: 'container_upload', file_id: 'f' },
          ],
        },
        { role: 'assistant', content: [{ type: 'thinking', thinking: 'Hm.', signature: 's' }] },
        ask,
      ],
      tools: [{ name: 'a', strict: true }],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      metadata: { user_id: 'u' },
      temperature: 1,
    },
    { strictTools: false, parallelFlag: false, temperature: null },
  );
  toChat({ messages: [ask], thinking: { type: 'adaptive' } }, { thinking: 'none' });
  expect(Object.keys(lossTable).filter((code) => !seenCodes.has(code))).toEqual([]);
});
