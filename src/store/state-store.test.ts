import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { KeyRecord } from '../kernel/index.ts';
import { openStateStore } from './open-state-store.ts';
import { admin, must, plan, refused, useStateStore } from './state-store.case.ts';

const bench = useStateStore();

function keyOf(id: string, more: Partial<KeyRecord> = {}): KeyRecord {
  return {
    id,
    org: 'main',
    team: null,
    name: `name of ${id}`,
    hash: `hash-${id}`,
    hint: 'chg_abcd',
    routes: null,
    limits: { maxConcurrent: null, budget: null },
    expiresAt: null,
    revokedAt: null,
    createdAt: 5,
    ...more,
  };
}

describe('keys', () => {
  test('listKeys() gives back what createKey() took', async () => {
    const plain = keyOf('key_1');
    const full = keyOf('key_2', {
      org: 'acme',
      team: 'ops',
      routes: ['support', "a'b"],
      limits: { maxConcurrent: 4, budget: { amount: 2n ** 60n, currency: 'USD', period: 'month' } },
      expiresAt: 9_999,
    });
    await must(bench.store.createKey(plain, admin));
    await must(bench.store.createKey(full, admin));
    expect(await must(bench.store.listKeys())).toEqual([plain, full]);
  });

  test('a key and its event are written together; the event holds no hash', async () => {
    await must(bench.store.createKey(keyOf('key_1', { org: 'acme' }), admin));
    const [event] = await bench.outbox();
    expect(event).toMatchObject({
      kind: 'event',
      event: 'key.created',
      subject: 'key_1',
      org: 'acme',
      actor: 'admin',
    });
    expect(JSON.stringify(event)).not.toContain('hash-key_1');
    expect(await refused(bench.store.createKey(keyOf('key_2', { hash: 'hash-key_1' }), admin))).toContain(
      'CHG_STORE_FAILED',
    );
    expect(await bench.outbox()).toHaveLength(1);
  });

  test('revokeKey() keeps the first time and writes one event', async () => {
    await must(bench.store.createKey(keyOf('key_1'), admin));
    expect((await must(bench.store.revokeKey('key_1', { ...admin, at: 7 }))).revokedAt).toBe(7);
    expect((await must(bench.store.revokeKey('key_1', { ...admin, at: 8 }))).revokedAt).toBe(7);
    expect((await must(bench.store.listKeys()))[0]?.revokedAt).toBe(7);
    expect(await bench.eventNames()).toEqual(['key.created', 'key.revoked']);
  });

  test('revokeKey() names a key that is not there', async () => {
    expect(await refused(bench.store.revokeKey('key_9', admin))).toBe(
      'CHG_NOT_FOUND Cannot find key "key_9"',
    );
  });
});

describe('configurations', () => {
  const draft = (hash: string, expectedVersion: number | null = null) => ({
    ...admin,
    hash,
    content: new TextEncoder().encode(`content of ${hash}`),
    source: 'api' as const,
    expectedVersion,
  });

  test('saveConfig() keeps every version, but not the same one twice in a row', async () => {
    expect((await must(bench.store.saveConfig(draft('h1')))).version).toBe(1);
    expect((await must(bench.store.saveConfig(draft('h1')))).version).toBe(1);
    expect((await must(bench.store.saveConfig(draft('h2')))).version).toBe(2);
    expect((await must(bench.store.saveConfig(draft('h1')))).version).toBe(3);
    expect((await must(bench.store.listConfigs(10))).map(({ hash }) => hash)).toEqual(['h1', 'h2', 'h1']);
    expect(await bench.eventNames()).toEqual(['config.applied', 'config.applied', 'config.applied']);
    expect(Buffer.from((await must(bench.store.readConfig(2)))?.content ?? []).toString()).toBe(
      'content of h2',
    );
    expect((await must(bench.store.readConfig()))?.version).toBe(3);
    expect(await must(bench.store.readConfig(9))).toBeNull();
  });

  test('saveConfig() refuses to write over what somebody else has changed', async () => {
    await must(bench.store.saveConfig(draft('h1', 0)));
    expect(await refused(bench.store.saveConfig(draft('h2', 0)))).toContain('it is at version 1, not 0');
    expect(await must(bench.store.readConfig())).toMatchObject({ hash: 'h1' });
  });

  test('applyConfig() keeps configuration and serving together or neither', async () => {
    expect(await must(bench.store.readConfig())).toBeNull();
    const applied = await must(bench.store.applyConfig(draft('h1'), plan({ r: 'a@x' })));
    expect(applied.config).toMatchObject({ version: 1, hash: 'h1' });
    expect(applied.written).toEqual(['r']);
    expect(await refused(bench.store.applyConfig(draft('h2'), plan({ r: 'gone@x' })))).toContain(
      'CHG_CONFIG_INVALID',
    );
    expect(await must(bench.store.readConfig())).toMatchObject({ hash: 'h1' });
    expect(await bench.eventNames()).toEqual(['config.applied', 'serving.started']);
  });
});

