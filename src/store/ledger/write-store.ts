import { statSync } from 'node:fs';
import { type Database, openDatabase } from '../database.ts';
import { DatabaseError } from '../database-error.ts';
import { migrate } from '../migrate.ts';
import type { SqlValue } from '../sql-value.ts';
import { ledgerMigrations } from './schema.ts';

/** A chain and its two ends: the newest row, and the last row that was pruned (seq 0 = none). */
export interface ChainRow {
  readonly id: number;
  readonly org: string;
  readonly writer: string;
  readonly seq: number;
  readonly hash: Uint8Array;
  readonly prunedSeq: number;
  readonly prunedHash: Uint8Array;
}

/** A row of `entry` in the order of `entryColumns`: an array, because thousands are made each second. */
export type EntryValues = readonly SqlValue[];

const entryColumns = [
  'place',
  'chain_id',
  'seq',
  'hash',
  'record',
  'org',
  'kind',
  'at',
  'id',
  'conversation',
  'salt',
  'cost_nano',
  'currency',
  'body_block',
  'body_position',
] as const;

/** Names the cell of a roll-up. `hour` counts hours since 1970; '' stands for none. */
export interface RollUpKey {
  readonly org: string;
  readonly hour: number;
  readonly team: string;
  readonly route: string;
  readonly offer: string;
  readonly statusClass: number;
  readonly purpose: string;
  readonly currency: string;
}

export interface RollUpSums {
  readonly calls: number;
  readonly unpriced: number;
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly cost: bigint;
  /** Of total and first-token latency. */
  readonly histograms: Uint8Array;
}

/** What a key spent on one day since 1970, in one currency. */
export interface SpendingRow {
  readonly org: string;
  readonly day: number;
  readonly key: string;
  readonly currency: string;
  readonly calls: number;
  readonly cost: bigint;
}

export interface CheckpointRow {
  readonly number: number;
  readonly at: number;
  readonly place: number;
  readonly content: string;
  readonly signature: Uint8Array;
  readonly keyId: string;
}

/** A call as an erasure needs it. */
export interface ErasableRow {
  readonly place: number;
  readonly hash: Uint8Array;
  readonly bodyBlock: number | null;
  readonly bodyPosition: number | null;
}

/** All SQL that changes ledger.db. Synchronous, for the one writer; throws `DatabaseError`. */
export interface LedgerWriteStore {
  transaction<Value>(work: () => Value): Value;
  ensureMeta(name: string, value: string): string;
  readMeta(name: string): string | null;
  writeMeta(name: string, value: string): void;
  readChains(): ChainRow[];
  insertChain(chain: ChainRow): void;
  writeHead(id: number, seq: number, hash: Uint8Array): void;
  lastPlace(): number;
  lastBlock(): number;
  insertEntries(rows: readonly EntryValues[]): void;
  hasEntry(id: string, kind: string): boolean;
  insertBlock(id: number, expiresAt: number, data: Uint8Array): void;
  readBlock(id: number): Uint8Array | null;
  rewriteBlock(id: number, data: Uint8Array): void;
  openCall(id: string, org: string, at: number): void;
  closeCall(id: string): void;
  readOpenCalls(): { id: string; org: string; at: number }[];
  readRollUp(key: RollUpKey): RollUpSums | null;
  writeRollUp(key: RollUpKey, sums: RollUpSums): void;
  addSpending(row: SpendingRow): void;
  readLastCheckpoint(): CheckpointRow | null;
  readCheckpointsAfter(number: number): CheckpointRow[];
  insertCheckpoint(row: CheckpointRow): void;
  findErasable(org: string, id: string): ErasableRow | null;
  eraseEntry(place: number, eventId: string): void;
  /** Newest checkpoint not younger than `at`. */
  readCheckpointBefore(at: number): CheckpointRow | null;
  markPruned(id: number, seq: number, hash: Uint8Array): void;
  /** Deletes at most `count` rows up to `place`, oldest first; returns how many. */
  deleteEntries(place: number, count: number): number;
  /** The highest block of the rows up to `place`; 0 when there is none. */
  lastBlockUpTo(place: number): number;
  /**
   * Deletes at most `count` blocks that have expired, or whose rows are gone (up to `block`); returns how
   * many.
   */
  deleteBlocks(limits: { now: number; block: number; count: number }): number;
  /** While on, deleted content is overwritten in the file. */
  overwriteDeleted(on: boolean): void;
  /** Moves the write-ahead log into the file and empties it, so that nothing deleted stays in the log. */
  emptyLog(): void;
  /** ledger.db and its write-ahead log. */
  fileBytes(): number;
  close(): void;
}

