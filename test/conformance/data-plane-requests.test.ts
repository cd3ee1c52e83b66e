// What clients send and do: heads and bodies that can be read in two ways, and slow or leaving clients.
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';

import { createManualClock, type Principal } from '../../src/kernel/index.ts';
import { type Harness, type HarnessOptions, listen, startHarness, tick } from './gateway-harness.ts';
import { type RawAnswer, startRawUpstream } from './raw-upstream.ts';

const open: { close(): Promise<void> | void }[] = [];
const harnesses: Harness[] = [];

async function until(isReady: () => boolean): Promise<void> {
  for (let round = 0; round < 3_000 && !isReady(); round++) await tick();
  expect(isReady()).toBe(true);
}

afterEach(async () => {
  for (const harness of harnesses.splice(0)) {
    await until(() => harness.listener.stats().inFlight === 0);
    expect(harness.mistakes).toEqual([]);
    expect(harness.meter.inFlight).toBe(0);
    expect(harness.listener.stats().bodyBytesInFlight).toBe(0);
  }
  for (const thing of open.splice(0).toReversed()) await thing.close();
});

const wholeBody = '{"model":"support","messages":[]}';
const streamBody = '{"model":"support","messages":[],"stream":true}';
const frame = `data: {"choices":[{"index":0,"delta":{"content":"${'x'.repeat(60_000)}"}}]}\n\n`;
const end = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
const answerWhole: RawAnswer = (response) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices":[]}');

