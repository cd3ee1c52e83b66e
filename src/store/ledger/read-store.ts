import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Database, openDatabase } from '../database.ts';
import { DatabaseError } from '../database-error.ts';
import {
  type ChainRow,
  type CheckpointRow,
  type RollUpKey,
  type RollUpSums,
  type SpendingRow,
  toChainRow,
  toCheckpointRow,
} from './write-store.ts';

/** A row of `entry` as it is read. Money comes as text: as a bigint it would make all integers bigints. */
export interface EntryRow {
  readonly place: number;
  readonly chainId: number;
  readonly seq: number;
  readonly hash: Uint8Array;
  readonly record: Uint8Array;
  readonly org: string;
  readonly kind: string;
  readonly at: number;
  readonly id: string;
  readonly conversation: string | null;
  readonly salt: string | null;
  readonly costText: string | null;
  readonly currency: string | null;
  readonly bodyBlock: number | null;
  readonly bodyPosition: number | null;
  readonly erasedBy: string | null;
}

/** A place in the order (at, id), newest first; the page begins after it. */
export interface PagePosition {
  readonly at: number;
  readonly id: string;
}

export interface PageQuery {
  readonly org: string;
  readonly kind: string;
  readonly before: PagePosition | null;
  /** Epoch milliseconds, inclusive. */
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly count: number;
}

/** A cell as it is read; money as text, as in `EntryRow`. */
export interface RollUpRow extends RollUpKey, Omit<RollUpSums, 'cost'> {
  readonly costText: string;
}

/** Columns of `roll_up` that cells can be grouped by. */
export type RollUpColumn = 'team' | 'route' | 'offer' | 'purpose' | 'status_class';

export interface RollUpQuery {
  readonly org: string;
  readonly fromHour: number;
  readonly toHour: number;
  readonly team: string | null;
  readonly route: string | null;
  readonly offer: string | null;
  readonly purpose: string | null;
}

/** Sums of many cells; `name` is the JSON array of what they were grouped by, or the number of a point. */
export interface RollUpTotal extends Omit<RollUpSums, 'cost' | 'histograms'> {
  readonly name: string | number;
  readonly failures: number;
  readonly currency: string;
  readonly costText: string;
}

export interface RollUpHistograms {
  readonly point: number;
  readonly name: string;
  readonly histograms: Uint8Array;
}

/** What belongs together at one moment, to verify against while writing goes on. */
export interface LedgerSnapshot {
  readonly ledger: string | null;
  readonly lastPlace: number;
  readonly chains: readonly ChainRow[];
  readonly checkpoints: readonly CheckpointRow[];
  readonly openCalls: readonly { id: string; org: string; at: number }[];
}

/**
 * All SQL that only reads ledger.db, beside the writer and also from another process. Throws `DatabaseError`.
 */
export interface LedgerReadStore {
  /** Runs `work` on one state of the file. Keep it short: the write-ahead log cannot shrink meanwhile. */
  atOneMoment<Value>(work: () => Value): Value;
  readOrgs(): string[];
  readPage(query: PageQuery): EntryRow[];
  readEntry(id: string, kind: string): EntryRow | null;
  /** Rows after `place` and up to `last` in the order of writing. */
  readEntriesAfter(place: number, last: number, count: number): EntryRow[];
  readWriter(chainId: number): string | null;
  /** The hash of a row that lies before `place`; looks through the rows in between. */
  readHash(chainId: number, seq: number, place: number): Uint8Array | null;
  readBlock(id: number): { expiresAt: number; data: Uint8Array } | null;
  hasBlock(id: number): boolean;
  readSnapshot(): LedgerSnapshot;
  readChain(id: number): ChainRow | null;
  /** Cells of one org with `fromHour` ≤ hour < `toHour`. */
  readRollUps(org: string, fromHour: number, toHour: number): RollUpRow[];
  /** Sums cells over points of `stepHours` each from `fromHour` on, by currency. */
  sumPoints(query: RollUpQuery, stepHours: number): RollUpTotal[];
  /** Sums cells by the columns given and by currency. */
  sumGroups(query: RollUpQuery, by: readonly RollUpColumn[]): RollUpTotal[];
  /** The histograms of all cells, each with its point and group. */
  readHistograms(query: RollUpQuery, stepHours: number, by: readonly RollUpColumn[]): RollUpHistograms[];
  /** Orgs that have cells; the same as `readOrgs` in a sound ledger. */
  readRollUpOrgs(): string[];
  /** Hours of an org that have cells, newest first. */
  readRollUpHours(org: string): number[];
  readSpending(fromDay: number): SpendingRow[];
  readSpendingDays(): number[];
  /**
   * First place of a row of this org with `at` ≥ `from`, and the last with `at` < `to`; null when there is
   * none.
   */
  readPlaces(org: string, from: number, to: number): { first: number; last: number } | null;
  /**
   * Writes a copy of one moment to a new file, without what was deleted, while writing goes on. Not by
   * SQLite's own backup: that begins anew with each commit of another connection, and would not end beside a
   * busy writer.
   */
  copyTo(path: string): void;
  /** Names what SQLite finds damaged in the file itself; empty when it is sound. */
  checkFile(): string[];
  close(): void;
}

