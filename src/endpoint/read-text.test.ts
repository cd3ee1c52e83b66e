import { getEventListeners } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';

import type { Endpoint } from '../catalog/index.ts';
import { createManualClock } from '../kernel/index.ts';
import { createEgress } from './egress.ts';
import { readText, type TextAnswer } from './read-text.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const endpoint: Endpoint = {
  name: 'e',
  profile: { name: 'p', streamUsage: 'always', errorCodes: {}, evidence: 'documented' },
  doors: [],
  modelsUrl: null,
  jurisdiction: { runsIn: 'CL', dataIn: 'CL', operatorCountry: 'CL', operator: 'self' },
  tls: null,
  privateAllowed: true,
  phases: { connectMs: 1, firstByteMs: 1, firstTokenMs: 1, idleMs: 1, totalMs: 1 },
  simulated: false,
};

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/models`;
}

const clock = createManualClock();

function read(url: string, signal: AbortSignal, limitBytes = 100): Promise<TextAnswer> {
  const egress = createEgress({ https: null, http: null, bypass: '' }, 10);
  closers.push(() => egress.close());
  return readText(egress, clock, { endpoint, url, headers: [], timeoutMs: 1_000, limitBytes, signal });
}

test('readText() reads an answer and lets go of the signal', async () => {
  const url = await listen(createServer((_request, response) => response.end('{"data":[]}')));
  const { signal } = new AbortController();
  expect(await read(url, signal)).toEqual({ status: 200, body: '{"data":[]}' });
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('readText() gives up at the limit of bytes', async () => {
  const url = await listen(createServer((_request, response) => response.end('x'.repeat(101))));
  const { signal } = new AbortController();
  await expect(read(url, signal)).rejects.toThrow('longer than 100 bytes');
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('readText() gives up after its time', async () => {
  const url = await listen(createServer(() => clock.advance(1_001)));
  await expect(read(url, new AbortController().signal)).rejects.toThrow('no answer within 1000 ms');
});

test('readText() stops when it is cancelled, also before it begins', async () => {
  const controller = new AbortController();
  const url = await listen(createServer(() => controller.abort()));
  await expect(read(url, controller.signal)).rejects.toThrow('cancelled');
  await expect(read(url, controller.signal)).rejects.toThrow('cancelled');
});
