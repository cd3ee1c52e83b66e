import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type GatewayProcess, startGateway } from '../gateway-process/start-gateway.ts';
import { askAdmin, callChat, createKey, waitFor } from './admin-client.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'changeover-config-'));
const file = path.join(folder, 'changeover.yaml');

const config = `endpoints:
  sim-openai: { profile: sim-openai }
  sim-deepseek: { profile: sim-deepseek }
  sim-qwen: { profile: sim-qwen }
routes:
  support: { serve: frontier@sim-openai, fallback: [value@sim-deepseek] }
  home:
    serve: value@sim-qwen
    allow: { operators: [simulated] }
`;

let gateway: GatewayProcess;
let key = '';

beforeAll(async () => {
  writeFileSync(file, config.replace(/ {2}home:[\s\S]*/, ''));
  gateway = await startGateway({ parameters: ['--config', file] });
  ({ key } = await createKey(gateway));
});

afterAll(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true });
});

interface Serving {
  readonly version: number;
  readonly shares: readonly { offer: string; share: number }[];
}

const put = 'PUT /api/routes/support/serving';

test('the next call after a switch goes to the new offer, and back goes back', async () => {
  expect((await callChat(gateway, key)).offer).toBe('frontier@sim-openai');
  const switched = await askAdmin<Serving>(gateway, put, { offer: 'value@sim-qwen', reason: 'price' });
  expect(switched.status).toBe(200);
  expect((await callChat(gateway, key)).offer).toBe('value@sim-qwen');
  const back = await askAdmin<Serving>(gateway, 'POST /api/routes/support/back', { reason: 'rehearsal' });
  expect(back.status).toBe(200);
  expect((await callChat(gateway, key)).offer).toBe('frontier@sim-openai');
});

test('of two admins who switch from the same version, one wins and the other is told', async () => {
  const { body } = await askAdmin<{ serving: Serving }>(gateway, 'GET /api/routes/support');
  const expectedVersion = body.serving.version;
  const offers = ['value@sim-qwen', 'value@sim-deepseek'];
  const outcomes = await Promise.all(
    offers.map((offer) => askAdmin<Serving>(gateway, put, { offer, reason: 'race', expectedVersion })),
  );
  expect(outcomes.map((outcome) => outcome.status).toSorted((left, right) => left - right)).toEqual([
    200, 409,
  ]);
  const winner = outcomes.findIndex((outcome) => outcome.status === 200);
  expect((await callChat(gateway, key)).offer).toBe(offers[winner]);
});

test('switching under traffic loses no call, and every call goes where serving stood', async () => {
  let running = true;
  const seen = new Map<string, number>();
  const callers = Array.from({ length: 8 }, async () => {
    while (running) {
      const { status, offer } = await callChat(gateway, key, { stream: true });
      expect(status).toBe(200);
      seen.set(offer ?? '', (seen.get(offer ?? '') ?? 0) + 1);
    }
  });
  const offers = ['frontier@sim-openai', 'value@sim-deepseek', 'value@sim-qwen'];
  for (let round = 0; round < 30; round++) {
    const offer = offers[round % offers.length] ?? '';
    const switched = await askAdmin(gateway, put, { offer, reason: `round ${round}` });
    expect(switched.status).toBe(200);
    expect((await callChat(gateway, key)).offer).toBe(offer);
  }
  running = false;
  await Promise.all(callers);
  expect([...seen.keys()].toSorted()).toEqual(offers.toSorted());
});

test('weighted serving keeps a conversation on its offer', async () => {
  const shares = [
    { offer: 'frontier@sim-openai', share: 1 },
    { offer: 'value@sim-deepseek', share: 1 },
  ];
  expect((await askAdmin(gateway, put, { shares, reason: 'half' })).status).toBe(200);
  const seen = new Set<string | null>();
  for (let conversation = 0; conversation < 24; conversation++) {
    const messages = [{ role: 'user', content: `question ${conversation}` }];
    const first = await callChat(gateway, key, { messages });
    const turn = [...messages, { role: 'assistant', content: 'a' }, { role: 'user', content: 'and?' }];
    const second = await callChat(gateway, key, { messages: turn });
    expect(second.offer).toBe(first.offer);
    seen.add(first.offer);
  }
  expect(seen.size).toBe(2);
});

test('a switch to an unknown offer is refused and changes nothing', async () => {
  const before = await askAdmin<{ serving: Serving }>(gateway, 'GET /api/routes/support');
  const wrong = await askAdmin<{ error: { code: string } }>(gateway, put, {
    offer: 'gpt@nowhere',
    reason: 'x',
  });
  expect([wrong.status, wrong.body.error.code]).toEqual([404, 'CHG_OFFER_UNKNOWN']);
  const after = await askAdmin<{ serving: Serving }>(gateway, 'GET /api/routes/support');
  expect(after.body.serving.version).toBe(before.body.serving.version);
});

test('a changed file is reloaded by itself; one with errors changes nothing', async () => {
  const answers = async (): Promise<number> => (await callChat(gateway, key, { model: 'home' })).status;
  expect(await answers()).toBe(404);
  writeFileSync(file, config.replace('    allow: { operators: [simulated] }\n', ''));
  await waitFor(answers, (status) => status === 200);
  writeFileSync(file, 'endpoints: [');
  await waitFor(
    () => Promise.resolve(gateway.printed()),
    (text) => text.includes('not reloaded'),
  );
  expect(await answers()).toBe(200);
  // The serving that was switched by hand is state and has survived the reload.
  const { body } = await askAdmin<{ serving: Serving }>(gateway, 'GET /api/routes/support');
  expect(body.serving.shares).toHaveLength(2);
});

test('a revoked key stops at once, and keys keep to their routes and budgets', async () => {
  const made = await createKey(gateway);
  expect((await callChat(gateway, made.key)).status).toBe(200);
  expect((await askAdmin(gateway, `DELETE /api/keys/${made.id}`)).status).toBeLessThan(300);
  expect((await callChat(gateway, made.key)).status).toBe(401);
  const limited = await createKey(gateway, { routes: ['home'] });
  expect((await callChat(gateway, limited.key)).status).toBe(403);
  const poor = await createKey(gateway, { budget: { amount: '0.000001', currency: 'USD', period: 'total' } });
  expect((await callChat(gateway, poor.key)).status).toBe(402);
});

test('all of it is in the ledger, and the ledger verifies', async () => {
  const { body } = await askAdmin<{ calls: unknown[]; next: string | null }>(
    gateway,
    'GET /api/calls?limit=5',
  );
  expect(body.calls).toHaveLength(5);
  expect(body.next).not.toBeNull();
  const events = await waitFor(
    () => askAdmin<{ events: { event: string }[] }>(gateway, 'GET /api/events?limit=200'),
    ({ body: page }) => page.events.filter((entry) => entry.event.startsWith('serving.')).length > 30,
  );
  expect(events.body.events.some((entry) => entry.event === 'key.revoked')).toBe(true);
});