/** An answer of so many large frames, as fast as it is taken. */
function answerFrames(count: number): RawAnswer {
  return (response) => {
    let written = 0;
    function pump(): void {
      while (!response.destroyed && written < count) {
        written++;
        if (!response.write(frame)) return;
      }
      if (written === count) response.end(end);
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' }).on('drain', pump);
    pump();
  };
}

interface Plane {
  readonly harness: Harness;
  /** Requests that reached the host. */
  reached(): number;
}

type PlaneOptions = Omit<HarnessOptions, 'upstreams'> & {
  readonly upstream?: Partial<HarnessOptions['upstreams'][number]>;
};

async function plane(answer: RawAnswer, options: PlaneOptions = {}): Promise<Plane> {
  const host = await startRawUpstream(answer);
  open.push(host);
  const doors = { 'openai-chat': host.url };
  const upstreams = ['a', 'b'].map((name) => ({ name, doors, ...options.upstream }));
  const harness = await startHarness({ ...options, upstreams });
  open.push(harness);
  harnesses.push(harness);
  return { harness, reached: () => host.bodies.length };
}

function openSocket(harness: Harness): Socket {
  const { hostname, port } = new URL(harness.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  open.push({ close: () => void socket.destroy() });
  return socket;
}

function toHead(harness: Harness, extra = '', length = wholeBody.length): string {
  return `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${harness.key}\r\ncontent-length: ${length}\r\n${extra}\r\n`;
}

/** Sends bytes as they are and resolves with the first status line. */
function sendRaw(harness: Harness, text: string): Promise<string> {
  const socket = openSocket(harness);
  let got = '';
  return new Promise((resolve) => {
    socket.on('data', (chunk) => {
      got += chunk.toString('latin1');
      if (got.includes('\r\n')) resolve(got.slice(9, 12));
    });
    socket.on('close', () => resolve('closed'));
    socket.write(text);
  });
}

async function ask(harness: Harness, body: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${harness.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${harness.key}` },
    body,
  });
  return { status: answer.status, text: await answer.text() };
}

test('heads that two servers could read in two ways do not reach a host', async () => {
  const { harness, reached } = await plane(answerWhole);
  const good = toHead(harness) + wholeBody;
  const odd: readonly (readonly [string, string])[] = [
    [toHead(harness, 'content-length: 5\r\n') + wholeBody, '400'],
    [`${toHead(harness, 'transfer-encoding: chunked\r\n')}0\r\n\r\n`, '400'],
    [good.replace(/content-length: \d+/, 'transfer-encoding: xchunked'), '400'],
    [good.replaceAll('\r\n', '\n'), '400'],
    [good.replace('host: x\r\n', ''), '400'],
    [good.replace(' /v1', ' http://other/v1'), '404'],
    [good.replace(' /v1', ' //v1'), '404'],
    [good.replace('chat/completions', 'chat%2fcompletions'), '404'],
    [good.replace('/v1', '/v1/../v1'), '404'],
    [toHead(harness, 'authorization: Bearer other\r\n') + wholeBody, '401'],
    [toHead(harness, 'x-api-key: other\r\n') + wholeBody, '401'],
    [toHead(harness, `x-a: ${'a'.repeat(70_000)}\r\n`) + wholeBody, '431'],
  ];
  for (const [text, status] of odd) expect([text, await sendRaw(harness, text)]).toEqual([text, status]);
  expect(reached()).toBe(0);
  expect(await sendRaw(harness, good.replace('HTTP/1.1', 'HTTP/1.0'))).toBe('200');
});

test('members on which the gateway decides may not stand in a body twice', async () => {
  const { harness, reached } = await plane(answerWhole);
  for (const member of ['"messages":[1]', '"max_tokens":1,"max_tokens":9', '"n":1,"n":9', '"stream":true']) {
    const body = `{"model":"support","messages":[],"stream":false,${member}}`;
    expect([member, (await ask(harness, body)).status]).toEqual([member, 400]);
  }
  expect(reached()).toBe(0);
});

test('a key that is revoked while its body is on the way is refused', async () => {
  const { harness, reached } = await plane(answerWhole);
  const socket = openSocket(harness);
  let got = '';
  socket.on('data', (chunk) => (got += chunk.toString()));
  socket.write(toHead(harness) + wholeBody.slice(0, 5));
  await until(() => harness.listener.stats().inFlight === 1);
  harness.replace((snapshot) => ({
    ...snapshot,
    keys: new Map([...snapshot.keys].map(([hash, key]) => [hash, { ...key, revokedAt: 1 }])),
  }));
  socket.write(wholeBody.slice(5));
  await until(() => got.includes('CHG_KEY_UNKNOWN'));
  expect(got.startsWith('HTTP/1.1 401')).toBe(true);
  expect(reached()).toBe(0);
});

test('names of routes reach the ledger as text that a database gives back unchanged', async () => {
  const { harness } = await plane(answerWhole);
  const names = ['\\ud800', 'a\\u0000b', `${'x'.repeat(127)}\\ud83d\\ude00`];
  for (const [index, name] of names.entries()) {
    expect((await ask(harness, `{"model":"${name}","messages":[]}`)).status).toBe(404);
    const { route } = await harness.settled(index + 1);
    expect([route.isWellFormed(), route.includes('\0'), route.length <= 128]).toEqual([true, false, true]);
  }
});

test('a budget is held for odd bounds of output too, and for every choice', async () => {
  const tariff = { version: '1', currency: 'USD', input: 0n, output: 1_000_000n, cacheRead: null };
  const budget = { amount: 1_000n, currency: 'USD', period: 'day' } as const;
  const { harness } = await plane(answerWhole, { upstream: { tariff }, keyLimits: { budget } });
  const cases: readonly (readonly [string, number])[] = [
    ['"max_tokens":0.5', 200],
    ['"max_tokens":1e300', 402],
    ['"max_tokens":900,"n":2', 402],
    ['"max_tokens":900,"n":0.5', 200],
  ];
  for (const [members, status] of cases) {
    const answer = await ask(harness, `{"model":"support","messages":[],${members}}`);
    expect([members, answer.status]).toEqual([members, status]);
  }
});

test('a host that takes connections and never speaks TLS keeps none of them', async () => {
  const held = new Set<Socket>();
  let taken = 0;
  const silent = createTcpServer((socket) => {
    taken++;
    held.add(socket);
    socket.on('error', () => undefined).on('close', () => held.delete(socket));
    socket.resume();
  });
  const url = (await listen(silent as unknown as Parameters<typeof listen>[0])).replace('http:', 'https:');
  open.push({ close: () => void silent.close() });
  const upstream = { doors: { 'openai-chat': url }, phases: { connectMs: 50 } };
  const { harness } = await plane(answerWhole, { upstream });
  expect((await ask(harness, wholeBody)).status).toBe(504);
  expect(taken).toBe(2);
  await until(() => held.size === 0);
  expect(harness.egress.connections()).toBe(0);
});

test('a client that reads slowly is not taken for a host that pauses', async () => {
  const clock = createManualClock();
  const phases = { idleMs: 1_000, totalMs: 60_000 };
  const { harness } = await plane(answerFrames(400), { clock, upstream: { phases } });
  const socket = openSocket(harness).pause();
  let got = 0;
  let tail = '';
  socket.on('data', (chunk) => {
    got += chunk.length;
    tail = (tail + chunk.toString('latin1')).slice(-40);
  });
  socket.pause().write(toHead(harness, '', streamBody.length) + streamBody);
  await until(() => harness.listener.stats().inFlight === 1);
  for (let quiet = 0; quiet < 200; quiet++) await tick();
  clock.advance(5_000);
  socket.resume();
  await until(() => tail.includes('[DONE]'));
  expect(got).toBeGreaterThan(400 * frame.length);
  expect((await harness.settled(1)).failure).toBeNull();
  expect(clock.pending()).toBe(0);
});

test('a client that never reads is let go at the total time, and its host is not blamed', async () => {
  const clock = createManualClock();
  const phases = { idleMs: 1_000, totalMs: 60_000 };
  const { harness } = await plane(answerFrames(4_000), { clock, upstream: { phases } });
  const socket = openSocket(harness).pause();
  socket.write(toHead(harness, '', streamBody.length) + streamBody);
  await until(() => harness.listener.stats().inFlight === 1);
  for (let quiet = 0; quiet < 200; quiet++) await tick();
  clock.advance(60_001);
  const record = await harness.settled(1);
  expect([record.status, record.failure]).toEqual([499, 'CHG_CLIENT_GONE']);
  expect(clock.pending()).toBe(0);
});

test('a client that hangs up at [DONE] has been answered', async () => {
  const { harness } = await plane((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(frame + end);
  });
  const socket = openSocket(harness);
  let tail = '';
  socket.on('data', (chunk) => {
    tail = (tail + chunk.toString('latin1')).slice(-40);
    if (tail.includes('[DONE]')) socket.destroy();
  });
  socket.write(toHead(harness, '', streamBody.length) + streamBody);
  expect(await harness.settled(1)).toMatchObject({ status: 200, failure: null, finish: 'stop' });
});

const principal: Principal = {
  org: 'main',
  team: null,
  keyId: 'system',
  keyName: 'system',
  routes: null,
  limits: { maxConcurrent: null, budget: null },
};

test('timeoutMs of an in-process call bounds all its attempts together', async () => {
  const clock = createManualClock();
  const { harness, reached } = await plane(() => undefined, { clock });
  const body = Buffer.from(wholeBody);
  const request = { dialect: 'openai-chat', body, target: { route: 'support' } } as const;
  const asked = harness.caller.call(request, { purpose: 'probe', principal, timeoutMs: 300 });
  await until(() => reached() === 1);
  clock.advance(301);
  const outcome = await asked;
  expect(outcome.failure?.code).toBe('CHG_UPSTREAM_TIMEOUT');
  expect([outcome.record.attempts.length, reached(), clock.pending()]).toEqual([1, 1, 0]);
});

test('an endless stream to an in-process caller ends at the limit of answers', async () => {
  const snapshotLimits = { answerBytes: 1_000_000 };
  const { harness } = await plane(answerFrames(Number.POSITIVE_INFINITY), { snapshotLimits });
  const body = Buffer.from(streamBody);
  const request = { dialect: 'openai-chat', body, target: { route: 'support' } } as const;
  const outcome = await harness.caller.call(request, { purpose: 'probe', principal });
  expect([outcome.failure?.code, outcome.body.length]).toEqual(['CHG_UPSTREAM_TOO_LARGE', 0]);
});
