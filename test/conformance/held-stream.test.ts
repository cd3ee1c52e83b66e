import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';

import { type Clock, createManualClock, limits, type ManualClock } from '../../src/kernel/index.ts';
import { type Harness, type HarnessOptions, realClock, startHarness, tick } from './gateway-harness.ts';
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

const body = '{"model":"support","messages":[],"stream":true}';
const content = 'data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\n';
const finish = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

function post(harness: Harness): Promise<Response> {
  return fetch(`${harness.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${harness.key}` },
    body,
  });
}

/** A manual clock, and waiting until the gateway has set its timers. */
function startClock(): { clock: ManualClock; until(ready: () => boolean): Promise<void> } {
  return {
    clock: createManualClock(),
    async until(ready) {
      for (let round = 0; round < 2_000 && !ready(); round++) await tick();
      expect(ready()).toBe(true);
    },
  };
}

test('a slow stream gets its status and a comment after five seconds, and may still fall back afterwards', async () => {
  const { clock, until } = startClock();
  let waiting: ServerResponse | null = null;
  const slow = await upstream((response) => (waiting = response));
  const good = await upstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(content + finish);
  });
  const phases = { connectMs: 60_000, firstByteMs: 60_000, firstTokenMs: 60_000, totalMs: 600_000 };
  const harness = await gateway({
    clock,
    upstreams: [
      { name: 'slow', doors: { 'openai-chat': slow.url }, phases },
      { name: 'good', doors: { 'openai-chat': good.url }, phases },
    ],
  });
  const asked = post(harness);
  await until(() => waiting !== null);
  clock.advance(limits.heldStatusMs);
  const answer = await asked;
  expect(answer.status).toBe(200);
  clock.advance(60_000);
  const text = await answer.text();
  expect(text).toMatch(/^(?:: changeover[^\n]*\n\n)+data: /);
  expect(text.endsWith(content + finish)).toBe(true);
  const record = await harness.settled(1);
  expect(record.attempts.map((attempt) => attempt.failure)).toEqual(['CHG_UPSTREAM_TIMEOUT', null]);
  expect(record.attempts[0]?.cause).toBe('TIMEOUT_FIRSTBYTE');
  expect(clock.pending()).toBe(0);
});

test('keep-alive lines of the upstream do not stop the clock of the first token', async () => {
  const { clock, until } = startClock();
  const vendor = await upstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': keep-alive\n\n');
  });
  const harness = await gateway({
    clock,
    upstreams: [{ name: 'a', doors: { 'openai-chat': vendor.url }, phases: { firstTokenMs: 3_000 } }],
  });
  const asked = post(harness);
  await until(() => vendor.bodies.length === 1);
  for (let round = 0; round < 20; round++) await tick();
  clock.advance(3_001);
  const answer = await asked;
  expect([answer.status, answer.headers.get('x-changeover-error')]).toEqual([504, 'CHG_UPSTREAM_TIMEOUT']);
  expect(await answer.text()).toContain('first token');
});

test('a stream that pauses too long inside its content ends in an error event', async () => {
  const { clock, until } = startClock();
  const vendor = await upstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(content);
  });
  const harness = await gateway({
    clock,
    upstreams: [{ name: 'a', doors: { 'openai-chat': vendor.url }, phases: { idleMs: 2_000 } }],
  });
  const answer = await post(harness);
  await until(() => clock.pending() > 0);
  clock.advance(2_001);
  const text = await answer.text();
  expect(text.startsWith(content)).toBe(true);
  expect(text).toContain('CHG_UPSTREAM_TIMEOUT');
  expect(text).not.toContain('[DONE]');
  await until(() => vendor.aborted() === 1);
});

test('a client that reads slowly slows the upstream down instead of filling the memory', async () => {
  const frame = `data: {"choices":[{"index":0,"delta":{"content":"${'x'.repeat(60_000)}"}}]}\n\n`;
  const frames = 2_000;
  let written = 0;
  const vendor = await upstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    function pump(): void {
      while (written < frames) {
        written++;
        if (!response.write(frame)) {
          response.once('drain', pump);
          return;
        }
      }
      response.end(finish);
    }
    pump();
  });
  const harness = await gateway({ upstreams: [{ name: 'a', doors: { 'openai-chat': vendor.url } }] });
  const { hostname, port } = new URL(harness.url);
  const socket = connect(Number(port), hostname);
  open.push({
    close() {
      socket.destroy();
      return Promise.resolve();
    },
  });
  socket.pause();
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${harness.key}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  let before = -1;
  for (let quiet = 0; quiet < 100; quiet = written === before ? quiet + 1 : 0) {
    before = written;
    await tick();
  }
  // 120 MB are on offer; sockets and buffers on the way hold a few.
  expect(written * frame.length).toBeLessThan(40_000_000);
  let received = 0;
  const whole = new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (chunk.includes('[DONE]')) resolve();
    });
  });
  socket.resume();
  await whole;
  expect(received).toBeGreaterThan(frames * frame.length);
});

test('a body in flight beyond the limits is refused, and the budget is given back', async () => {
  const clock: Clock = realClock;
  const vendor = await upstream((response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
  );
  const harness = await gateway({
    clock,
    upstreams: [{ name: 'a', doors: { 'openai-chat': vendor.url } }],
    snapshotLimits: { bodyBytes: 1_000, bodyBytesInFlight: 1_500 },
  });
  const send = (size: number, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${harness.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${harness.key}`, ...headers },
      body: `{"model":"support","messages":[],"x":"${'y'.repeat(size)}"}`,
    });
  expect((await send(500)).status).toBe(200);
  expect((await send(2_000)).status).toBe(413);
  expect((await send(10, { 'content-encoding': 'lzma' })).status).toBe(415);
  expect((await send(10, { 'content-encoding': 'gzip' })).status).toBe(400);
  expect(harness.listener.stats().bodyBytesInFlight).toBe(0);
  const { gzipSync } = process.getBuiltinModule('node:zlib');
  const packed = await fetch(`${harness.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${harness.key}`, 'content-encoding': 'gzip' },
    body: gzipSync('{"model":"support","messages":[]}'),
  });
  expect(packed.status).toBe(200);
  expect(vendor.bodies.at(-1)?.toString()).toBe('{"model":"m","messages":[]}');
  const bomb = await fetch(`${harness.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${harness.key}`, 'content-encoding': 'gzip' },
    body: gzipSync(Buffer.alloc(50_000_000)),
  });
  expect(bomb.status).toBe(413);
  expect(harness.listener.stats().bodyBytesInFlight).toBe(0);
});
