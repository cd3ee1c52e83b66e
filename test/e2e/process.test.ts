// The process as the person meets it who starts and stops it.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';

import { afterAll, afterEach, expect, test } from 'vitest';

import { type RawUpstream, startRawUpstream } from '../conformance/raw-upstream.ts';
import { callChat, createKey, waitFor } from './admin-client.ts';
import { killLeftovers, makeFolder, runChangeover, serveFolder } from './run-process.ts';

const { folder, remove } = makeFolder();
let count = 0;

/** A data folder of its own for each test. */
function nextFolder(): string {
  count++;
  return path.join(folder, `data-${count}`);
}

afterEach(() => killLeftovers());
afterAll(() => remove());

test('a second start on the same data folder is refused and names the process that holds it', async () => {
  const data = nextFolder();
  const first = await serveFolder(data);
  const second = runChangeover(['serve', '--port', '0', '--data', data, '--no-open']);
  expect(await second.ended).toBe(1);
  expect(second.printed()).toContain(`is in use by process ${first.child.pid} at ${first.url}`);
  expect(second.printed()).toContain('give another folder with --data');
  first.child.kill('SIGTERM');
  expect(await first.ended).toBe(0);
  const third = await serveFolder(data);
  third.child.kill('SIGTERM');
  expect(await third.ended).toBe(0);
});

test('another CHANGEOVER_SECRET than the one that sealed the data is refused', async () => {
  const data = nextFolder();
  const secret = (text: string): { environment: Record<string, string> } => ({
    environment: { CHANGEOVER_SECRET: text },
  });
  const first = await serveFolder(data, [], secret('the-right-secret-0123456789-abcdefghijkl'));
  first.child.kill('SIGTERM');
  expect(await first.ended).toBe(0);
  const given = ['serve', '--port', '0', '--data', data, '--no-open'];
  for (const wrong of ['another-secret-0123456789-abcdefghijklmn', undefined]) {
    const second = runChangeover(given, wrong === undefined ? {} : secret(wrong));
    expect(await second.ended).toBe(1);
    expect(second.printed()).toMatch(/Cannot start: .*(CHANGEOVER_SECRET|secret)/);
    expect(second.printed()).not.toContain('abcdefghijkl');
  }
  const third = await serveFolder(data, [], secret('the-right-secret-0123456789-abcdefghijkl'));
  third.child.kill('SIGTERM');
  expect(await third.ended).toBe(0);
});

test('an occupied port is told with the way out, and the data folder is free again', async () => {
  const data = nextFolder();
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const refused = runChangeover(['serve', '--port', String(port), '--data', data, '--no-open']);
  expect(await refused.ended).toBe(1);
  expect(refused.printed()).toContain(`127.0.0.1:${port} is in use by another program`);
  expect(refused.printed()).toContain('--port');
  await new Promise((resolve) => server.close(resolve));
  const next = await serveFolder(data);
  next.child.kill('SIGTERM');
  expect(await next.ended).toBe(0);
});

test.skipIf(process.platform === 'win32')('a data folder that may not be written is told', async () => {
  const data = nextFolder();
  mkdirSync(data, { mode: 0o555 });
  chmodSync(data, 0o555);
  chmodSync(folder, 0o755);
  // Root may write everywhere, so the process runs as nobody.
  const user = process.getuid?.() === 0 ? { uid: 65_534 } : {};
  const refused = runChangeover(['serve', '--port', '0', '--data', data, '--no-open'], user);
  expect(await refused.ended).toBe(1);
  expect(refused.printed()).toContain(`Cannot start: Cannot lock the data folder "${data}"`);
  expect(refused.printed()).toContain('belongs to this user');
  expect(refused.printed()).not.toContain('    at ');
});

test('/v1/models answers in both shapes, /healthz and /readyz without a key', async () => {
  const gateway = await serveFolder(nextFolder());
  const { key } = await createKey(gateway);
  const ask = async (request: string, headers: Record<string, string>): Promise<unknown> => {
    const answer = await fetch(`${gateway.url}${request}`, { headers });
    return { status: answer.status, body: await answer.json() };
  };
  expect(await ask('/v1/models', { authorization: `Bearer ${key}` })).toMatchObject({
    status: 200,
    body: { object: 'list', data: [{ id: 'demo', object: 'model', owned_by: 'changeover' }] },
  });
  expect(await ask('/v1/models', { 'x-api-key': key, 'anthropic-version': '2023-06-01' })).toMatchObject({
    status: 200,
    body: { data: [{ id: 'demo', type: 'model', display_name: 'demo' }], has_more: false, first_id: 'demo' },
  });
  expect(await ask('/v1/models', {})).toMatchObject({ status: 401, body: { error: {} } });
  expect(await ask('/healthz', {})).toMatchObject({ status: 200 });
  expect(await ask('/readyz', {})).toMatchObject({ status: 200, body: { status: 'ready' } });
  gateway.child.kill('SIGTERM');
  expect(await gateway.ended).toBe(0);
});