/** Named as the code names them: renaming each row in JavaScript costs as much as reading it. */
const entryColumns = `place, chain_id AS "chainId", seq, hash, record, org, kind, at, id, conversation, salt,
  CAST(cost_nano AS TEXT) AS "costText", currency, body_block AS "bodyBlock", body_position AS "bodyPosition",
  erased_by AS "erasedBy"`;

function createEntrySql(database: Database) {
  return {
    readPage: ({ org, kind, before, from, to, count }: PageQuery) => {
      const isInside = before !== null && before.at < to;
      // One upper bound only: with two, SQLite takes the first and walks from there to the cursor row by row.
      const bound = isInside ? '(at, id) < ($5, $6)' : 'at < $5';
      return database.query<EntryRow>(
        `SELECT ${entryColumns} FROM entry WHERE org = $1 AND kind = $2 AND at >= $3 AND ${bound}
         ORDER BY at DESC, id DESC LIMIT $4`,
        [org, kind, from, count, ...(isInside ? [before.at, before.id] : [to])],
      );
    },
    readEntry: (id: string, kind: string) =>
      database.query<EntryRow>(`SELECT ${entryColumns} FROM entry WHERE id = $1 AND kind = $2`, [
        id,
        kind,
      ])[0] ?? null,
    readEntriesAfter: (place: number, last: number, count: number) =>
      database.query<EntryRow>(
        `SELECT ${entryColumns} FROM entry WHERE place > $1 AND place <= $2 ORDER BY place LIMIT $3`,
        [place, last, count],
      ),
    readHash: (chainId: number, seq: number, place: number) =>
      database.query<{ hash: Uint8Array }>(
        `SELECT hash FROM entry WHERE chain_id = $1 AND seq = $2 AND place < $3 ORDER BY place DESC LIMIT 1`,
        [chainId, seq, place],
      )[0]?.hash ?? null,
    readPlaces: (org: string, from: number, to: number) => {
      const row = database.query<{ first: number | null; last: number | null }>(
        `SELECT min(place) AS first, max(place) AS last FROM entry
         WHERE org = $1 AND kind IN ('call', 'event', 'opened') AND at >= $2 AND at < $3`,
        [org, from, to],
      )[0];
      if (row === undefined || row.first === null || row.last === null) return null;
      return { first: row.first, last: row.last };
    },
    readBlock: (id: number) => {
      const sql = 'SELECT expires_at, data FROM body_block WHERE id = $1';
      const row = database.query<{ expires_at: number; data: Uint8Array }>(sql, [id])[0];
      return row === undefined ? null : { expiresAt: row.expires_at, data: row.data };
    },
    hasBlock: (id: number) =>
      database.query('SELECT 1 AS found FROM body_block WHERE id = $1', [id]).length > 0,
  };
}

interface SpendingShape {
  org: string;
  day: number;
  key_id: string;
  currency: string;
  calls: number;
  cost_nano: bigint;
}

const totals = `SUM(calls) AS calls, SUM(CASE WHEN status_class >= 4 THEN calls ELSE 0 END) AS failures,
  SUM(unpriced) AS unpriced, SUM(input_tokens) AS "inputTokens", SUM(cache_read_tokens) AS "cacheReadTokens",
  SUM(cache_write_tokens) AS "cacheWriteTokens", SUM(output_tokens) AS "outputTokens",
  SUM(reasoning_tokens) AS "reasoningTokens", currency, CAST(SUM(cost_nano) AS TEXT) AS "costText"`;

const cells = `roll_up WHERE org = $1 AND hour >= $2 AND hour < $3 AND ($4 IS NULL OR team = $4)
  AND ($5 IS NULL OR route = $5) AND ($6 IS NULL OR offer = $6) AND ($7 IS NULL OR purpose = $7)`;

function toCellValues({
  org,
  fromHour,
  toHour,
  team,
  route,
  offer,
  purpose,
}: RollUpQuery): (string | number | null)[] {
  return [org, fromHour, toHour, team, route, offer, purpose];
}

/** Adding up is SQLite's work: it is ten times faster at it than at handing out rows. */
function createTotalSql(database: Database) {
  return {
    sumPoints: (query: RollUpQuery, stepHours: number) =>
      database.query<RollUpTotal>(
        `SELECT (hour - $2) / $8 AS name, ${totals} FROM ${cells} GROUP BY 1, currency`,
        [...toCellValues(query), stepHours],
      ),
    sumGroups: (query: RollUpQuery, by: readonly RollUpColumn[]) =>
      database.query<RollUpTotal>(
        `SELECT json_array(${by.join(', ')}) AS name, ${totals} FROM ${cells}
         GROUP BY ${by.join(', ')}, currency`,
        toCellValues(query),
      ),
    readHistograms: (query: RollUpQuery, stepHours: number, by: readonly RollUpColumn[]) =>
      database.query<RollUpHistograms>(
        `SELECT (hour - $2) / $8 AS point, ${by.length === 0 ? `''` : `json_array(${by.join(', ')})`} AS name,
           histograms FROM ${cells}`,
        [...toCellValues(query), stepHours],
      ),
  };
}

