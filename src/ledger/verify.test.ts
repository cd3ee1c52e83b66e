import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { createManualClock } from '../kernel/index.ts';
import {
  createTestFolder,
  createTestIds,
  openTestLedger,
  openTestVault,
  type TestLedger,
  toTestBodies,
  toTestCall,
  toTestEvent,
} from './ledger-fixture.case.ts';
import { verifyDataFolder, verifyExport } from './verify.ts';

const now = 1_795_000_000_000;

/** A ledger with everything in it that a verification looks at; closed, so that its file can be changed. */
async function fillLedger(folder: string, outsideFile: string | null = null): Promise<TestLedger> {
  const clock = createManualClock(now);
  const filled = await openTestLedger(
    { clock, ids: createTestIds(), checkpoint: { outsideFile } },
    { folder },
  );
  const { ledger } = filled;
  for (let index = 0; index < 30; index++) {
    const id = `call_${String(index).padStart(2, '0')}`;
    const bodies = index % 3 === 0 ? toTestBodies(id) : null;
    ledger.recorder.record(
      toTestCall(id, {
        at: now + index,
        org: index % 4 === 0 ? 'other' : 'main',
        bodies,
        key: `key_${index % 2}`,
      }),
    );
    if (index === 10 || index === 20) {
      await ledger.flush();
      await ledger.checkpoint();
    }
  }
  await ledger.recorder.recordDurably(toTestEvent('evt_1'));
  const about = { org: 'main', key: 'key_1', route: 'support', purpose: 'client' } as const;
  await ledger.recorder.recordDurably({ kind: 'opened', id: 'call_open', at: now, ...about });
  await ledger.erase({ org: 'main', calls: ['call_03', 'call_05'], reason: 'asked for', actor: 'admin' });
  await ledger.close();
  return filled;
}

async function verifyFolder(folder: string, outsideFile?: string) {
  const publicKeys = [openTestVault(folder).signer.publicKey];
  const request = { folder, publicKeys, now, isDeep: true };
  const report = await verifyDataFolder(outsideFile === undefined ? request : { ...request, outsideFile });
  if (!report.ok) throw new Error(JSON.stringify(report.failure));
  return report.value;
}

function changeFile(folder: string, change: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(path.join(folder, 'ledger.db'));
  change(database);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
}

test('verifyDataFolder() finds nothing wrong with what the ledger wrote', async () => {
  const folder = createTestFolder();
  await fillLedger(folder);
  const report = await verifyFolder(folder);
  expect(report).toMatchObject({
    ok: true,
    rows: 33,
    chains: 2,
    checkpoints: 3,
    trustedCheckpoints: 3,
    unsignedRows: 0,
    erasedRows: 2,
    bodies: 9,
    open: ['call_open'],
  });
});

/**
 * Columns that may change without the ledger saying anything else: names of migrations, and the last batch
 * number.
 */
const unwatched = new Set([
  'migration.name',
  'migration.sha',
  'migration.at',
  'ledger_meta.name',
  'ledger_meta.value',
]);

/** Another value of the same kind. */
function toOther(value: unknown): string | number | bigint | Uint8Array {
  if (typeof value === 'string') return value === '' ? 'x' : `${value}x`;
  if (typeof value === 'number') return value + 1000;
  if (typeof value === 'bigint') return value + 1000n;
  if (value instanceof Uint8Array) {
    const bytes = new Uint8Array(value.length === 0 ? 1 : value.length);
    bytes.set(value);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    return bytes;
  }
  return 1;
}

