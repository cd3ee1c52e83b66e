// What hosts do to the gateway: each answer here was, or could have been, taken for something else than it
// is.
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';

import { type CallRecord, limits } from '../../src/kernel/index.ts';
import { type Harness, type HarnessOptions, startHarness, tick } from './gateway-harness.ts';
import { type RawAnswer, startRawUpstream } from './raw-upstream.ts';

const open: { close(): Promise<void> }[] = [];
const harnesses: Harness[] = [];

afterEach(async () => {
  for (const harness of harnesses.splice(0)) {
    expect(harness.mistakes).toEqual([]);
    expect(harness.meter.inFlight).toBe(0);
    expect(harness.listener.stats()).toMatchObject({ inFlight: 0, bodyBytesInFlight: 0 });
  }
  for (const thing of open.splice(0).toReversed()) await thing.close();
});

type PlaneOptions = Omit<HarnessOptions, 'upstreams'> & {
  readonly upstream?: Partial<HarnessOptions['upstreams'][number]>;
};

/** A gateway whose route serves the first of these hosts and falls back to the others. */
async function plane(answers: readonly RawAnswer[], options: PlaneOptions = {}): Promise<Harness> {
  const upstreams = [];
  for (const [index, answer] of answers.entries()) {
    const { url, close } = await startRawUpstream(answer);
    open.push({ close });
    const doors = { 'openai-chat': url, 'anthropic-messages': url };
    upstreams.push({ name: `h${index}`, doors, ...options.upstream });
  }
  const harness = await startHarness({ ...options, upstreams });
  open.push(harness);
  harnesses.push(harness);
  return harness;
}

interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly record: CallRecord;
}

const wholeBody = '{"model":"support","messages":[]}';
const streamBody = '{"model":"support","messages":[],"stream":true}';

async function ask(harness: Harness, body = streamBody, path = '/v1/chat/completions'): Promise<Got> {
  const { length } = harness.recorder.calls;
  const answer = await fetch(`${harness.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${harness.key}` },
    body,
  });
  const text = await answer.text();
  const record = await harness.settled(length + 1);
  // The call ends a moment after its answer.
  for (let round = 0; round < 500 && harness.listener.stats().inFlight > 0; round++) await tick();
  return { status: answer.status, headers: answer.headers, text, record };
}

function sse(text: string | Buffer, headers: Record<string, string> = {}): RawAnswer {
  return (response) => response.writeHead(200, { 'content-type': 'text/event-stream', ...headers }).end(text);
}

function json(status: number, text: string, headers: Record<string, string> = {}): RawAnswer {
  return (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}

const content = (text: string, index = 0): string =>
  `data: {"choices":[{"index":${index},"delta":{"content":"${text}"}}]}\n\n`;
const finish = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n';
const done = 'data: [DONE]\n\n';
const good = content('good') + finish + done;
const messagesStart =
  'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"text":"a"}}\n\n' +
  'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}\n\n';
const messagesStop = 'event: message_stop\ndata: {"type":"message_stop"}\n\n';

test("the upstream's own error event after content is the only one that the client sees", async () => {
  const frame = 'data: {"error":{"message":"boom","code":"x"}}\n\n';
  const { text, record } = await ask(await plane([sse(content('a') + frame + content('b') + done)]));
  expect(text).toBe(content('a') + frame);
  expect(record).toMatchObject({ failure: 'CHG_UPSTREAM_ERROR' });
});

test.each([
  ['[DONE] without a line break', content('a') + finish + done.trim()],
  ['[DONE] without an empty line', content('a') + finish + done.slice(0, -1)],
])('a stream that ends with %s reaches the client whole', async (_name, sent) => {
  const { text, record } = await ask(await plane([sse(sent)]));
  expect(text).toBe(content('a') + finish + done);
  expect(record.failure).toBeNull();
});

test('a last frame without its empty line counts: usage, and the end of a Messages stream', async () => {
  const usage = 'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}\n';
  const chat = await ask(await plane([sse(content('a') + finish + usage)]));
  expect(chat.text).toBe(content('a') + finish);
  expect(chat.record).toMatchObject({ usageSource: 'reported', usage: { inputTokens: 3, outputTokens: 4 } });
  const stopped = await plane([sse(messagesStart + messagesStop.slice(0, -1))]);
  const messages = await ask(stopped, streamBody, '/v1/messages');
  expect(messages.text).toBe(messagesStart + messagesStop);
  expect(messages.record.failure).toBeNull();
});

test('a stream with CRLF keeps its bytes wherever it is cut, its very last one too', async () => {
  const whole = Buffer.from((content('é你🎉') + finish + done).replaceAll('\n', '\r\n'));
  let cut = 0;
  const harness = await plane([
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(whole.subarray(0, cut));
      setImmediate(() => response.end(whole.subarray(cut)));
    },
  ]);
  for (cut = 1; cut < whole.length; cut++) {
    const { text } = await ask(harness);
    expect([cut, text]).toEqual([cut, whole.toString()]);
  }
});