function createSumSql(database: Database) {
  return {
    readRollUps: (org: string, fromHour: number, toHour: number) =>
      database.query<RollUpRow>(
        `SELECT org, hour, team, route, offer, status_class AS "statusClass", purpose, currency, calls,
           unpriced, input_tokens AS "inputTokens", cache_read_tokens AS "cacheReadTokens",
           cache_write_tokens AS "cacheWriteTokens", output_tokens AS "outputTokens",
           reasoning_tokens AS "reasoningTokens", CAST(cost_nano AS TEXT) AS "costText", histograms
         FROM roll_up WHERE org = $1 AND hour >= $2 AND hour < $3`,
        [org, fromHour, toHour],
      ),
    readRollUpOrgs: () =>
      database.query<{ org: string }>('SELECT DISTINCT org FROM roll_up').map((row) => row.org),
    readRollUpHours: (org: string) =>
      database
        .query<{ hour: number }>('SELECT DISTINCT hour FROM roll_up WHERE org = $1 ORDER BY hour DESC', [org])
        .map((row) => row.hour),
    readSpending: (fromDay: number): SpendingRow[] =>
      database
        .query<SpendingShape>('SELECT * FROM spending WHERE day >= $1 ORDER BY org, key_id, day, currency', [
          fromDay,
        ])
        .map(({ org, day, key_id: key, currency, calls, cost_nano: cost }) => ({
          org,
          day,
          key,
          currency,
          calls,
          cost,
        })),
    readSpendingDays: () =>
      database
        .query<{ day: number }>('SELECT DISTINCT day FROM spending ORDER BY day DESC')
        .map((row) => row.day),
  };
}

function createSnapshotSql(database: Database) {
  return {
    readOrgs: () =>
      database.query<{ org: string }>('SELECT DISTINCT org FROM chain ORDER BY org').map((row) => row.org),
    readWriter: (chainId: number) =>
      database.query<{ writer: string }>('SELECT writer FROM chain WHERE id = $1', [chainId])[0]?.writer ??
      null,
    readChain: (id: number) =>
      database
        .query<Parameters<typeof toChainRow>[0]>('SELECT * FROM chain WHERE id = $1', [id])
        .map(toChainRow)[0] ?? null,
    readSnapshot: (): LedgerSnapshot => ({
      ledger:
        database.query<{ value: string }>(`SELECT value FROM ledger_meta WHERE name = 'ledger'`)[0]?.value ??
        null,
      lastPlace:
        database.query<{ last: number | null }>('SELECT max(place) AS last FROM entry')[0]?.last ?? 0,
      chains: database
        .query<Parameters<typeof toChainRow>[0]>('SELECT * FROM chain ORDER BY id')
        .map(toChainRow),
      checkpoints: database
        .query<Parameters<typeof toCheckpointRow>[0]>('SELECT * FROM checkpoint ORDER BY number')
        .map(toCheckpointRow),
      openCalls: database.query<{ id: string; org: string; at: number }>('SELECT id, org, at FROM open_call'),
    }),
    checkFile: () =>
      database
        .query<{ quick_check: string }>('PRAGMA quick_check(10)')
        .map((row) => row.quick_check)
        .filter((text) => text !== 'ok'),
  };
}

function syncPath(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function copyDatabase(database: Database, to: string): void {
  const partial = `${to}.partial`;
  try {
    // Refuses an existing file, so that no backup is lost to a second one of the same name.
    closeSync(openSync(to, 'wx', 0o600));
  } catch (error) {
    throw new DatabaseError('cannot-open', `Cannot back up to "${to}": ${String(error)}`, { cause: error });
  }
  try {
    rmSync(partial, { force: true });
    closeSync(openSync(partial, 'wx', 0o600));
    database.run('VACUUM INTO $1', [partial]);
    // SQLite does not wait for the disk here; a backup that a power cut takes back would be none.
    syncPath(partial);
    renameSync(partial, to);
    syncPath(dirname(to));
  } catch (error) {
    rmSync(partial, { force: true });
    rmSync(to, { force: true });
    if (error instanceof DatabaseError) throw error;
    throw new DatabaseError('io', `Cannot back up to "${to}": ${String(error)}`, { cause: error });
  }
}

/** Opens ledger.db for reading. Throws `DatabaseError`, also when there is no such file. */
export function openLedgerReadStore(path: string): LedgerReadStore {
  const database = openDatabase(path, { readOnly: true });
  return {
    atOneMoment(work) {
      database.script('BEGIN');
      try {
        return work();
      } finally {
        database.script('COMMIT');
      }
    },
    ...createEntrySql(database),
    ...createSumSql(database),
    ...createTotalSql(database),
    ...createSnapshotSql(database),
    copyTo: (to) => copyDatabase(database, to),
    close: () => database.close(),
  };
}
