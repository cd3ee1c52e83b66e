import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CallRecord } from '../kernel/index.ts';
import {
  createTestFolder,
  createTestIds,
  keepLongMs,
  openTestLedger,
  toTestBodies,
  toTestCall,
  toTestEvent,
} from './ledger-fixture.case.ts';
import type { CallPageRequest, Ledger } from './ledger.ts';

const startMs = 1_795_000_000_000;

async function readPage(ledger: Ledger, request: CallPageRequest) {
  const page = await ledger.calls(request);
  if (!page.ok) throw new Error(JSON.stringify(page.failure));
  return page.value;
}

async function walk(
  ledger: Ledger,
  request: CallPageRequest,
  between?: () => void | Promise<void>,
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await readPage(ledger, cursor === undefined ? request : { ...request, cursor });
    ids.push(...page.calls.map((call) => call.id));
    if (page.next === null) return ids;
    cursor = page.next;
    await between?.();
  }
}

test('call() gives back every field that was recorded', async () => {
  const { ledger } = await openTestLedger();
  const record = toTestCall('call_1', { bodies: toTestBodies('one'), loss: ['top_k'], team: null });
  ledger.recorder.record(record);
  await ledger.flush();
  const found = await ledger.call('call_1');
  const { bodies, ...fields } = record;
  expect(found?.call).toMatchObject({ ...fields, bodies: 'kept', erasedBy: null });
  expect(found?.call.position).toMatchObject({ seq: 1, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(Buffer.from(found?.bodies?.request ?? [])).toEqual(Buffer.from(bodies?.request ?? []));
  expect(Buffer.from(found?.bodies?.response ?? [])).toEqual(Buffer.from(bodies?.response ?? []));
  expect(await ledger.call('call_2')).toBeNull();
});

test('calls() gives newest first and its filters hold', async () => {
  const { ledger } = await openTestLedger();
  for (let index = 0; index < 20; index++) {
    ledger.recorder.record(
      toTestCall(`call_${String(index).padStart(2, '0')}`, {
        at: startMs + index,
        key: index % 2 === 0 ? 'key_even' : 'key_odd',
        status: index % 5 === 0 ? 502 : 200,
        conversation: index < 3 ? 'the same' : null,
      }),
    );
  }
  await ledger.flush();
  const newest = await readPage(ledger, { org: 'main', limit: 2 });
  expect(newest.calls.map((call) => call.id)).toEqual(['call_19', 'call_18']);
  expect(await walk(ledger, { limit: 3, filter: { key: 'key_even', failed: true } })).toEqual([
    'call_10',
    'call_00',
  ]);
  expect(await walk(ledger, { limit: 2, filter: { conversation: 'the same' } })).toHaveLength(3);
  expect(await walk(ledger, { filter: { fromMs: startMs + 3, toMs: startMs + 5 } })).toEqual([
    'call_04',
    'call_03',
  ]);
  expect(await walk(ledger, { org: 'other' })).toEqual([]);
});

test('calls() refuses a foreign cursor and a limit without end', async () => {
  const { ledger } = await openTestLedger();
  for (const request of [
    { cursor: 'x' },
    { cursor: Buffer.from('[1]').toString('base64url') },
    { limit: 501 },
    { limit: 0 },
  ]) {
    expect(await ledger.calls(request)).toMatchObject({ ok: false, failure: { code: 'CHG_FIELD_INVALID' } });
  }
});

test('calls() over several orgs never skips or repeats while calls come in', async () => {
  const { ledger, ids } = await openTestLedger();
  const before: string[] = [];
  for (let index = 0; index < 300; index++) {
    const id = ids.next('call');
    before.push(id);
    // Some share their millisecond, and end in another order than they began.
    const at = startMs + ((index * 7) % 100);
    ledger.recorder.record(toTestCall(id, { at, org: `org${index % 3}` }));
  }
  await ledger.flush();
  const walked = await walk(ledger, { limit: 7 }, () => {
    for (let index = 0; index < 5; index++) {
      ledger.recorder.record(toTestCall(ids.next('call'), { at: startMs + 200 + index, org: 'org1' }));
    }
    return ledger.flush();
  });
  expect(new Set(walked).size).toBe(walked.length);
  expect(walked.toSorted()).toEqual(before.toSorted());
});

test('recordDurably() keeps an event once, however often it is given', async () => {
  const { ledger } = await openTestLedger();
  const event = toTestEvent('evt_1');
  await Promise.all([ledger.recorder.recordDurably(event), ledger.recorder.recordDurably(event)]);
  await ledger.recorder.recordDurably(event);
  const page = await ledger.events({ event: 'serving' });
  expect(page).toMatchObject({
    ok: true,
    value: { next: null, events: [{ ...event, position: { seq: 1 } }] },
  });
  expect(ledger.stats()).toMatchObject({ duplicates: 2, rows: 1 });
});

test('record() keeps a call once and what comes with it, when an id comes twice', async () => {
  const { ledger } = await openTestLedger();
  ledger.recorder.record(toTestCall('call_1'));
  await ledger.flush();
  for (const id of ['call_1', 'call_2', 'call_3']) {
    ledger.recorder.record(toTestCall(id, { bodies: toTestBodies(id) }));
  }
  await ledger.flush();
  expect((await walk(ledger, {})).toSorted()).toEqual(['call_1', 'call_2', 'call_3']);
  expect(ledger.stats().duplicates).toBe(1);
  expect(await ledger.verify()).toMatchObject({ ok: true, rows: 3, bodies: 2 });
});

test('record() takes bodies of 10 MB and batches beyond their limit', async () => {
  const { ledger } = await openTestLedger();
  const large = Buffer.alloc(10 * 1024 * 1024, 'large ');
  for (const id of ['call_1', 'call_2', 'call_3']) {
    ledger.recorder.record(
      toTestCall(id, { bodies: { request: large, response: Buffer.from(id), keepMs: keepLongMs } }),
    );
  }
  await ledger.flush();
  const found = await ledger.call('call_2');
  expect(large.equals(found?.bodies?.request ?? Buffer.alloc(0))).toBe(true);
  expect(Buffer.from(found?.bodies?.response ?? []).toString()).toBe('call_2');
  expect(ledger.stats().queuedBodyBytes).toBe(0);
});

test('a body that is a view of a larger buffer takes nothing else along', async () => {
  const { ledger } = await openTestLedger();
  const pool = Buffer.from('SECRET request SECRET');
  ledger.recorder.record(
    toTestCall('call_1', {
      bodies: { request: pool.subarray(7, 14), response: pool.subarray(0, 0), keepMs: keepLongMs },
    }),
  );
  await ledger.flush();
  const found = await ledger.call('call_1');
  expect(Buffer.from(found?.bodies?.request ?? []).toString()).toBe('request');
  expect(found?.bodies?.request.buffer.byteLength).toBe(7);
});

test('openLedger() goes on with its chain, and refuses a file that is not a ledger', async () => {
  const folder = createTestFolder();
  const first = await openTestLedger({}, { folder });
  first.ledger.recorder.record(toTestCall('call_1'));
  await first.ledger.close();
  const second = await openTestLedger({}, { folder });
  second.ledger.recorder.record(toTestCall('call_2'));
  await second.ledger.flush();
  const page = await readPage(second.ledger, {});
  expect(page.calls.map((call) => [call.id, call.position.seq])).toEqual([
    ['call_2', 2],
    ['call_1', 1],
  ]);
  const { writeFileSync } = await import('node:fs');
  const other = createTestFolder();
  writeFileSync(`${other}/ledger.db`, 'this is no database, and long enough to be looked at'.repeat(200));
  await expect(openTestLedger({}, { folder: other })).rejects.toThrow(/CHG_CONFIG_INVALID/);
});

test('a call that was opened and not closed is interrupted at the next start', async () => {
  const folder = createTestFolder();
  const first = await openTestLedger({ durability: 'strict' }, { folder });
  const about = {
    kind: 'opened',
    at: startMs,
    org: 'main',
    key: 'key_one',
    route: 'support',
    purpose: 'client',
  } as const;
  await first.ledger.recorder.recordDurably({ ...about, id: 'call_1' });
  await first.ledger.recorder.recordDurably({ ...about, id: 'call_2' });
  await first.ledger.recorder.recordDurably(toTestCall('call_2'));
  expect(await first.ledger.verify()).toMatchObject({ ok: true, open: ['call_1'], interrupted: [] });
  await first.ledger.close();
  const { ledger } = await openTestLedger({ durability: 'strict' }, { folder });
  expect(ledger.stats().interrupted).toBe(1);
  expect(await ledger.verify()).toMatchObject({ ok: true, open: [], interrupted: ['call_1'] });
  const page = await ledger.events({ event: 'call.interrupted' });
  expect(page).toMatchObject({
    ok: true,
    value: { events: [{ subject: 'call_1', data: { outcome: 'unknown' } }] },
  });
});

/** Few values of each, so that most cells get several calls. */
const anyCall = fc.record({
  hour: fc.integer({ min: 0, max: 1 }),
  org: fc.constantFrom('main', 'other'),
  team: fc.constantFrom(null, 'a'),
  key: fc.constantFrom('key_1', 'key_2'),
  route: fc.constantFrom('r1', 'r2'),
  offer: fc.constantFrom(null, 'm@one'),
  status: fc.constantFrom(200, 499, 502),
  purpose: fc.constantFrom('client' as const, 'shadow' as const),
  tokens: fc.option(fc.integer({ min: 0, max: 1_000_000 }), { nil: null }),
  cost: fc.option(fc.bigInt({ min: 0n, max: 10n ** 15n }), { nil: null }),
  totalMs: fc.double({ min: 0, max: 100_000, noNaN: true }),
});

test('overview() and spending() equal the sums of the raw rows', { timeout: 60_000 }, async () => {
  const property = fc.asyncProperty(fc.array(anyCall, { minLength: 100, maxLength: 300 }), async (drawn) => {
    const { ledger } = await openTestLedger({ ids: createTestIds() });
    const records: CallRecord[] = drawn.map(({ hour, tokens, cost, ...fields }, index) =>
      toTestCall(`call_${index}`, {
        ...fields,
        at: startMs + hour * 3_600_000,
        usage:
          tokens === null
            ? null
            : {
                inputTokens: tokens,
                cacheReadTokens: 1,
                cacheWriteTokens: 2,
                outputTokens: 3,
                reasoningTokens: 1,
              },
        cost: tokens === null ? null : cost,
        currency: tokens === null || cost === null ? null : 'EUR',
      }),
    );
    for (const [index, record] of records.entries()) {
      ledger.recorder.record(record);
      if (index % 50 === 49) await ledger.flush();
    }
    await ledger.flush();
    const overview = await ledger.overview({
      fromMs: startMs,
      toMs: startMs + 6 * 3_600_000,
      groupBy: ['route', 'status'],
    });
    const cost = records.reduce((sum, record) => sum + (record.cost ?? 0n), 0n);
    expect(overview.total.calls).toBe(records.length);
    expect(overview.total.failures).toBe(records.filter((record) => record.status >= 400).length);
    expect(overview.total.inputTokens).toBe(
      records.reduce((sum, record) => sum + (record.usage?.inputTokens ?? 0), 0),
    );
    expect(overview.total.cost['EUR'] ?? 0n).toBe(cost);
    expect(overview.series.reduce((sum, point) => sum + point.calls, 0)).toBe(records.length);
    for (const group of overview.groups) {
      const { route, status } = group.by;
      const rows = records.filter(
        (record) => record.route === route && `${Math.floor(record.status / 100)}xx` === status,
      );
      expect(group.calls).toBe(rows.length);
    }
    const spent = (await ledger.spending(0)).reduce((sum, row) => sum + row.cost, 0n);
    const billed = records.filter((record) => record.purpose === 'client');
    expect(spent).toBe(billed.reduce((sum, record) => sum + (record.cost ?? 0n), 0n));
    expect(await ledger.verify()).toMatchObject({ ok: true, rows: records.length });
    await ledger.close();
  });
  await fc.assert(property, { numRuns: 4 });
});

test('overview() tells percentiles within the width of a bucket', async () => {
  const { ledger } = await openTestLedger();
  for (let index = 1; index <= 1000; index++) {
    ledger.recorder.record(toTestCall(`call_${index}`, { totalMs: index }));
  }
  await ledger.flush();
  const { total } = await ledger.overview({ fromMs: startMs, toMs: startMs + 1 });
  expect(Math.abs((total.totalMsP50 ?? 0) / 500 - 1)).toBeLessThan(0.09);
  expect(Math.abs((total.totalMsP99 ?? 0) / 990 - 1)).toBeLessThan(0.09);
});

test('backup() writes a ledger that verifies, while calls come in', async () => {
  const { ledger, folder, vault } = await openTestLedger();
  const other = createTestFolder();
  for (let index = 0; index < 500; index++) {
    ledger.recorder.record(toTestCall(`call_${index}`, { bodies: toTestBodies('x') }));
  }
  await ledger.flush();
  const copied = ledger.backup(`${other}/ledger.db`);
  for (let index = 500; index < 900; index++) ledger.recorder.record(toTestCall(`call_${index}`));
  await Promise.all([copied, ledger.flush()]);
  await expect(ledger.backup(`${other}/ledger.db`)).rejects.toThrow(/Cannot back up/);
  const { verifyDataFolder } = await import('./verify.ts');
  const report = await verifyDataFolder({
    folder: other,
    publicKeys: [vault.signer.publicKey],
    now: startMs,
    isDeep: true,
  });
  expect(report).toMatchObject({ ok: true, value: { ok: true } });
  expect(report.ok && report.value.rows).toBeGreaterThanOrEqual(500);
  expect(folder).not.toBe(other);
});
