import { chmodSync, closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { backup, DatabaseSync, type StatementSync } from 'node:sqlite';
import { DatabaseError, toDatabaseError } from './database-error.ts';
import { toEngineSql, withoutPostgresLines } from './engine-sql.ts';
import { type SqlParameter, type SqlValue, toBoundValue } from './sql-value.ts';

export type Row = Readonly<Record<string, SqlValue>>;

/** Where `many` puts its rows; `tail` is what follows VALUES, e.g. an ON CONFLICT clause. */
export interface ManyTarget {
  readonly table: string;
  readonly columns: readonly string[];
  readonly tail?: string;
}

/**
 * A synchronous database, to be used inside a worker only. SQL is the common subset of SQLite and Postgres
 * with `$1`, `$2` … for values; lines that end in `--@sqlite` or `--@pg` are for that engine only. All
 * methods throw `DatabaseError` for what can happen (full, busy, read-only …) and TypeError for wrong use.
 */
export interface Database {
  readonly dialect: 'sqlite';
  /** Rows as plain objects. Columns whose name ends in `_nano` are bigints, other integers are numbers. */
  query<Shape = Row>(sql: string, values?: readonly SqlParameter[]): Shape[];
  /** Runs one statement and returns how many rows it changed. */
  run(sql: string, values?: readonly SqlParameter[]): number;
  /** Inserts rows, in the transaction that is open or in one of its own; returns how many rows it changed. */
  many(target: ManyTarget, rows: readonly (readonly SqlParameter[])[]): number;
  /**
   * Runs `work` in one IMMEDIATE transaction: all of it is on disk when this returns, or none when it throws.
   */
  transaction<Value>(work: () => Value): Value;
  /** Runs several statements without values, e.g. a migration. */
  script(sql: string): void;
  /** Writes a consistent copy to a new file while others go on reading and writing. */
  backup(path: string): Promise<void>;
  close(): void;
}

export interface OpenOptions {
  /** A second connection for reading, beside the one writer. */
  readonly readOnly?: boolean;
  /** How long a statement waits for another connection's lock. */
  readonly busyMs?: number;
}

/**
 * Limit: prepared statements kept per connection; our SQL texts are far fewer, generated ones would not end.
 */
const cachedStatements = 256;

/** 8 KB pages: rows that hold bodies need fewer overflow pages than with SQLite's 4 KB. */
const pragmas = `
PRAGMA page_size = 8192;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA fullfsync = ON;
PRAGMA checkpoint_fullfsync = ON;
PRAGMA journal_size_limit = 67108864;
PRAGMA foreign_keys = ON;
PRAGMA trusted_schema = OFF;
`;

interface Prepared {
  readonly statement: StatementSync;
  readonly parameterCount: number;
  /** Names of the columns to be turned back into numbers; null when the statement returns no bigints. */
  readonly plainColumns: readonly string[] | null;
}

function prepare(connection: DatabaseSync, sql: string): Prepared {
  const { text, parameterCount } = toEngineSql(sql);
  const statement = connection.prepare(text);
  const names = statement.columns().map((column) => column.name);
  if (new Set(names).size < names.length) {
    // A row is an object: the second column of a name would silently replace the first.
    throw new TypeError(`Cannot prepare: a column name comes twice in "${sql.slice(0, 80)}"`);
  }
  const hasMoney = names.some((name) => name.endsWith('_nano'));
  if (hasMoney) statement.setReadBigInts(true);
  return {
    statement,
    parameterCount,
    plainColumns: hasMoney ? names.filter((name) => !name.endsWith('_nano')) : null,
  };
}

function createStatementCache(connection: DatabaseSync): (sql: string) => Prepared {
  const cache = new Map<string, Prepared>();
  return (sql) => {
    const known = cache.get(sql);
    if (known !== undefined) return known;
    const prepared = prepare(connection, sql);
    const oldest = cache.size >= cachedStatements ? cache.keys().next().value : undefined;
    if (oldest !== undefined) cache.delete(oldest);
    cache.set(sql, prepared);
    return prepared;
  };
}

function toBoundValues(sql: string, parameterCount: number, values: readonly SqlParameter[]): SqlValue[] {
  if (values.length !== parameterCount) {
    // SQLite binds NULL to what is missing, so that a forgotten value would be stored as nothing.
    throw new TypeError(`Cannot bind ${values.length} values to ${parameterCount} in "${sql.slice(0, 80)}"`);
  }
  return values.map(toBoundValue);
}

function toPlainNumbers(row: Record<string, SqlValue>, columns: readonly string[]): void {
  for (const column of columns) {
    const value = row[column];
    if (typeof value !== 'bigint') continue;
    const number = Number(value);
    if (!Number.isSafeInteger(number)) {
      throw new RangeError(`Cannot read column "${column}": ${value} is beyond 2^53, name it …_nano`);
    }
    row[column] = number;
  }
}

function assertName(name: string): void {
  // Names cannot be bound; they come from our own code only, and this makes sure that it stays so.
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new TypeError(`Cannot use "${name}" as a name in SQL`);
}

function toInsertSql(target: ManyTarget): string {
  [target.table, ...target.columns].forEach(assertName);
  const places = target.columns.map((_, index) => `$${index + 1}`).join(', ');
  return `INSERT INTO ${target.table} (${target.columns.join(', ')}) VALUES (${places}) ${target.tail ?? ''}`;
}

function openConnection(path: string, options: OpenOptions): DatabaseSync {
  const readOnly = options.readOnly ?? false;
  // Made here and not by SQLite, so that nobody else may read it: the files beside it take over these rights.
  if (!readOnly && path !== ':memory:') closeSync(openSync(path, 'a', 0o600));
  const connection = new DatabaseSync(path, { readOnly, timeout: options.busyMs ?? 5_000 });
  try {
    if (!readOnly) connection.exec(pragmas);
    // SQLite opens lazily; without a first read a file that is no database would be found out much later.
    connection.prepare('SELECT count(*) AS count FROM sqlite_schema').get();
  } catch (error) {
    connection.close();
    throw error;
  }
  return connection;
}

function rollBack(connection: DatabaseSync): void {
  // SQLite may have rolled back by itself, e.g. when the disk is full.
  if (connection.isTransaction) connection.exec('ROLLBACK');
}

async function copyDatabase(connection: DatabaseSync, path: string): Promise<void> {
  const partial = `${path}.partial`;
  // Refuses an existing file, so that no backup is lost to a second one of the same name.
  closeSync(openSync(path, 'wx', 0o600));
  try {
    rmSync(partial, { force: true });
    await backup(connection, partial);
    chmodSync(partial, 0o600);
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    rmSync(path, { force: true });
    throw error;
  }
}

/** Wraps a thrown error of the operating system or of SQLite with what was being done. */
function withErrors<Value>(action: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw toDatabaseError(error, action);
  }
}

