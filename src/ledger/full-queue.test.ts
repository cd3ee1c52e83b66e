import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { createManualClock } from '../kernel/index.ts';
import { openLedgerReadStore, openLedgerWriteStore } from '../store/ledger/index.ts';
import { toBatch, toPendingRow } from './batch-builder.ts';
import { BatchWriter } from './batch-writer.ts';
import {
  createTestFolder,
  createTestIds,
  openTestLedger,
  type TestLedger,
  toTestBodies,
  toTestCall,
  toTestEvent,
} from './ledger-fixture.case.ts';
import { verifyLedger } from './verify-ledger.ts';

const queue = { shedRows: 10, maxRows: 20, maxBodyBytes: 1_000_000 };

/** Makes every commit fail until it is told to stop, as a full disk would: a trigger refuses new rows. */
function refuseRows(file: string): { stop(): void } {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  database.exec(
    "CREATE TRIGGER refuse BEFORE INSERT ON entry BEGIN SELECT RAISE(FAIL, 'the disk is full'); END",
  );
  return {
    stop() {
      database.exec('DROP TRIGGER refuse');
      database.close();
    },
  };
}

function record({ ledger }: TestLedger, from: number, to: number): void {
  for (let index = from; index < to; index++) {
    ledger.recorder.record(toTestCall(`call_${index}`, { bodies: toTestBodies(`${index}`) }));
  }
}