describe('the rest of the state', () => {
  const sealed = new Uint8Array([1, 0, 255]);

  test('secrets are kept by name, replaced and removed, each with an event that holds the name only', async () => {
    await must(bench.store.putSecret('endpoint/a', new Uint8Array([9]), admin));
    await must(bench.store.putSecret('endpoint/a', sealed, admin));
    expect(await must(bench.store.getSecret('endpoint/a'))).toEqual(sealed);
    expect(await must(bench.store.getSecret('endpoint/b'))).toBeNull();
    expect(await must(bench.store.listSecretNames())).toEqual(['endpoint/a']);
    await must(bench.store.removeSecret('endpoint/a', admin));
    expect(await refused(bench.store.removeSecret('endpoint/a', admin))).toContain('CHG_NOT_FOUND');
    expect(await refused(bench.store.putSecret('', sealed, admin))).toContain('CHG_FIELD_INVALID');
    expect(await bench.eventNames()).toEqual(['secret.stored', 'secret.stored', 'secret.removed']);
    expect((await bench.outbox()).every(({ data }) => Object.keys(data).length === 0)).toBe(true);
  });

  test('ensureMeta() keeps the first value', async () => {
    expect(await must(bench.store.ensureMeta('canary', 'one'))).toBe('one');
    expect(await must(bench.store.ensureMeta('canary', 'two'))).toBe('one');
  });

  test('the outbox gives events in order until they are acknowledged, once and for all', async () => {
    for (const at of [9, 8, 7, 6, 5]) {
      await must(bench.store.createKey(keyOf(`key_${9 - at}`), { ...admin, at }));
    }
    const first = await must(bench.store.readOutbox(2));
    expect(first.map(({ subject }) => subject)).toEqual(['key_0', 'key_1']);
    const ids = first.map(({ id }) => id);
    await must(bench.store.acknowledgeOutbox(ids));
    await must(bench.store.acknowledgeOutbox([...ids, 'unknown']));
    expect((await bench.outbox()).map(({ subject }) => subject)).toEqual(['key_2', 'key_3', 'key_4']);
    expect(new Set([...ids, ...(await bench.outbox()).map(({ id }) => id)]).size).toBe(5);
  });

  test('saveSpending() replaces what it names and keeps bigints whole', async () => {
    const row = { keyId: 'k1', period: '2026-11', currency: 'USD', spent: 2n ** 62n };
    await must(bench.store.saveSpending([row, { ...row, keyId: 'k2' }]));
    await must(bench.store.saveSpending([{ ...row, period: '2026-12', spent: 5n }]));
    expect(await must(bench.store.loadSpending())).toEqual([
      { ...row, period: '2026-12', spent: 5n },
      { ...row, keyId: 'k2' },
    ]);
  });

  test('backup() copies a state that opens and goes on', async () => {
    await must(bench.store.createKey(keyOf('key_1'), admin));
    const copyFolder = path.join(bench.folder, 'copy');
    const copied = await must(openStateStore({ folder: copyFolder, now: 1 }));
    await copied.close();
    rmSync(path.join(copyFolder, 'changeover.db'));
    const writes = Array.from({ length: 50 }, async (_, index) =>
      bench.store.createKey(keyOf(`more_${index}`), admin),
    );
    await must(bench.store.backup(path.join(copyFolder, 'changeover.db')));
    await Promise.all(writes);
    expect(statSync(path.join(copyFolder, 'changeover.db')).mode & 0o077).toBe(0);
    const copy = await must(openStateStore({ folder: copyFolder, now: 1 }));
    const keys = await must(copy.listKeys());
    expect(keys.some(({ id }) => id === 'key_1')).toBe(true);
    expect(await must(copy.readOutbox(1_000))).toHaveLength(keys.length);
    await copy.close();
    expect(await refused(bench.store.backup(path.join(copyFolder, 'changeover.db')))).toContain('EEXIST');
  });

  test('close() answers what was asked before, and nothing after', async () => {
    const asked = Array.from({ length: 100 }, async (_, index) =>
      bench.store.createKey(keyOf(`key_${index}`), admin),
    );
    await bench.store.close();
    await bench.store.close();
    expect((await Promise.all(asked)).every(({ ok }) => ok)).toBe(true);
    expect(await refused(bench.store.listKeys())).toContain('CHG_STORE_FAILED');
    expect(bench.store.fault).toBe('the state store is closed');
    await bench.reopen();
    expect(await must(bench.store.listKeys())).toHaveLength(100);
  });

  test('more requests than the limit are refused at once and the others answered', async () => {
    const asked = Array.from({ length: 1_500 }, async () => bench.store.currentServing());
    const answers = await Promise.all(asked);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1_024);
    expect(answers.find(({ ok }) => !ok)).toMatchObject({ failure: { code: 'CHG_BUSY' } });
    expect((await bench.store.currentServing()).ok).toBe(true);
  });
});