test('verifyDataFolder() finds a change of any column of any table', { timeout: 120_000 }, async () => {
  const folder = createTestFolder();
  await fillLedger(folder);
  const file = path.join(folder, 'ledger.db');
  const good = readFileSync(file);
  const database = new DatabaseSync(file);
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL")
    .all();
  const columns = tables.flatMap(({ name }) =>
    database
      .prepare(`PRAGMA table_info(${String(name)})`)
      .all()
      .map((row) => ({ table: String(name), column: String(row['name']) })),
  );
  database.close();
  const missed: string[] = [];
  for (const { table, column } of columns) {
    if (unwatched.has(`${table}.${column}`)) continue;
    writeFileSync(file, good);
    changeFile(folder, (changed) => {
      const at = table === 'entry' ? "WHERE id = 'call_06'" : 'LIMIT 1';
      const read = changed.prepare(`SELECT "${column}" AS value FROM "${table}" ${at}`);
      read.setReadBigInts(true);
      const value = read.get()?.['value'];
      const only = table === 'entry' ? at : 'WHERE true';
      const all = changed.prepare(`SELECT count(*) AS count FROM "${table}"`).get()?.['count'];
      const one = table === 'entry' || all === 1 ? only : `WHERE "${column}" = ?`;
      const bound = one.endsWith('?') ? [toOther(value), value as string] : [toOther(value)];
      changed.exec('PRAGMA foreign_keys = OFF');
      const changes = changed
        .prepare(`UPDATE OR IGNORE "${table}" SET "${column}" = ? ${one}`)
        .run(...bound).changes;
      expect(changes, `${table}.${column}`).toBeGreaterThan(0);
    });
    const report = await verifyFolder(folder);
    if (report.ok) missed.push(`${table}.${column}`);
  }
  expect(missed).toEqual([]);
});

test('verifyDataFolder() names the row whose record was changed', async () => {
  const folder = createTestFolder();
  await fillLedger(folder);
  changeFile(folder, (database) => {
    const row = database.prepare("SELECT record FROM entry WHERE id = 'call_07'").get();
    const text = Buffer.from(row?.['record'] as Uint8Array)
      .toString()
      .replace('1200', '1201');
    database.prepare("UPDATE entry SET record = ? WHERE id = 'call_07'").run(Buffer.from(text));
  });
  const report = await verifyFolder(folder);
  expect(report.findings.filter((finding) => finding.kind === 'chain-broken')).toEqual([
    expect.objectContaining({ id: 'call_07', org: 'main' }),
  ]);
});

test('verifyDataFolder() finds rows that were taken out, at the end and in the middle', async () => {
  const folder = createTestFolder();
  await fillLedger(folder);
  const file = path.join(folder, 'ledger.db');
  const good = readFileSync(file);
  changeFile(folder, (database) => database.exec("DELETE FROM entry WHERE id = 'call_07'"));
  expect((await verifyFolder(folder)).findings[0]).toMatchObject({
    kind: 'row-missing',
    org: 'main',
    seq: 7,
  });
  writeFileSync(file, good);
  // A thorough forger also moves the head of the chain; the signed checkpoint still knows better.
  changeFile(folder, (database) => {
    const last = database.prepare("SELECT max(seq) AS seq FROM entry WHERE org = 'other'").get()?.[
      'seq'
    ] as number;
    database.prepare("DELETE FROM entry WHERE org = 'other' AND seq = ?").run(last);
    database
      .prepare(
        `UPDATE chain SET seq = ?1, hash = (SELECT hash FROM entry WHERE org = 'other' AND seq = ?1) WHERE org = 'other'`,
      )
      .run(last - 1);
  });
  const kinds = (await verifyFolder(folder)).findings.map((finding) => finding.kind);
  expect(kinds).toContain('checkpoint-differs');
});

test('verifyDataFolder() finds a chain that was forged from one row to its end', async () => {
  const folder = createTestFolder();
  await fillLedger(folder);
  const { toLinkHash } = await import('./chain.ts');
  changeFile(folder, (database) => {
    const rows = database
      .prepare("SELECT place, seq, hash, record FROM entry WHERE org = 'main' ORDER BY seq")
      .all();
    let hash = rows[3]?.['hash'] as Uint8Array;
    for (const row of rows.slice(4)) {
      const text = Buffer.from(row['record'] as Uint8Array)
        .toString()
        .replace('1200', '9');
      hash = toLinkHash(hash, row['seq'] as number, Buffer.from(text));
      const place = row['place'] as number;
      database
        .prepare('UPDATE entry SET record = ?, hash = ? WHERE place = ?')
        .run(Buffer.from(text), hash, place);
    }
    database.prepare("UPDATE chain SET hash = ? WHERE org = 'main'").run(hash);
  });
  const report = await verifyFolder(folder);
  const kinds = new Set(report.findings.map((finding) => finding.kind));
  expect(kinds).toContain('checkpoint-differs');
  expect(kinds).not.toContain('chain-broken');
});