/** Waits for something that a worker brings about, moving the ledger's clock so that its retries come. */
async function waitUntil(isTrue: () => boolean, advance: () => void): Promise<void> {
  for (let look = 0; look < 4_000; look++) {
    if (isTrue()) return;
    advance();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('Cannot see what was waited for');
}

test('a long queue sheds bodies first, then is behind, and loses no row', async () => {
  const clock = createManualClock();
  const opened = await openTestLedger({ clock, queue, ids: createTestIds() });
  const { ledger, file } = opened;
  const refusal = refuseRows(file);
  record(opened, 0, 10);
  expect(ledger.recorder.pressure()).toBe('shedding');
  record(opened, 10, 20);
  expect(ledger.recorder.pressure()).toBe('behind');
  expect(ledger.stats()).toMatchObject({ queuedRows: 20, shedBodies: 10, gapCalls: 0 });
  // Calls that were in flight when it got full are still taken.
  record(opened, 20, 30);
  await waitUntil(
    () => ledger.stats().writeError !== null,
    () => clock.advance(100),
  );
  expect(ledger.stats()).toMatchObject({ pressure: 'behind', queuedRows: 30, committedRows: 0 });
  expect(ledger.stats().writeError).toMatch(/disk is full/);
  refusal.stop();
  await waitUntil(
    () => ledger.stats().queuedRows === 0,
    () => clock.advance(5_000),
  );
  expect(ledger.stats()).toMatchObject({
    pressure: 'normal',
    committedRows: 30,
    writeError: null,
    duplicates: 0,
  });
  expect(await ledger.verify()).toMatchObject({ ok: true, rows: 30, bodies: 10 });
  expect(await ledger.call('call_15')).toMatchObject({ call: { bodies: 'shed' }, bodies: null });
});

test('bodies beyond the limit of bytes are shed, whatever the number of rows', async () => {
  const clock = createManualClock();
  const { ledger } = await openTestLedger({ clock, queue: { ...queue, maxBodyBytes: 1_000 } });
  const half = { request: Buffer.alloc(300), response: Buffer.alloc(200), keepMs: 1e13 };
  for (const id of ['call_1', 'call_2', 'call_3']) ledger.recorder.record(toTestCall(id, { bodies: half }));
  expect(ledger.recorder.pressure()).toBe('shedding');
  await ledger.flush();
  expect(ledger.recorder.pressure()).toBe('normal');
  expect(await ledger.call('call_2')).toMatchObject({ call: { bodies: 'kept' } });
  expect(await ledger.call('call_3')).toMatchObject({ call: { bodies: 'shed' } });
});

test('with "gap" calls beyond the limit are counted, and a chained event says how many', async () => {
  const clock = createManualClock();
  const opened = await openTestLedger({
    clock,
    queue,
    whenBehind: 'gap',
    durability: 'strict',
    ids: createTestIds(),
  });
  const { ledger, file } = opened;
  const refusal = refuseRows(file);
  record(opened, 0, 50);
  expect(ledger.stats()).toMatchObject({ queuedRows: 20, gapCalls: 30, pressure: 'behind' });
  // Nobody waits for a disk that does not write, when answers matter more than rows.
  const about = {
    at: clock.now(),
    org: 'main',
    key: 'key_one',
    route: 'support',
    purpose: 'client',
  } as const;
  await ledger.recorder.recordDurably({ kind: 'opened', id: 'call_99', ...about });
  refusal.stop();
  await waitUntil(
    () => ledger.stats().queuedRows === 0,
    () => clock.advance(5_000),
  );
  await ledger.flush();
  const events = await ledger.events({ event: 'ledger.gap' });
  expect(events).toMatchObject({
    ok: true,
    value: { events: [{ org: 'main', data: { calls: 30, others: 0 } }] },
  });
  expect(await ledger.verify()).toMatchObject({ ok: true, rows: 21, gapCalls: 30 });
});

test('recordDurably() refuses to open a call while nothing can be written, and a queued row is not lost', async () => {
  const clock = createManualClock();
  const { ledger, file } = await openTestLedger({ clock, queue, durability: 'strict', ids: createTestIds() });
  const refusal = refuseRows(file);
  const about = {
    at: clock.now(),
    org: 'main',
    key: 'key_one',
    route: 'support',
    purpose: 'client',
  } as const;
  // One waits for the batch that fails, the other behind it: both are told.
  const first = ledger.recorder.recordDurably(toTestCall('call_1'));
  await waitUntil(
    () => ledger.stats().writeError !== null,
    () => clock.advance(1),
  );
  const second = ledger.recorder.recordDurably(toTestCall('call_3'));
  let outcomes: readonly PromiseSettledResult<void>[] = [];
  void Promise.allSettled([first, second]).then((settled) => (outcomes = settled));
  await waitUntil(
    () => outcomes.length > 0,
    () => clock.advance(5_000),
  );
  const told = {
    status: 'rejected',
    reason: expect.objectContaining({ message: expect.stringMatching(/disk is full/) }),
  };
  expect(outcomes).toEqual([told, told]);
  expect(ledger.recorder.pressure()).toBe('behind');
  const opening = ledger.recorder.recordDurably({ kind: 'opened', id: 'call_2', ...about });
  await expect(opening).rejects.toThrow(/Cannot record now/);
  await expect(ledger.recorder.recordDurably(toTestEvent('evt_1'))).rejects.toThrow(/Cannot record now/);
  refusal.stop();
  await waitUntil(
    () => ledger.stats().queuedRows === 0,
    () => clock.advance(5_000),
  );
  await ledger.recorder.recordDurably(toTestEvent('evt_1'));
  expect(await ledger.verify()).toMatchObject({ ok: true, rows: 3 });
});

test('a writer that dies is started again, and every row is there once', async () => {
  const clock = createManualClock();
  const { ledger, writers } = await openTestLedger({ clock, ids: createTestIds() });
  let count = 0;
  for (let round = 0; round < 4; round++) {
    for (let index = 0; index < 700; index++) {
      ledger.recorder.record(
        toTestCall(`call_${count++}`, { bodies: index % 50 === 0 ? toTestBodies('x') : null }),
      );
    }
    // Sooner and later within a batch, also between its commit and its answer.
    await new Promise((resolve) => setTimeout(resolve, round * 4));
    await writers.at(-1)?.terminate();
    await waitUntil(
      () => ledger.stats().queuedRows === 0,
      () => clock.advance(5_000),
    );
  }
  expect(ledger.stats()).toMatchObject({ committedRows: count, duplicates: 0, writeError: null });
  expect(ledger.stats().writerRestarts).toBeGreaterThan(0);
  expect(await ledger.verify()).toMatchObject({ ok: true, rows: count, bodies: count / 50 });
});

test('close() tells how many rows could not be written', async () => {
  const clock = createManualClock();
  const { ledger, file } = await openTestLedger({ clock, ids: createTestIds() });
  const refusal = refuseRows(file);
  ledger.recorder.record(toTestCall('call_1'));
  const closed = ledger.close();
  let message = '';
  void closed.catch((error: unknown) => (message = String(error)));
  await waitUntil(
    () => message !== '',
    () => clock.advance(5_000),
  );
  expect(message).toMatch(/Cannot write the last 1 rows/);
  refusal.stop();
});

test('checkpoints are signed by time and by count, and come late where the outside could not be reached', async () => {
  const { mkdirSync, readFileSync } = await import('node:fs');
  const clock = createManualClock();
  const opened = await openTestLedger({ clock, ids: createTestIds() });
  const outsideFile = `${opened.folder}/outside/checkpoints.jsonl`;
  await opened.ledger.close();
  const { ledger } = await openTestLedger(
    { clock, ids: createTestIds(), checkpoint: { everyRows: 5, everyMs: 60_000, outsideFile } },
    { folder: opened.folder },
  );
  ledger.recorder.record(toTestCall('call_1'));
  await ledger.flush();
  await expect(ledger.checkpoint()).rejects.toThrow(/ENOENT/);
  clock.advance(60_000);
  mkdirSync(`${opened.folder}/outside`);
  for (let index = 2; index < 7; index++) ledger.recorder.record(toTestCall(`call_${index}`));
  await ledger.flush();
  await waitUntil(
    () => ledger.stats().lastCheckpointAt === clock.now(),
    () => undefined,
  );
  expect(await ledger.checkpoint()).toBe(false);
  expect(readFileSync(outsideFile, 'utf8').trim().split('\n')).toHaveLength(2);
  expect(await ledger.verify({ outsideFile })).toMatchObject({
    ok: true,
    checkpoints: 2,
    trustedCheckpoints: 2,
  });
});

test('a record that cannot be written holds up nothing behind it, and is counted in the chain', async () => {
  const { ledger } = await openTestLedger({ ids: createTestIds() });
  const huge = {
    inputTokens: 1e300,
    cacheReadTokens: -1,
    cacheWriteTokens: 0.5,
    outputTokens: 1e300,
    reasoningTokens: 0,
  };
  ledger.recorder.record(toTestCall('call_1', { usage: huge, cost: 10n ** 40n }));
  ledger.recorder.record(
    toTestCall('call_2', { route: 'a\0b\ud800', team: '\0', bodies: toTestBodies('x', Infinity) }),
  );
  expect(() => ledger.recorder.record(toTestCall('call_3', { at: Number.NaN }))).toThrow(
    /Cannot record at NaN/,
  );
  await ledger.flush();
  expect(await ledger.verify()).toMatchObject({ ok: true, rows: 2, bodies: 1 });
  expect(await ledger.call('call_1')).toMatchObject({
    call: { cost: null, usage: { inputTokens: 1e9, cacheReadTokens: 0 } },
  });
  expect(await ledger.call('call_2')).toMatchObject({ call: { route: 'a\ufffdb\ufffd' } });
});

test('BatchWriter writes the rows around one that is no record', () => {
  const folder = createTestFolder();
  const store = openLedgerWriteStore(`${folder}/ledger.db`, 1);
  const writer = new BatchWriter(store, 'wr_1', 'ses_1');
  const rows = ['call_1', 'call_2', 'call_3'].map((id) =>
    toPendingRow(toTestCall(id, { bodies: toTestBodies(id) }), { mayKeepBodies: true, settle: null }),
  );
  const batch = toBatch(1, rows, 5);
  const broken = { ...batch, heads: batch.heads.with(1, '["call",1,"call_2"]') };
  expect(writer.commit(broken)).toMatchObject({ rows: 2, unwritable: 1, duplicates: 0, totalRows: 3 });
  expect(writer.commit(broken)).toMatchObject({ rows: 0, totalRows: 3 });
  expect(writer.commit({ ...batch, number: 2 })).toMatchObject({ rows: 1, duplicates: 2, totalRows: 4 });
  store.close();
  const reader = openLedgerReadStore(`${folder}/ledger.db`);
  expect(verifyLedger(reader, { now: 5, publicKeys: [] })).toMatchObject({
    ok: true,
    rows: 4,
    bodies: 3,
    gapCalls: 1,
  });
  reader.close();
});