interface ChainShape {
  id: number;
  org: string;
  writer: string;
  seq: number;
  hash: Uint8Array;
  pruned_seq: number;
  pruned_hash: Uint8Array;
}

interface CheckpointShape {
  number: number;
  at: number;
  place: number;
  content: string;
  signature: Uint8Array;
  key_id: string;
}

/** The row of a chain as the code names it. */
export function toChainRow(row: ChainShape): ChainRow {
  return {
    id: row.id,
    org: row.org,
    writer: row.writer,
    seq: row.seq,
    hash: row.hash,
    prunedSeq: row.pruned_seq,
    prunedHash: row.pruned_hash,
  };
}

/** The row of a checkpoint as the code names it. */
export function toCheckpointRow(row: CheckpointShape): CheckpointRow {
  const { number, at, place, content, signature } = row;
  return { number, at, place, content, signature, keyId: row.key_id };
}

const rollUpKeyColumns = 'org, hour, team, route, offer, status_class, purpose, currency';

function toKeyValues(key: RollUpKey): SqlValue[] {
  return [key.org, key.hour, key.team, key.route, key.offer, key.statusClass, key.purpose, key.currency];
}

function createChainSql(database: Database) {
  return {
    readChains: () => database.query<ChainShape>('SELECT * FROM chain').map(toChainRow),
    insertChain: (chain: ChainRow) =>
      void database.run(
        `INSERT INTO chain (id, org, writer, seq, hash, pruned_seq, pruned_hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [chain.id, chain.org, chain.writer, chain.seq, chain.hash, chain.prunedSeq, chain.prunedHash],
      ),
    writeHead: (id: number, seq: number, hash: Uint8Array) =>
      void database.run('UPDATE chain SET seq = $2, hash = $3 WHERE id = $1', [id, seq, hash]),
    markPruned: (id: number, seq: number, hash: Uint8Array) =>
      void database.run(
        'UPDATE chain SET pruned_seq = $2, pruned_hash = $3 WHERE id = $1 AND pruned_seq < $2',
        [id, seq, hash],
      ),
  };
}

function createEntrySql(database: Database) {
  function readMax(sql: string, values: readonly SqlValue[] = []): number {
    return database.query<{ last: number | null }>(sql, values)[0]?.last ?? 0;
  }
  return {
    lastPlace: () => readMax('SELECT max(place) AS last FROM entry'),
    lastBlock: () => readMax('SELECT max(id) AS last FROM body_block'),
    lastBlockUpTo: (place: number) =>
      readMax('SELECT max(body_block) AS last FROM entry WHERE place <= $1', [place]),
    insertEntries: (rows: readonly EntryValues[]) =>
      void database.many({ table: 'entry', columns: entryColumns }, rows),
    hasEntry: (id: string, kind: string) =>
      database.query('SELECT 1 AS found FROM entry WHERE id = $1 AND kind = $2', [id, kind]).length > 0,
    findErasable: (org: string, id: string) => {
      const row = database.query<{
        place: number;
        hash: Uint8Array;
        body_block: number | null;
        body_position: number | null;
      }>(
        `SELECT place, hash, body_block, body_position FROM entry
         WHERE id = $1 AND kind = 'call' AND org = $2 AND erased_by IS NULL
           AND (salt IS NOT NULL OR body_block IS NOT NULL)`,
        [id, org],
      )[0];
      if (row === undefined) return null;
      return {
        place: row.place,
        hash: row.hash,
        bodyBlock: row.body_block,
        bodyPosition: row.body_position,
      };
    },
    // The place of the bodies stays: it says nothing, and verification can see that they are gone from there.
    eraseEntry: (place: number, eventId: string) =>
      void database.run(
        'UPDATE entry SET conversation = NULL, salt = NULL, erased_by = $2 WHERE place = $1',
        [place, eventId],
      ),
    deleteEntries: (place: number, count: number) =>
      database.run(
        `DELETE FROM entry WHERE place IN (SELECT place FROM entry WHERE place <= $1 ORDER BY place LIMIT $2)`,
        [place, count],
      ),
  };
}

function createBlockSql(database: Database) {
  return {
    insertBlock: (id: number, expiresAt: number, data: Uint8Array) =>
      void database.run('INSERT INTO body_block (id, expires_at, data) VALUES ($1, $2, $3)', [
        id,
        expiresAt,
        data,
      ]),
    readBlock: (id: number) =>
      database.query<{ data: Uint8Array }>('SELECT data FROM body_block WHERE id = $1', [id])[0]?.data ??
      null,
    rewriteBlock: (id: number, data: Uint8Array) =>
      void database.run('UPDATE body_block SET data = $2 WHERE id = $1', [id, data]),
    deleteBlocks: ({ now, block, count }: { now: number; block: number; count: number }) =>
      database.run(
        `DELETE FROM body_block WHERE id IN (
           SELECT id FROM body_block WHERE expires_at <= $1 OR id <= $2 LIMIT $3)`,
        [now, block, count],
      ),
  };
}

function createOpenCallSql(database: Database) {
  return {
    openCall: (id: string, org: string, at: number) =>
      void database.run(
        'INSERT INTO open_call (id, org, at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING',
        [id, org, at],
      ),
    closeCall: (id: string) => void database.run('DELETE FROM open_call WHERE id = $1', [id]),
    readOpenCalls: () =>
      database.query<{ id: string; org: string; at: number }>(
        'SELECT id, org, at FROM open_call ORDER BY id',
      ),
  };
}

function createSumSql(database: Database) {
  return {
    readRollUp: (key: RollUpKey): RollUpSums | null => {
      const row = database.query<RollUpShape>(
        `SELECT * FROM roll_up WHERE org = $1 AND hour = $2 AND team = $3 AND route = $4 AND offer = $5
           AND status_class = $6 AND purpose = $7 AND currency = $8`,
        toKeyValues(key),
      )[0];
      return row === undefined ? null : toRollUpSums(row);
    },
    writeRollUp: (key: RollUpKey, sums: RollUpSums) =>
      void database.run(
        `INSERT INTO roll_up (${rollUpKeyColumns}, calls, unpriced, input_tokens, cache_read_tokens,
           cache_write_tokens, output_tokens, reasoning_tokens, cost_nano, histograms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
         ON CONFLICT (${rollUpKeyColumns}) DO UPDATE SET
           calls = excluded.calls, unpriced = excluded.unpriced, input_tokens = excluded.input_tokens,
           cache_read_tokens = excluded.cache_read_tokens, cache_write_tokens = excluded.cache_write_tokens,
           output_tokens = excluded.output_tokens, reasoning_tokens = excluded.reasoning_tokens,
           cost_nano = excluded.cost_nano, histograms = excluded.histograms`,
        [
          ...toKeyValues(key),
          sums.calls,
          sums.unpriced,
          sums.inputTokens,
          sums.cacheReadTokens,
          sums.cacheWriteTokens,
          sums.outputTokens,
          sums.reasoningTokens,
          sums.cost,
          sums.histograms,
        ],
      ),
    addSpending: (row: SpendingRow) =>
      void database.run(
        `INSERT INTO spending (org, day, key_id, currency, calls, cost_nano) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (org, day, key_id, currency) DO UPDATE SET
           calls = spending.calls + excluded.calls, cost_nano = spending.cost_nano + excluded.cost_nano`,
        [row.org, row.day, row.key, row.currency, row.calls, row.cost],
      ),
  };
}

/** A row of `roll_up` as it is read. */
export interface RollUpShape {
  readonly org: string;
  readonly hour: number;
  readonly team: string;
  readonly route: string;
  readonly offer: string;
  readonly status_class: number;
  readonly purpose: string;
  readonly currency: string;
  readonly calls: number;
  readonly unpriced: number;
  readonly input_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  readonly output_tokens: number;
  readonly reasoning_tokens: number;
  readonly cost_nano: bigint;
  readonly histograms: Uint8Array;
}

/** The sums of a roll-up as the code names them. */
function toRollUpSums(row: RollUpShape): RollUpSums {
  return {
    calls: row.calls,
    unpriced: row.unpriced,
    inputTokens: row.input_tokens,
    cacheReadTokens: row.cache_read_tokens,
    cacheWriteTokens: row.cache_write_tokens,
    outputTokens: row.output_tokens,
    reasoningTokens: row.reasoning_tokens,
    cost: row.cost_nano,
    histograms: row.histograms,
  };
}

function createCheckpointSql(database: Database) {
  return {
    readLastCheckpoint: () =>
      database
        .query<CheckpointShape>('SELECT * FROM checkpoint ORDER BY number DESC LIMIT 1')
        .map(toCheckpointRow)[0] ?? null,
    readCheckpointsAfter: (number: number) =>
      database
        .query<CheckpointShape>('SELECT * FROM checkpoint WHERE number > $1 ORDER BY number', [number])
        .map(toCheckpointRow),
    readCheckpointBefore: (at: number) =>
      database
        .query<CheckpointShape>('SELECT * FROM checkpoint WHERE at <= $1 ORDER BY number DESC LIMIT 1', [at])
        .map(toCheckpointRow)[0] ?? null,
    insertCheckpoint: (row: CheckpointRow) =>
      void database.run(
        'INSERT INTO checkpoint (number, at, place, content, signature, key_id) VALUES ($1, $2, $3, $4, $5, $6)',
        [row.number, row.at, row.place, row.content, row.signature, row.keyId],
      ),
  };
}

function toSize(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Opens ledger.db for the one writer and brings its tables up to date. Throws `DatabaseError`. */
export function openLedgerWriteStore(path: string, now: number): LedgerWriteStore {
  const database = openDatabase(path);
  try {
    migrate(database, ledgerMigrations, now);
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    transaction: (work) => database.transaction(work),
    readMeta: (name) =>
      database.query<{ value: string }>('SELECT value FROM ledger_meta WHERE name = $1', [name])[0]?.value ??
      null,
    writeMeta: (name, value) =>
      void database.run(
        'INSERT INTO ledger_meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2',
        [name, value],
      ),
    ensureMeta: (name, value) => {
      const sql = `INSERT INTO ledger_meta (name, value) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET name = $1 RETURNING value`;
      const kept = database.query<{ value: string }>(sql, [name, value])[0];
      if (kept === undefined) throw new DatabaseError('other', `Cannot keep "${name}": nothing came back`);
      return kept.value;
    },
    ...createChainSql(database),
    ...createEntrySql(database),
    ...createBlockSql(database),
    ...createOpenCallSql(database),
    ...createSumSql(database),
    ...createCheckpointSql(database),
    overwriteDeleted: (on) => database.script(`PRAGMA secure_delete = ${on ? 'ON' : 'FAST'}`),
    emptyLog: () => database.script('PRAGMA wal_checkpoint(TRUNCATE)'),
    fileBytes: () => toSize(path) + toSize(`${path}-wal`),
    close: () => database.close(),
  };
}