test('a checkpoint that was taken out is found, and one outside finds a ledger that was set back', async () => {
  const folder = createTestFolder();
  const outsideFile = path.join(createTestFolder(), 'checkpoints.jsonl');
  await fillLedger(folder, outsideFile);
  const file = path.join(folder, 'ledger.db');
  const good = readFileSync(file);
  expect(await verifyFolder(folder, outsideFile)).toMatchObject({ ok: true, checkpoints: 3 });
  changeFile(folder, (database) => database.exec('DELETE FROM checkpoint WHERE number = 2'));
  expect((await verifyFolder(folder)).findings[0]?.kind).toBe('checkpoint-missing');
  writeFileSync(file, good);
  // Set back to an earlier state, as from a backup: whole and correct in itself.
  changeFile(folder, (database) => {
    const second = database.prepare('SELECT place, content FROM checkpoint WHERE number = 2').get();
    const heads = (JSON.parse(String(second?.['content'])) as [string, string, number, string][][])[8] ?? [];
    database.exec(
      'DELETE FROM checkpoint WHERE number > 2; DELETE FROM open_call; DELETE FROM roll_up; DELETE FROM spending',
    );
    database.prepare('DELETE FROM entry WHERE place > ?').run(second?.['place'] as number);
    for (const [org, , seq, hash] of heads) {
      database
        .prepare('UPDATE chain SET seq = ?, hash = ? WHERE org = ?')
        .run(seq, Buffer.from(hash, 'hex'), org);
    }
  });
  expect((await verifyFolder(folder)).findings.filter((each) => each.kind === 'checkpoint-differs')).toEqual(
    [],
  );
  const report = await verifyFolder(folder, outsideFile);
  expect(report.findings.filter((finding) => finding.kind === 'set-back')).toHaveLength(1);
});

test('a checkpoint that another key signed is not believed', async () => {
  const folder = createTestFolder();
  await fillLedger(folder);
  const other = openTestVault(createTestFolder());
  const report = await verifyDataFolder({ folder, publicKeys: [other.signer.publicKey], now });
  expect(report).toMatchObject({ ok: true, value: { ok: false, trustedCheckpoints: 0 } });
  expect(await verifyDataFolder({ folder: createTestFolder(), publicKeys: [], now })).toMatchObject({
    ok: false,
    failure: { code: 'CHG_NOT_FOUND' },
  });
});

test(
  'any changed byte of the file is found, or changes nothing that the ledger says',
  { timeout: 120_000 },
  async () => {
    const folder = createTestFolder();
    await fillLedger(folder);
    const file = path.join(folder, 'ledger.db');
    const good = readFileSync(file);
    const saying = await sayAll(folder);
    for (let round = 0; round < 60; round++) {
      const bytes = Buffer.from(good);
      // A fixed walk over the file, so that a failure comes again.
      const at = (round * 7_919 * 13 + 101) % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (round % 8));
      writeFileSync(file, bytes);
      const report = await verifyDataFolder({
        folder,
        publicKeys: [openTestVault(folder).signer.publicKey],
        now,
        isDeep: true,
      });
      if (!report.ok || !report.value.ok) continue;
      expect(await sayAll(folder), `byte ${at}`).toBe(saying);
    }
  },
);