test('a torn last frame is not relayed', async () => {
  const { text, record } = await ask(await plane([sse(`${content('a')}data: {"choices":[{"del`)]));
  expect(text.startsWith(`${content('a')}data: {"error"`)).toBe(true);
  expect(record.attempts[0]?.cause).toBe('CUT_IN_FRAME');
});

test.each([
  ['chat', '/v1/chat/completions', content('a') + finish + done],
  ['Messages', '/v1/messages', messagesStart + messagesStop],
])('after the end of a %s stream neither a reset nor a silent host spoils it', async (_name, path, whole) => {
  for (const after of ['reset', 'silence']) {
    const harness = await plane([
      (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(whole);
        if (after === 'reset') setImmediate(() => response.socket?.resetAndDestroy());
      },
    ]);
    const { text, record } = await ask(harness, streamBody, path);
    expect(text).toBe(whole);
    expect(record.failure).toBeNull();
  }
});

test('data behind a keep-alive comment in the same frame is seen: content, errors, the end', async () => {
  const mixed = good.replaceAll('data:', ': ping\ndata:');
  const relayed = await ask(await plane([sse(mixed)]));
  expect(relayed.text).toBe(mixed);
  expect(relayed.record).toMatchObject({ failure: null, finish: 'stop' });
  const bad = sse(': ping\ndata: {"error":{"message":"boom"}}\n\n');
  const { text, record } = await ask(await plane([bad, sse(good)]));
  expect(text).toBe(good);
  expect(record.attempts[0]?.failure).toBe('CHG_UPSTREAM_ERROR');
});

test.each([
  ['chat', '/v1/chat/completions', content('a'), 'data: {"choices":[{"index":0,"delta":{"con\n\n'],
  [
    'Messages',
    '/v1/messages',
    messagesStart.slice(0, messagesStart.indexOf('event: message_delta')),
    'event: content_block_delta\ndata: {"type":"content_block_delta","del\n\n',
  ],
])('a %s chunk that is torn JSON ends the stream in an error, and is not relayed', async (...row) => {
  const [, path, before, torn] = row;
  const { text, record } = await ask(await plane([sse(before + torn + before)]), streamBody, path);
  expect(text.startsWith(before)).toBe(true);
  expect(text).not.toContain(torn);
  expect(record.failure).toBe('CHG_UPSTREAM_MALFORMED');
});

test('a stream of two choices of which one is cut is not taken for complete', async () => {
  const sent = content('a') + content('b', 1) + finish;
  const body = '{"model":"support","messages":[],"stream":true,"n":2}';
  const { text, record } = await ask(await plane([sse(sent)]), body);
  expect(text).toContain('CHG_UPSTREAM_CUT');
  expect(record.failure).toBe('CHG_UPSTREAM_CUT');
  const second = finish.replace('"index":0', '"index":1');
  expect((await ask(await plane([sse(sent + second)]), body)).record.failure).toBeNull();
});

test('a whole answer where a stream was asked for falls back: clients would find it empty', async () => {
  const whole = json(200, '{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}');
  const { text, record } = await ask(await plane([whole, sse(good)]));
  expect(text).toBe(good);
  expect(record.attempts[0]?.failure).toBe('CHG_UPSTREAM_MALFORMED');
});

test.each(['constructor', '__proto__', 'toString'])(
  'an error code that is called "%s" is a code like others, also in a compressed body',
  async (code) => {
    const body = `{"error":{"message":"m","code":"${code}"}}`;
    for (const answer of [
      json(400, body),
      (response) => response.writeHead(400, { 'content-encoding': 'gzip' }).end(gzipSync(body)),
    ] satisfies RawAnswer[]) {
      const { status, text, record } = await ask(await plane([answer]), wholeBody);
      expect([status, text]).toEqual([400, body]);
      expect(record.attempts[0]?.cause).toBe(code);
    }
  },
);

