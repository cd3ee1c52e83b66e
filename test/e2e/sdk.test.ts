import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type GatewayProcess, startGateway } from '../gateway-process/start-gateway.ts';

let gateway: GatewayProcess;
let key = '';

beforeAll(async () => {
  gateway = await startGateway();
  const answer = await fetch(`${gateway.url}/api/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' },
    body: '{"name":"sdk"}',
  });
  key = ((await answer.json()) as { key: string }).key;
});

afterAll(async () => {
  expect(await gateway.close()).toBe(0);
});

const question = 'Was kostet das? 多少錢？';

test.each(['/v1', '/openai/v1', ''])(
  'the openai SDK works with the base URL ending in "%s"',
  async (suffix) => {
    const client = new OpenAI({ apiKey: key, baseURL: `${gateway.url}${suffix}`, maxRetries: 0 });
    const messages = [{ role: 'user' as const, content: question }];
    const whole = await client.chat.completions.create({ model: 'demo', messages });
    expect(whole.choices[0]?.message.content).toContain(question);
    expect(whole.usage?.completion_tokens).toBeGreaterThan(0);
    let text = '';
    let chunksWithoutChoice = 0;
    for await (const chunk of await client.chat.completions.create({
      model: 'demo',
      messages,
      stream: true,
    })) {
      if (chunk.choices.length === 0) chunksWithoutChoice++;
      text += chunk.choices[0]?.delta.content ?? '';
    }
    expect(text).toContain(question);
    expect(chunksWithoutChoice).toBe(0);
    const models = await client.models.list();
    expect(models.data.map((model) => model.id)).toContain('demo');
  },
);

test('the openai SDK gets usage in the stream when it asks for it', async () => {
  const client = new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  const stream = await client.chat.completions.create({
    model: 'demo',
    messages: [{ role: 'user', content: question }],
    stream: true,
    stream_options: { include_usage: true },
  });
  let reported = 0;
  for await (const chunk of stream) reported = chunk.usage?.completion_tokens ?? reported;
  expect(reported).toBeGreaterThan(0);
});

test('the openai SDK runs a tool loop through the gateway', async () => {
  const client = new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  const tools = [
    {
      type: 'function' as const,
      function: {
        name: 'get_weather',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
    },
  ];
  const messages: OpenAI.ChatCompletionMessageParam[] = [
    { role: 'user', content: 'Call get_weather for Lima' },
  ];
  const first = await client.chat.completions.create({
    model: 'demo',
    messages,
    tools,
    tool_choice: 'required',
  });
  const call = first.choices[0]?.message.tool_calls?.[0];
  expect(call?.type === 'function' ? call.function.name : '').toBe('get_weather');
  const { message } = first.choices[0] ?? {};
  if (message === undefined || call === undefined) throw new Error('No tool call came back');
  messages.push(message, { role: 'tool', tool_call_id: call.id, content: '17 degrees' });
  const second = await client.chat.completions.create({ model: 'demo', messages, tools });
  expect(second.choices[0]?.finish_reason).toBe('stop');
});

test('the Anthropic SDK works, streamed and not, and lists models in its own shape', async () => {
  const client = new Anthropic({ apiKey: key, baseURL: gateway.url, maxRetries: 0 });
  const messages = [{ role: 'user' as const, content: question }];
  const whole = await client.messages.create({ model: 'demo', max_tokens: 400, messages });
  expect(JSON.stringify(whole.content)).toContain(question);
  const stream = client.messages.stream({ model: 'demo', max_tokens: 400, messages });
  const final = await stream.finalMessage();
  expect(JSON.stringify(final.content)).toContain(question);
  expect(final.usage.output_tokens).toBeGreaterThan(0);
  const models = await client.models.list();
  expect(models.data.map((model) => model.id)).toContain('demo');
  const bearer = new Anthropic({
    authToken: key,
    apiKey: null,
    baseURL: `${gateway.url}/anthropic`,
    maxRetries: 0,
  });
  expect((await bearer.messages.create({ model: 'demo', max_tokens: 40, messages })).role).toBe('assistant');
});

test('both SDKs raise their own errors, with our code and remedy', async () => {
  const openai = new OpenAI({ apiKey: 'chg_wrong', baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  const failed = openai.chat.completions.create({ model: 'demo', messages: [] });
  await expect(failed).rejects.toThrow(OpenAI.AuthenticationError);
  await expect(failed).rejects.toMatchObject({ status: 401, code: 'CHG_KEY_UNKNOWN' });
  const anthropic = new Anthropic({ apiKey: key, baseURL: gateway.url, maxRetries: 0 });
  const unknown = anthropic.messages.create({ model: 'nobody', max_tokens: 5, messages: [] });
  await expect(unknown).rejects.toThrow(Anthropic.NotFoundError);
  await expect(unknown).rejects.toThrow(/CHG_ROUTE_UNKNOWN/);
});