/** Everything that the tables hold, but for the bookkeeping of migrations and batches. */
async function sayAll(folder: string): Promise<string> {
  const database = new DatabaseSync(path.join(folder, 'ledger.db'), { readOnly: true });
  const tables = ['chain', 'entry', 'body_block', 'open_call', 'checkpoint', 'roll_up', 'spending'];
  const text = tables.map((table) =>
    JSON.stringify(database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all(), (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
    ),
  );
  database.close();
  return text.join('\n');
}

test('erase() takes bodies, conversation and salt from the file, and the chain stands', async () => {
  const folder = createTestFolder();
  const { ledger, file } = await openTestLedger({ ids: createTestIds() }, { folder });
  for (const [index, name] of ['ann', 'bob', 'ann', 'cyd'].entries()) {
    ledger.recorder.record(
      toTestCall(`call_${index}`, {
        conversation: `talk with ${name}`,
        key: `key_${name}`,
        bodies: {
          request: Buffer.from(`I am ${name} and this is private`),
          response: Buffer.from('yes'),
          keepMs: 1e13,
        },
      }),
    );
  }
  await ledger.flush();
  const before = readFileSync(file).toString('latin1') + readFileSync(`${file}-wal`).toString('latin1');
  expect(before).toContain('talk with ann');
  const about = { org: 'main', reason: 'asked for', actor: 'admin' };
  expect(await ledger.erase({ ...about, conversation: 'talk with ann' })).toMatchObject({ calls: 2 });
  expect(await ledger.erase({ ...about, conversation: 'talk with ann' })).toEqual({ calls: 0, events: [] });
  expect(await ledger.erase({ ...about, key: 'key_bob' })).toMatchObject({ calls: 1 });
  expect(await ledger.erase({ ...about, org: 'other', key: 'key_cyd' })).toMatchObject({ calls: 0 });
  const after = readFileSync(file).toString('latin1') + readFileSync(`${file}-wal`).toString('latin1');
  expect(after).not.toContain('talk with ann');
  expect(after).not.toContain('talk with bob');
  expect(after).toContain('talk with cyd');
  expect(await ledger.call('call_0')).toMatchObject({
    call: { bodies: 'erased', conversation: null },
    bodies: null,
  });
  const kept = await ledger.call('call_3');
  expect(Buffer.from(kept?.bodies?.request ?? []).toString()).toBe('I am cyd and this is private');
  expect(await ledger.verify()).toMatchObject({ ok: true, rows: 6, erasedRows: 3, bodies: 1 });
  await expect(ledger.erase({ ...about })).rejects.toThrow(/give calls, a key or a conversation/);
});

test('an erasure that no event names is found', async () => {
  const folder = createTestFolder();
  await fillLedger(folder);
  changeFile(folder, (database) => {
    const event = database.prepare("SELECT erased_by FROM entry WHERE id = 'call_03'").get()?.[
      'erased_by'
    ] as string;
    database
      .prepare(`UPDATE entry SET conversation = NULL, salt = NULL, erased_by = ? WHERE id = 'call_07'`)
      .run(event);
  });
  expect((await verifyFolder(folder)).findings.map((finding) => finding.kind)).toContain(
    'erasure-unexplained',
  );
});

test('prune() takes rows behind a checkpoint only, and the rest verifies', async () => {
  const folder = createTestFolder();
  const clock = createManualClock(now);
  const { ledger } = await openTestLedger({ clock, ids: createTestIds(), keepRowsMs: 1_000_000 }, { folder });
  for (let index = 0; index < 40; index++) {
    const org = index % 2 === 0 ? 'main' : 'other';
    ledger.recorder.record(toTestCall(`call_${index}`, { at: clock.now(), org, bodies: toTestBodies('x') }));
    if (index === 19) {
      await ledger.flush();
      await ledger.checkpoint();
      clock.advance(700_000);
    }
  }
  await ledger.flush();
  expect(await ledger.prune()).toEqual({ rows: 0, bodyBlocks: 0 });
  clock.advance(700_000);
  expect(await ledger.prune()).toEqual({ rows: 20, bodyBlocks: 1 });
  expect(await ledger.verify()).toMatchObject({ ok: true, rows: 21, findings: [] });
  expect(await ledger.call('call_3')).toBeNull();
  expect(ledger.stats().rows).toBe(21);
  const { total } = await ledger.overview({ fromMs: now, toMs: now + 3_600_000 });
  expect(total.calls).toBe(40);
  await ledger.close();
  changeFile(folder, (database) => database.exec("DELETE FROM entry WHERE kind = 'event'"));
  expect((await verifyFolder(folder)).ok).toBe(false);
});

test('prune() takes bodies when their time is over, and no row', async () => {
  const clock = createManualClock(now);
  const { ledger } = await openTestLedger({ clock, ids: createTestIds() });
  ledger.recorder.record(toTestCall('call_1', { at: now, bodies: toTestBodies('short', 1_000) }));
  ledger.recorder.record(toTestCall('call_2', { at: now, bodies: toTestBodies('long', 9_000) }));
  await ledger.flush();
  clock.advance(1_000);
  // Over is over, also before anybody has deleted anything.
  expect(await ledger.call('call_1')).toMatchObject({ call: { bodies: 'expired' }, bodies: null });
  expect(await ledger.verify()).toMatchObject({ ok: true, bodies: 2 });
  expect(await ledger.prune()).toEqual({ rows: 0, bodyBlocks: 1 });
  expect(await ledger.call('call_2')).toMatchObject({ call: { bodies: 'kept' } });
  expect(await ledger.verify()).toMatchObject({ ok: true, rows: 2, bodies: 1 });
});

test('export() writes what verifies with the public key alone, and every changed line is found', async () => {
  const folder = createTestFolder();
  const { vault } = await fillLedger(folder);
  const { ledger } = await openTestLedger({ clock: createManualClock(now) }, { folder });
  // A record may hold a line separator of Unicode, which is no end of a line here.
  ledger.recorder.record(toTestCall('call_line', { reportedModel: 'line\u2028end', at: now + 50 }));
  const file = path.join(folder, 'export.jsonl');
  const summary = await ledger.export({ write: async (piece) => appendFileSync(file, piece) });
  expect(summary).toMatchObject({ records: 35, bytes: readFileSync(file).length });
  const publicKeys = [vault.signer.publicKey];
  const report = await verifyExport({ file, publicKeys });
  expect(report).toMatchObject({
    ok: true,
    value: { ok: true, rows: 35, trustedCheckpoints: 3, unsignedRows: 2 },
  });
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  const changedFile = path.join(folder, 'changed.jsonl');
  for (const index of lines.keys()) {
    const without = lines.filter((_, line) => line !== index);
    writeFileSync(changedFile, `${without.join('\n')}\n`);
    const cut = await verifyExport({ file: changedFile, publicKeys });
    expect(cut, `without line ${index + 1}`).toMatchObject({ ok: true, value: { ok: false } });
    if (!lines[index]?.includes('1200')) continue;
    const changed = lines.map((line, at) => (at === index ? line.replace('1200', '1201') : line));
    writeFileSync(changedFile, `${changed.join('\n')}\n`);
    expect(await verifyExport({ file: changedFile, publicKeys })).toMatchObject({
      ok: true,
      value: { ok: false },
    });
  }
  expect(await verifyExport({ file: path.join(folder, 'none'), publicKeys })).toMatchObject({ ok: false });
});

test('export() of a part begins in the middle of its chains and verifies', async () => {
  const folder = createTestFolder();
  const { vault } = await fillLedger(folder);
  const { ledger } = await openTestLedger({ clock: createManualClock(now) }, { folder });
  const file = path.join(folder, 'part.jsonl');
  const part = {
    fromMs: now + 12,
    toMs: now + 18,
    write: async (piece: Uint8Array) => appendFileSync(file, piece),
  };
  expect((await ledger.export(part)).records).toBe(6);
  const report = await verifyExport({ file, publicKeys: [vault.signer.publicKey] });
  expect(report.ok && report.value.findings).toEqual([]);
});