test('our credential is masked in our own error texts and in error events, also where a limit cuts it', async () => {
  const secret = 'secret-of-h0';
  const upstream = { auth: 'bearer' as const };
  const echo = `{"error":{"message":"wrong key ${secret} here"}}`;
  const refused = await ask(await plane([json(401, echo)], { upstream }), wholeBody);
  expect(refused.text).toContain('wrong key [secret] here');
  const streamed = await ask(await plane([sse(`${content('a')}data: ${echo}\n\n`)], { upstream }));
  expect(streamed.text).toBe(`${content('a')}data: ${echo.replace(secret, '[secret]')}\n\n`);
  const cut = json(401, JSON.stringify({ error: { message: `${'x'.repeat(490)}${secret}` } }));
  expect((await ask(await plane([cut], { upstream }), wholeBody)).text).not.toContain(secret.slice(0, 9));
});

test('an error page that is not JSON is answered with our own error', async () => {
  const page: RawAnswer = (response) =>
    response.writeHead(400, { 'content-type': 'text/html' }).end('<html><script>alert(1)</script>');
  const { status, headers, text } = await ask(await plane([page]), wholeBody);
  expect([status, headers.get('content-type')]).toEqual([400, 'application/json']);
  expect(JSON.parse(text)).toMatchObject({ error: { code: 'CHG_UPSTREAM_REQUEST' } });
});

test('JSON that a host calls a page is not called one by us', async () => {
  const answer: RawAnswer = (response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('{"choices":[]}');
  const { headers, text } = await ask(await plane([answer]), wholeBody);
  expect([headers.get('content-type'), text]).toEqual(['application/json', '{"choices":[]}']);
});

test('an error body without an end does not hold up the fallback', async () => {
  const endless: RawAnswer = (response) => {
    response.writeHead(500);
    const chunk = Buffer.alloc(100_000, 'x');
    function pump(): void {
      while (!response.destroyed && response.write(chunk));
    }
    response.on('drain', pump);
    pump();
  };
  const { text, record } = await ask(await plane([endless, json(200, '{"choices":[]}')]), wholeBody);
  expect(text).toBe('{"choices":[]}');
  expect(record.attempts[0]).toMatchObject({ status: 500, failure: 'CHG_UPSTREAM_ERROR' });
});

test.each([
  [{ 'retry-after': '7' }, '7'],
  [{ 'retry-after-ms': '1500', 'retry-after': '9' }, '2'],
  [{ 'retry-after-ms': '', 'retry-after': '7' }, '7'],
  [{ 'retry-after': '99999999' }, '86400'],
  [{ 'retry-after': '1e30' }, null],
  [{ 'retry-after': '-5' }, null],
  [{ 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }, '86400'],
  [{ 'retry-after': 'Fri, 31 Dec 1999 23:59:59 GMT' }, '0'],
])('Retry-After of %j is told as %j', async (headers, told) => {
  const got = await ask(await plane([json(429, '{}', headers)]), wholeBody);
  expect([got.status, got.headers.get('retry-after')]).toEqual([429, told]);
});

test.each([
  [401, 502, 'CHG_UPSTREAM_CREDENTIAL', 'false'],
  [402, 502, 'CHG_UPSTREAM_BALANCE', 'false'],
  [404, 502, 'CHG_UPSTREAM_ERROR', null],
  [429, 429, 'CHG_UPSTREAM_RATE_LIMITED', null],
  [529, 502, 'CHG_UPSTREAM_ERROR', null],
  [302, 502, 'CHG_UPSTREAM_ERROR', null],
])('a host that answers %i gives %i %s, and x-should-retry %j', async (sent, status, code, retry) => {
  const headers = { location: 'http://127.0.0.1:1/' };
  const got = await ask(await plane([json(sent, '{"error":{"message":"m"}}', headers)]), wholeBody);
  expect([got.status, got.headers.get('x-changeover-error')]).toEqual([status, code]);
  expect(got.headers.get('x-should-retry')).toBe(retry);
});

test.each([
  [
    'chat',
    '/v1/chat/completions',
    '{"choices":[],"usage":{"prompt_tokens":1e300,"completion_tokens":1e400}}',
  ],
  ['Messages', '/v1/messages', '{"type":"message","usage":{"input_tokens":5,"output_tokens":1e300}}'],
])('absurd usage of a %s answer is no report: the call is estimated', async (_name, path, answer) => {
  const { record } = await ask(await plane([json(200, answer)]), wholeBody, path);
  expect(record.usageSource).toBe('estimated');
  expect(record.usage?.outputTokens).toBeLessThan(limits.callTokens);
});
