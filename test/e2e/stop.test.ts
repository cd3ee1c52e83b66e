import { connect } from 'node:net';

import { afterAll, expect, test } from 'vitest';

import { realClock, startServer } from '../../src/assembly/index.ts';
import { askAdmin, createKey, waitFor } from './admin-client.ts';
import { adminKey, makeFolder } from './run-process.ts';

const { folder, remove } = makeFolder();

afterAll(() => remove());

test('a client that never ends its request cannot hold the stop', async () => {
  const started = await startServer({
    version: '0.0.0-test',
    folder,
    configFile: null,
    host: null,
    port: 0,
    env: { CHANGEOVER_DISCOVER: '0', CHANGEOVER_ADMIN_KEY: adminKey },
    log: { info: () => undefined, warn: () => undefined, mistake: (error) => expect.fail(String(error)) },
  });
  if (!started.ok) throw new Error(JSON.stringify(started.failure));
  const gateway = { url: started.value.url, adminKey };
  const { key } = await createKey(gateway);
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  const head = ['POST /v1/chat/completions HTTP/1.1', 'host: h', `authorization: Bearer ${key}`];
  socket.write(`${[...head, 'content-length: 1000'].join('\r\n')}\r\n\r\n{"model":`);
  await waitFor(
    () => askAdmin<{ inFlight: number }>(gateway, 'GET /api/status'),
    ({ body }) => body.inFlight === 1,
  );
  const before = realClock.monotonicMs();
  await started.value.stop(50);
  // A body may take two minutes to arrive; a platform that stops containers gives 30 s in all.
  expect(realClock.monotonicMs() - before).toBeLessThan(20_000);
  await closed;
});
