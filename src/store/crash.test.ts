// Kills a process in the middle of its changes and looks at what the next one finds.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createSeededRandom } from '../kernel/index.ts';
import { openDatabase } from './database.ts';
import { startProcess } from './process.case.ts';
import { must } from './state-store.case.ts';
import { openStateStore } from './open-state-store.ts';

const kills = 20;

/** Switches and makes keys as fast as it can, several at once, and says each one that was acknowledged. */
const writer = `
  const opened = await store.openStateStore({ folder, now: 1 });
  const state = opened.value;
  const offers = ['a@x', 'b@x'];
  const shares = (index) => [{ offer: offers[index % 2], share: 1 }];
  await state.ensureServing({ actor: 'config', at: 1, offers, routes: [{ route: 'r', shares: shares(0) }] });
  async function change(lane) {
    for (let index = 0; ; index++) {
      const reason = process.pid + '-' + lane + '-' + index;
      const shared = { actor: 'admin', at: Date.now() };
      const switched = await state.switchServing({
        ...shared, route: 'r', expectedVersion: null, reason, shares: shares(index),
      });
      if (switched.ok) say({ version: switched.value.version, reason });
      const key = {
        id: reason, org: 'main', team: null, name: 'n', hash: reason, hint: 'chg_', routes: null,
        limits: { maxConcurrent: null, budget: null }, expiresAt: null, revokedAt: null, createdAt: 1,
      };
      const created = await state.createKey(key, shared);
      if (created.ok) say({ key: created.value.id });
    }
  }
  await Promise.all([change(0), change(1), change(2)]);`;

interface Acknowledged {
  readonly version?: number;
  readonly reason?: string;
  readonly key?: string;
}

/**
 * Lets one writer run until it has acknowledged `count` changes, kills it, and gives all that it
 * acknowledged.
 */
async function writeAndKill(folder: string, count: number): Promise<readonly Acknowledged[]> {
  const child = startProcess(writer, folder);
  const lines: string[] = [];
  for (let line = 0; line < count; line++) lines.push(await child.nextLine());
  const [rest] = await Promise.all([child.rest(), child.kill()]);
  return [...lines, ...rest].map((line) => JSON.parse(line) as Acknowledged);
}

test(
  `${kills} kills in the middle of changes lose nothing that was acknowledged, and no event`,
  { timeout: 120_000 },
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'chg-crash-'));
    const random = createSeededRandom(20_261_123);
    const versions = new Map<number, string>();
    const keys = new Set<string>();
    for (let kill = 0; kill < kills; kill++) {
      for (const { version, reason, key } of await writeAndKill(folder, 1 + Math.floor(random.unit() * 60))) {
        if (version !== undefined) versions.set(version, reason ?? '');
        if (key !== undefined) keys.add(key);
      }
      const store = await must(openStateStore({ folder, now: 1 }));
      const history = await must(store.servingHistory('r', 10_000));
      const outbox = await must(store.readOutbox(10_000));
      const stored = await must(store.listKeys());
      await store.close();

      const kept = new Map(history.map(({ version, reason }) => [version, reason]));
      for (const [version, reason] of versions) expect(kept.get(version)).toBe(reason);
      for (const key of keys) expect(stored.some(({ id }) => id === key)).toBe(true);
      // Each change has exactly one event and each event its change, acknowledged or not.
      const switched = outbox
        .filter(({ event }) => event.startsWith('serving.'))
        .map(({ data }) => data['version']);
      expect(switched).toEqual(history.map(({ version }) => version).toReversed());
      const created = outbox.filter(({ event }) => event === 'key.created').map(({ subject }) => subject);
      expect(created.toSorted()).toEqual(stored.map(({ id }) => id));
    }
    expect(versions.size).toBeGreaterThan(kills);
    const database = openDatabase(path.join(folder, 'changeover.db'));
    expect(database.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    database.close();
    rmSync(folder, { recursive: true, force: true });
  },
);