/** Answers that the test lets go on when it wants. */
interface HeldUpstream extends RawUpstream {
  readonly waiting: { readonly response: ServerResponse; readonly isStream: boolean }[];
  releaseAll(): void;
}

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({
    id: 'c1',
    object: 'chat.completion.chunk',
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })}\n\n`;
const streamEnd = `${chunk({ content: ' the end' })}${chunk({}, 'stop')}data: [DONE]\n\n`;
const whole = JSON.stringify({
  id: 'c2',
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'whole' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
});

async function startHeldUpstream(): Promise<HeldUpstream> {
  const waiting: HeldUpstream['waiting'] = [];
  const upstream = await startRawUpstream((response, body) => {
    const isStream = body.includes('"stream":true');
    response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
    if (isStream) response.write(chunk({ role: 'assistant', content: 'begun' }));
    waiting.push({ response, isStream });
  });
  return {
    ...upstream,
    waiting,
    releaseAll() {
      for (const { response, isStream } of waiting.splice(0)) response.end(isStream ? streamEnd : whole);
    },
  };
}

test('SIGTERM lets calls in flight end whole, refuses new ones, and ends with 0', async () => {
  const data = nextFolder();
  const upstream = await startHeldUpstream();
  const config = path.join(folder, 'drain.yaml');
  const endpoint = `{ profile: openai-compatible, url: "${upstream.url}/v1", models: [m] }`;
  writeFileSync(config, `endpoints:\n  up: ${endpoint}\nroutes:\n  support: { serve: m@up }\n`);
  const gateway = await serveFolder(data, ['--config', config]);
  const { key } = await createKey(gateway);
  const streams = Array.from({ length: 8 }, () => callChat(gateway, key, { stream: true }));
  const wholes = Array.from({ length: 4 }, () => callChat(gateway, key));
  await waitFor(
    () => Promise.resolve(upstream.waiting.length),
    (length) => length === 12,
  );

  gateway.child.kill('SIGTERM');
  await gateway.saying(/Stopping on SIGTERM/);
  const ready = await fetch(`${gateway.url}/readyz`);
  expect(ready.status).toBe(503);
  const late = await callChat(gateway, key);
  expect([late.status, late.text]).toEqual([503, expect.stringContaining('CHG_DRAINING')]);

  upstream.releaseAll();
  for (const { status, offer, text } of await Promise.all(streams)) {
    expect([status, offer]).toEqual([200, 'm@up']);
    expect(text).toContain('begun');
    expect(text.slice(text.indexOf('begun'))).toContain(streamEnd);
  }
  for (const { status, text } of await Promise.all(wholes)) expect([status, text]).toEqual([200, whole]);
  expect(await gateway.ended).toBe(0);
  await upstream.close();

  const verified = runChangeover(['ledger', 'verify', data, '--json']);
  expect(await verified.ended).toBe(0);
  expect(JSON.parse(verified.printed())).toMatchObject({ ok: true, open: [], interrupted: [] });
  const again = await serveFolder(data, ['--config', config]);
  const listed = runChangeover(['call', 'list', '--data', data, '--json', '--limit', '50']);
  expect(await listed.ended).toBe(0);
  expect(listed.printed().match(/"status":200/g)).toHaveLength(12 * 2);
  again.child.kill('SIGTERM');
  expect(await again.ended).toBe(0);
});

test('a second signal ends the process at once', async () => {
  const upstream = await startHeldUpstream();
  const config = path.join(folder, 'impatient.yaml');
  const endpoint = `{ profile: openai-compatible, url: "${upstream.url}/v1", models: [m] }`;
  writeFileSync(config, `endpoints:\n  up: ${endpoint}\nroutes:\n  support: { serve: m@up }\n`);
  const gateway = await serveFolder(nextFolder(), ['--config', config]);
  const { key } = await createKey(gateway);
  const held = callChat(gateway, key).catch((error: unknown) => error);
  await waitFor(
    () => Promise.resolve(upstream.waiting.length),
    (length) => length === 1,
  );
  gateway.child.kill('SIGINT');
  await gateway.saying(/Stopping on SIGINT/);
  gateway.child.kill('SIGINT');
  expect(await gateway.ended).toBe(130);
  expect(await held).toBeInstanceOf(TypeError);
  await upstream.close();
});
