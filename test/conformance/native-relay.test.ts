import { afterEach, expect, test } from 'vitest';

import { type Harness, type HarnessOptions, startHarness, tick } from './gateway-harness.ts';
import { type RawAnswer, type RawUpstream, startRawUpstream } from './raw-upstream.ts';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const thing of open.splice(0).toReversed()) await thing.close();
});

async function upstream(answer: RawAnswer): Promise<RawUpstream> {
  const started = await startRawUpstream(answer);
  open.push(started);
  return started;
}

async function gateway(options: HarnessOptions): Promise<Harness> {
  const started = await startHarness(options);
  open.push(started);
  return started;
}

function post(
  harness: Harness,
  path: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${harness.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${harness.key}`, ...headers },
    body,
  });
}

const chatPath = '/v1/chat/completions';
const usage = '{"prompt_tokens":12,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":4}}';
const chatAnswer =
  `{ "id":"x",\n ` +
  `"model":"vendor-name","choices":[{"index":0,"message":{"role":"assistant","content":"hé ` +
  `你"},"finish_reason":"stop"}],"usage":${usage},"extra":1.50}`;
const chatFrames = [
  ': hello\n\n',
  'data: {"id":"1","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n',
  'data: {"id":"1","choices":[{"index":0,"delta":{"content":"héllo 你好 🎉"}}]}\n\n',
  'data: {"id":"1","choices":[{"index":0,"delta":{"content":" \\"usage\\": {} "}}]}\n\n',
  'data: {"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
];
const usageFrame = `data: {"id":"1","choices":[],"usage":${usage}}\n\n`;
const doneFrame = 'data: [DONE]\n\n';

function answerJson(text: string, status = 200): RawAnswer {
  return (response) => response.writeHead(status, { 'content-type': 'application/json' }).end(text);
}

function answerStream(frames: readonly string[]): RawAnswer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(frames.join(''));
  };
}

test('relay keeps the bytes of a whole answer and changes only the model in the request', async () => {
  const vendor = await upstream(answerJson(chatAnswer));
  const harness = await gateway({
    upstreams: [{ name: 'a', model: 'vendor/模型', doors: { 'openai-chat': `${vendor.url}/x/chat?v=1` } }],
  });
  const sent =
    '{ "messages":[ {"role":"user","content":"\\u00e9 1e400 [}"} ],\n\t"temperature": ' +
    '0.30000000000000000001, "model" : "support" , "big":12345678901234567890 }';
  const answer = await post(harness, chatPath, sent);
  expect(await answer.text()).toBe(chatAnswer);
  expect(answer.status).toBe(200);
  expect(vendor.bodies[0]?.toString()).toBe(sent.replace('"support"', '"vendor/模型"'));
  const record = await harness.settled(1);
  expect(record.usage).toEqual({
    inputTokens: 8,
    cacheReadTokens: 4,
    cacheWriteTokens: 0,
    outputTokens: 3,
    reasoningTokens: 0,
  });
  expect(record).toMatchObject({
    status: 200,
    finish: 'stop',
    usageSource: 'reported',
    reportedModel: 'vendor-name',
  });
});

test('relay keeps the bytes of a stream wherever the upstream cuts its chunks', async () => {
  const whole = Buffer.from([...chatFrames, usageFrame, doneFrame].join(''));
  let cut = 1;
  const vendor = await upstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(whole.subarray(0, cut));
    setImmediate(() => response.end(whole.subarray(cut)));
  });
  const harness = await gateway({ upstreams: [{ name: 'a', doors: { 'openai-chat': vendor.url } }] });
  const body = '{"model":"support","messages":[],"stream":true,"stream_options":{"include_usage":true}}';
  for (cut = 1; cut < whole.length; cut += 7) {
    const answer = await post(harness, chatPath, body);
    expect(await answer.text()).toBe(whole.toString());
  }
  expect(vendor.bodies[0]?.toString()).toBe(body.replace('support', 'm'));
});

test('relay asks for usage, keeps the figure and withholds the frame that the client did not ask for', async () => {
  const vendor = await upstream(answerStream([...chatFrames, usageFrame, doneFrame]));
  const harness = await gateway({ upstreams: [{ name: 'a', doors: { 'openai-chat': vendor.url } }] });
  const answer = await post(
    harness,
    chatPath,
    '{"model":"m","messages":[],"stream":true,"stream_options":{"x":1}}',
  );
  expect(answer.status).toBe(404);
  const streamed = await post(harness, chatPath, '{"model":"support","messages":[],"stream":true}');
  expect(await streamed.text()).toBe([...chatFrames, doneFrame].join(''));
  expect(vendor.bodies[0]?.toString()).toBe(
    '{"model":"m","messages":[],"stream":true,"stream_options":{"include_usage":true}}',
  );
  const record = await harness.settled(2);
  expect(record.usage?.outputTokens).toBe(3);
});

test('a stream that is cut before content is answered by the fallback, and the first offer is noted', async () => {
  const bad = await upstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(chatFrames[1]);
    setImmediate(() => response.destroy());
  });
  const good = await upstream(answerStream([...chatFrames, doneFrame]));
  const harness = await gateway({
    upstreams: [
      { name: 'bad', doors: { 'openai-chat': bad.url } },
      { name: 'good', doors: { 'openai-chat': good.url } },
    ],
  });
  const answer = await post(harness, chatPath, '{"model":"support","messages":[],"stream":true}');
  expect(await answer.text()).toBe([...chatFrames, doneFrame].join(''));
  expect(answer.headers.get('x-changeover-offer')).toBe('m@good');
  const record = await harness.settled(1);
  expect(record.attempts.map((attempt) => [attempt.offer, attempt.failure])).toEqual([
    ['m@bad', 'CHG_UPSTREAM_CUT'],
    ['m@good', null],
  ]);
});

