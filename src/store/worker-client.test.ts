import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { Result } from '../kernel/index.ts';
import { createWorkerClient, type WorkerClient } from './worker-client.ts';

/** A worker that opens, then does `onRequest` with each request. */
function start(onRequest: string): WorkerClient {
  const source = `
    const { parentPort } = require('node:worker_threads');
    parentPort.on('message', (request) => { ${onRequest} });
    parentPort.postMessage({ id: 0, result: { ok: true, value: null } });`;
  return createWorkerClient(new Worker(source, { eval: true }), 'the worker');
}
const reasonOf = (result: Result<unknown>): unknown =>
  result.ok ? 'it worked' : result.failure.detail['reason'];

test.each([
  ['throws', "throw new Error('boom')", 'the worker has died: boom'],
  ['ends', 'process.exit(3)', 'the worker has ended'],
  [
    'runs out of memory',
    'const all = []; for (;;) all.push(new Array(1e6).fill(1.5))',
    'the worker has died',
  ],
])('a worker that %s fails what waits and what comes after', async (_, onRequest, reason) => {
  const source = `
    const { parentPort } = require('node:worker_threads');
    parentPort.on('message', () => { ${onRequest} });
    parentPort.postMessage({ id: 0, result: { ok: true, value: null } });`;
  const worker = new Worker(source, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 24 } });
  const client = createWorkerClient(worker, 'the worker');
  expect((await client.opened()).ok).toBe(true);
  expect(client.fault).toBeNull();
  const answers = await Promise.all([client.request('a', []), client.request('b', [])]);
  expect(answers.map(reasonOf)).toEqual([expect.stringContaining(reason), expect.stringContaining(reason)]);
  expect(client.fault).toContain(reason);
  expect(reasonOf(await client.request('c', []))).toContain(reason);
  await client.close();
});

test('a worker that dies before it opens is told by opened()', async () => {
  const client = createWorkerClient(new Worker("throw new Error('no start')", { eval: true }), 'the worker');
  expect(reasonOf(await client.opened())).toContain('no start');
  await client.close();
});

test('a value that cannot be copied is a mistake of the caller and leaves nothing waiting', async () => {
  const client = start(
    'parentPort.postMessage({ id: request.id, result: { ok: true, value: request.method } })',
  );
  await client.opened();
  await expect(client.request('a', [() => 1])).rejects.toThrow('could not be cloned');
  expect(await client.request('b', [])).toEqual({ ok: true, value: 'b' });
  await client.close();
});