function open(path: string, options: OpenOptions): DatabaseSync {
  try {
    return openConnection(path, options);
  } catch (error) {
    const known = toDatabaseError(error, `open "${path}"`);
    if (known instanceof DatabaseError) throw known;
    throw new DatabaseError('cannot-open', `Cannot open "${path}": ${String(error)}`, { cause: error });
  }
}

/** Opens a database file, creating it with mode 0600 if need be. Throws `DatabaseError`. */
export function openDatabase(path: string, options: OpenOptions = {}): Database {
  const connection = open(path, options);
  const find = createStatementCache(connection);

  function query<Shape>(sql: string, values: readonly SqlParameter[] = []): Shape[] {
    return withErrors('read', () => {
      const { statement, parameterCount, plainColumns } = find(sql);
      const rows = statement.all(...toBoundValues(sql, parameterCount, values));
      if (plainColumns !== null) for (const row of rows) toPlainNumbers(row, plainColumns);
      return rows as Shape[];
    });
  }
  function run(sql: string, values: readonly SqlParameter[] = []): number {
    return withErrors('write', () => {
      const { statement, parameterCount } = find(sql);
      return Number(statement.run(...toBoundValues(sql, parameterCount, values)).changes);
    });
  }
  function transaction<Value>(work: () => Value): Value {
    if (connection.isTransaction) throw new TypeError('Cannot begin a transaction inside another one');
    withErrors('begin', () => connection.exec('BEGIN IMMEDIATE'));
    try {
      const value = work();
      if (value instanceof Promise) throw new TypeError('Cannot wait inside a transaction: work is async');
      withErrors('commit', () => connection.exec('COMMIT'));
      return value;
    } catch (error) {
      rollBack(connection);
      throw error;
    }
  }
  function insertRows(target: ManyTarget, rows: readonly (readonly SqlParameter[])[]): number {
    const sql = toInsertSql(target);
    let changes = 0;
    for (const row of rows) changes += run(sql, row);
    return changes;
  }
  return {
    dialect: 'sqlite',
    query,
    run,
    transaction,
    many: (target, rows) =>
      connection.isTransaction ? insertRows(target, rows) : transaction(() => insertRows(target, rows)),
    script: (sql) => withErrors('run a script', () => connection.exec(withoutPostgresLines(sql))),
    backup: async (to) => {
      try {
        await copyDatabase(connection, to);
      } catch (error) {
        const known = toDatabaseError(error, `back up to "${to}"`);
        if (known instanceof DatabaseError) throw known;
        throw new DatabaseError('io', `Cannot back up to "${to}": ${String(error)}`, { cause: error });
      }
    },
    close: () => {
      if (connection.isOpen) connection.close();
    },
  };
}