test('a stream that is cut after content ends in an error event, never in a clean stop', async () => {
  const bad = await upstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`${chatFrames.slice(1, 3).join('')}data: {"id":"1","choi`);
    setImmediate(() => response.destroy());
  });
  const good = await upstream(answerStream([...chatFrames, doneFrame]));
  const harness = await gateway({
    upstreams: [
      { name: 'bad', doors: { 'openai-chat': bad.url } },
      { name: 'good', doors: { 'openai-chat': good.url } },
    ],
  });
  const text = await (
    await post(harness, chatPath, '{"model":"support","messages":[],"stream":true}')
  ).text();
  expect(text.startsWith(chatFrames.slice(1, 3).join(''))).toBe(true);
  const last = text.slice(chatFrames.slice(1, 3).join('').length);
  expect(last).toMatch(/^data: \{"error":.*CHG_UPSTREAM_CUT.*\}\n\n$/);
  expect(text).not.toContain('[DONE]');
  expect(good.bodies).toHaveLength(0);
  const record = await harness.settled(1);
  expect(record).toMatchObject({ failure: 'CHG_UPSTREAM_CUT', usageSource: 'estimated' });
});

test('a 200 with an error body falls back; without a fallback it is told as an error', async () => {
  const bad = await upstream(answerJson('{"error":{"message":"no","code":"x"}}'));
  const good = await upstream(answerJson(chatAnswer));
  const both = await gateway({
    upstreams: [
      { name: 'bad', doors: { 'openai-chat': bad.url } },
      { name: 'good', doors: { 'openai-chat': good.url } },
    ],
  });
  expect(await (await post(both, chatPath, '{"model":"support","messages":[]}')).text()).toBe(chatAnswer);
  const alone = await gateway({ upstreams: [{ name: 'bad', doors: { 'openai-chat': bad.url } }] });
  const answer = await post(alone, chatPath, '{"model":"support","messages":[]}');
  expect(answer.status).toBe(502);
  expect(await answer.json()).toMatchObject({ error: { code: 'CHG_UPSTREAM_ERROR' } });
});

test("the upstream's own 400 reaches the client as it is, with our credential masked", async () => {
  const vendor = await upstream(answerJson('{"error":{"message":"bad secret-of-a here","code":"bad"}}', 400));
  const harness = await gateway({
    upstreams: [{ name: 'a', auth: 'bearer', doors: { 'openai-chat': vendor.url } }],
  });
  const answer = await post(harness, chatPath, '{"model":"support","messages":[]}', {
    'x-api-key': harness.key,
    cookie: 'a=b',
    'openai-organization': 'org',
    'x-forwarded-for': '1.2.3.4',
  });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toBe('{"error":{"message":"bad [secret] here","code":"bad"}}');
  const seen = vendor.headers[0] ?? {};
  expect(seen.authorization).toBe('Bearer secret-of-a');
  expect(Object.keys(seen).toSorted()).toEqual([
    'accept',
    'accept-encoding',
    'authorization',
    'connection',
    'content-length',
    'content-type',
    'host',
    'user-agent',
  ]);
});

