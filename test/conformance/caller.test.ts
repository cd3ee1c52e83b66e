import { getEventListeners } from 'node:events';
import { afterEach, expect, test } from 'vitest';

import type { CallOptions, CallRequest } from '../../src/kernel/index.ts';
import { type Harness, startHarness, tick } from './gateway-harness.ts';
import { type RawAnswer, type RawUpstream, startRawUpstream } from './raw-upstream.ts';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const thing of open.splice(0).toReversed()) await thing.close();
});

async function start(answer: RawAnswer): Promise<{ harness: Harness; upstream: RawUpstream }> {
  const upstream = await startRawUpstream(answer);
  const doors = { 'openai-chat': `${upstream.url}/v1/chat/completions` };
  const harness = await startHarness({ upstreams: [{ name: 'up', doors }] });
  open.push(upstream, harness);
  return { harness, upstream };
}

const request: CallRequest = {
  dialect: 'openai-chat',
  body: Buffer.from('{"model":"support","messages":[{"role":"user","content":"hello"}]}'),
  target: { route: 'support' },
};

function toOptions(signal: AbortSignal): CallOptions {
  const limits = { maxConcurrent: null, budget: null };
  const principal = { org: 'main', team: null, keyId: 'trial', keyName: 'trial', routes: null, limits };
  return { purpose: 'judge', principal, signal };
}

test('a call in the process lets go of the signal when it ends', async () => {
  const { harness } = await start((response) => {
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end('{"choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}]}');
  });
  const { signal } = new AbortController();
  const outcome = await harness.caller.call(request, toOptions(signal));
  expect([outcome.status, outcome.failure]).toEqual([200, null]);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('a cancelled call in the process ends its upstream call', async () => {
  const controller = new AbortController();
  const { harness, upstream } = await start(() => controller.abort());
  const outcome = await harness.caller.call(request, toOptions(controller.signal));
  expect(outcome.failure?.code).toBe('CHG_CLIENT_GONE');
  for (let round = 0; round < 2_000 && upstream.aborted() === 0; round++) await tick();
  expect(upstream.aborted()).toBe(1);
  expect(harness.meter.inFlight).toBe(0);
});