test('a client that leaves stops the upstream and is settled', async () => {
  const vendor = await upstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(chatFrames.slice(1, 3).join(''));
  });
  const harness = await gateway({ upstreams: [{ name: 'a', doors: { 'openai-chat': vendor.url } }] });
  const leaving = new AbortController();
  const answer = await fetch(`${harness.url}${chatPath}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${harness.key}` },
    body: '{"model":"support","messages":[],"stream":true}',
    signal: leaving.signal,
  });
  await answer.body?.getReader().read();
  leaving.abort();
  const record = await harness.settled(1);
  expect(record).toMatchObject({ status: 499, failure: 'CHG_CLIENT_GONE', usageSource: 'estimated' });
  for (let round = 0; round < 500 && vendor.aborted() === 0; round++) await tick();
  expect(vendor.aborted()).toBe(1);
  expect(harness.meter.inFlight).toBe(0);
});

test('wrong requests get a clear error in the dialect of their path', async () => {
  const vendor = await upstream(answerJson(chatAnswer));
  const harness = await gateway({ upstreams: [{ name: 'a', doors: { 'openai-chat': vendor.url } }] });
  const cases: [string, string, number, string][] = [
    [chatPath, '', 400, 'CHG_BODY_INVALID'],
    [chatPath, '[]', 400, 'CHG_BODY_INVALID'],
    [chatPath, '{"model":"support","messages":[],"model":"support"}', 400, 'CHG_BODY_INVALID'],
    [
      chatPath,
      `{"model":"support","messages":${'['.repeat(300)}${']'.repeat(300)}}`,
      400,
      'CHG_BODY_INVALID',
    ],
    [chatPath, '{"messages":[]}', 400, 'CHG_FIELD_INVALID'],
    [chatPath, '{"model":"nobody","messages":[]}', 404, 'CHG_ROUTE_UNKNOWN'],
    ['/v1/messages', '{"model":"support","messages":[]}', 501, 'CHG_DIALECT_UNSERVED'],
  ];
  for (const [path, body, status, code] of cases) {
    const answer = await post(harness, path, body);
    expect([answer.status, answer.headers.get('x-changeover-error')]).toEqual([status, code]);
    expect(await answer.text()).toContain(code);
  }
  const stranger = await fetch(`${harness.url}${chatPath}`, { method: 'POST', body: '{}' });
  expect(stranger.status).toBe(401);
  const wrongMethod = await fetch(`${harness.url}${chatPath}`);
  expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'POST']);
  expect(vendor.bodies).toHaveLength(0);
});

test('strict durability: nothing goes upstream before the opened row, no answer without the closed one', async () => {
  const vendor = await upstream(answerJson(chatAnswer));
  const harness = await gateway({ upstreams: [{ name: 'a', doors: { 'openai-chat': vendor.url } }] });
  harness.recorder.durability = 'strict';
  const answer = await post(harness, chatPath, '{"model":"support","messages":[]}');
  expect(await answer.text()).toBe(chatAnswer);
  expect(harness.recorder.records.map((record) => record.kind)).toEqual(['opened', 'call']);
  harness.recorder.failing = true;
  const refused = await post(harness, chatPath, '{"model":"support","messages":[]}');
  expect([refused.status, refused.headers.get('x-changeover-error')]).toEqual([503, 'CHG_LEDGER_BEHIND']);
  expect(vendor.bodies).toHaveLength(1);
});

test('strict durability: a stream ends in [DONE] only after its record is on disk, else in an error', async () => {
  const vendor = await upstream(answerStream([...chatFrames, usageFrame, doneFrame]));
  const harness = await gateway({ upstreams: [{ name: 'a', doors: { 'openai-chat': vendor.url } }] });
  harness.recorder.durability = 'strict';
  const body = '{"model":"support","messages":[],"stream":true}';
  const answer = await post(harness, chatPath, body);
  expect(await answer.text()).toBe([...chatFrames, doneFrame].join(''));
  const { recordDurably } = harness.recorder;
  harness.recorder.recordDurably = (record) =>
    record.kind === 'call'
      ? Promise.reject(new Error('disk full'))
      : recordDurably.call(harness.recorder, record);
  const text = await (await post(harness, chatPath, body)).text();
  expect(text.startsWith(chatFrames.join(''))).toBe(true);
  expect(text).not.toContain('[DONE]');
  expect(text).toContain('CHG_LEDGER_BEHIND');
});
