import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import type { DatabaseError } from './database-error.ts';
import type { SqlParameter } from './sql-value.ts';

let folder = '';
let database: Database;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chg-database-'));
  database = openDatabase(path.join(folder, 'test.db'));
});

afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The kind of the DatabaseError that `work` throws. */
function kindOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as DatabaseError).kind;
  }
  return 'nothing thrown';
}

const bind = (value: unknown): unknown =>
  database.query('SELECT $1 AS value', [value as SqlParameter])[0]?.['value'];

describe('values', () => {
  test('query() binds $n by position, in any order and more than once', () => {
    expect(database.query('SELECT $2 AS b, $1 AS a, $2 AS c', ['x', 'y'])).toEqual([
      { a: 'x', b: 'y', c: 'y' },
    ]);
  });

  test('query() leaves $n inside quotes, comments and names alone', () => {
    const sql = `SELECT '$1 it''s' AS text, 1 AS "q$2", 2 AS a$3, $1 AS bound -- $9\n /* $8 */`;
    expect(database.query(sql, [7])).toEqual([{ text: "$1 it's", q$2: 1, a$3: 2, bound: 7 }]);
  });

  test('query() drops lines for Postgres and keeps those for SQLite', () => {
    expect(database.query('SELECT 1 AS one\n , nonsense::jsonb --@pg\n , 2 AS two --@sqlite')).toEqual([
      { one: 1, two: 2 },
    ]);
  });

  test('query() refuses a Date, which SQLite would store as NULL', () => {
    expect(() => bind(new Date(0))).toThrow('Cannot bind a Date (bind epoch milliseconds)');
  });

  test.each([[{ a: 1 }], [[1]], [Symbol('s')], [() => 1]])('query() refuses %o', (value) => {
    expect(() => bind(value)).toThrow(TypeError);
  });

  test.each([NaN, Infinity, -Infinity])('query() refuses %d, which SQLite would store as NULL', (value) => {
    expect(() => bind(value)).toThrow('must be finite');
  });

  test('query() refuses numbers that have already lost digits, and bigints beyond 64 bits', () => {
    expect(() => bind(2 ** 53)).toThrow('use a bigint');
    expect(() => bind(2n ** 63n)).toThrow('beyond 64 bits');
    expect(() => bind(-(2n ** 63n) - 1n)).toThrow('beyond 64 bits');
  });

  test('query() turns undefined into null and booleans into 0 and 1', () => {
    expect([undefined, null, true, false].map(bind)).toEqual([null, null, 1, 0]);
  });

  test('query() binds whole numbers as integers, so that division is the same as in Postgres', () => {
    expect(database.query('SELECT 7 / $1 AS quotient', [2])).toEqual([{ quotient: 3 }]);
    expect(bind(-0)).toBe(0);
    expect(bind(0.5)).toBe(0.5);
  });

  test('query() replaces NUL in text, which Postgres refuses and Node 24 cuts at', () => {
    expect(bind('a\0b')).toBe('a\ufffdb');
  });

  test('query() refuses too few and too many values, where SQLite would bind NULL', () => {
    expect(() => database.query('SELECT $1 AS a, $2 AS b', [1])).toThrow('Cannot bind 1 values to 2');
    expect(() => database.query('SELECT $1 AS a', [1, 2])).toThrow('Cannot bind 2 values to 1');
  });

  test('query() refuses a second statement, which SQLite would forget', () => {
    expect(() => database.query('SELECT 1 AS a; SELECT 2 AS b')).toThrow('several statements');
    expect(database.query("SELECT ';x' AS a;  ")).toEqual([{ a: ';x' }]);
  });

  test('query() refuses two columns of one name, of which a row would hold the last only', () => {
    expect(() => database.query('SELECT 1 AS a, 2 AS a')).toThrow('twice');
  });

  test('query() reads columns named …_nano as bigints beyond 2^53 and the others as numbers', () => {
    database.script('CREATE TABLE spent (id BIGINT, cost_nano BIGINT)');
    database.run('INSERT INTO spent VALUES ($1, $2)', [1, 2n ** 62n]);
    expect(database.query('SELECT id, cost_nano, count(*) AS count FROM spent')).toEqual([
      { id: 1, cost_nano: 2n ** 62n, count: 1 },
    ]);
    expect(database.query('SELECT max(cost_nano) AS top_nano FROM spent WHERE id > 5')).toEqual([
      { top_nano: null },
    ]);
  });

  test('query() throws rather than lose digits of a column that is not named …_nano', () => {
    expect(() => database.query('SELECT 9007199254740993 AS big')).toThrow('too large');
    expect(() => database.query('SELECT 9007199254740993 AS big, 1 AS a_nano')).toThrow('name it …_nano');
  });

  test('query() gives back what was bound', () => {
    database.script('CREATE TABLE kept (t TEXT, n BIGINT, d DOUBLE PRECISION, b BYTEA, m_nano BIGINT)');
    const values = fc.record({
      t: fc.string({ unit: 'grapheme' }),
      n: fc.maxSafeInteger(),
      d: fc.double({ noNaN: true, noDefaultInfinity: true, noInteger: true }),
      b: fc.uint8Array(),
      m: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    });
    const roundTrip = fc.property(values, ({ t, n, d, b, m }) => {
      database.run('DELETE FROM kept');
      database.run('INSERT INTO kept VALUES ($1, $2, $3, $4, $5)', [t, n, d, b, m]);
      const row = database.query<Record<string, unknown>>('SELECT * FROM kept')[0];
      expect(row).toMatchObject({ t: t.replaceAll('\0', '\ufffd'), n: n === 0 ? 0 : n, d, m_nano: m });
      expect(Buffer.from(row?.['b'] as Uint8Array)).toEqual(Buffer.from(b));
    });
    fc.assert(roundTrip, { numRuns: 200 });
  });
});

describe('writing', () => {
  beforeEach(() => database.script('CREATE TABLE item (id TEXT PRIMARY KEY, n BIGINT)'));
  const count = (): unknown => database.query('SELECT count(*) AS count FROM item')[0]?.['count'];

  test('openDatabase() writes ahead, syncs at each commit and enforces foreign keys', () => {
    expect(database.query('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    expect(database.query('PRAGMA synchronous')).toEqual([{ synchronous: 2 }]);
    expect(database.query('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }]);
    expect(database.query('PRAGMA page_size')).toEqual([{ page_size: 8192 }]);
  });

  test.skipIf(process.platform === 'win32')('openDatabase() lets nobody else read its files', () => {
    const names = ['test.db', 'test.db-wal', 'test.db-shm'];
    expect(names.map((name) => statSync(path.join(folder, name)).mode & 0o777)).toEqual([
      0o600, 0o600, 0o600,
    ]);
  });

  test('transaction() keeps all or nothing', () => {
    expect(() =>
      database.transaction(() => {
        database.run('INSERT INTO item VALUES ($1, $2)', ['a', 1]);
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(count()).toBe(0);
    expect(database.transaction(() => database.run('INSERT INTO item VALUES ($1, $2)', ['a', 1]))).toBe(1);
    expect(count()).toBe(1);
  });

  test('transaction() refuses work that waits, and another transaction inside', () => {
    expect(() => database.transaction(async () => database.run("INSERT INTO item VALUES ('a', 1)"))).toThrow(
      'async',
    );
    expect(() => database.transaction(() => database.transaction(() => 1))).toThrow('inside another');
    expect(count()).toBe(0);
  });

  test('transaction() is usable again after a failed commit', () => {
    database.script('CREATE TABLE child (id TEXT REFERENCES item (id) DEFERRABLE INITIALLY DEFERRED)');
    expect(kindOf(() => database.transaction(() => database.run("INSERT INTO child VALUES ('none')")))).toBe(
      'constraint',
    );
    expect(database.transaction(() => database.run("INSERT INTO item VALUES ('a', 1)"))).toBe(1);
  });

  test('many() inserts all rows or none, also within a transaction', () => {
    const target = { table: 'item', columns: ['id', 'n'] };
    expect(
      database.many(target, [
        ['a', 1],
        ['b', 2],
      ]),
    ).toBe(2);
    expect(
      kindOf(() =>
        database.many(target, [
          ['c', 1],
          ['a', 2],
        ]),
      ),
    ).toBe('constraint');
    expect(count()).toBe(2);
    database.transaction(() => database.many({ ...target, tail: 'ON CONFLICT DO NOTHING' }, [['a', 9]]));
    expect(count()).toBe(2);
  });

  test('many() refuses names that are not plain words', () => {
    expect(() => database.many({ table: 'item; DROP TABLE item', columns: ['id'] }, [['a']])).toThrow(
      'as a name',
    );
  });

  test('hostile text is a value and nothing else', () => {
    const hostile = "'); DROP TABLE item; --";
    database.run('INSERT INTO item VALUES ($1, $2)', [hostile, 1]);
    expect(database.query('SELECT id FROM item WHERE id = $1', [hostile])).toEqual([{ id: hostile }]);
  });

  test('more SQL texts than the cache holds go on working', () => {
    for (let index = 0; index < 600; index++) database.query(`SELECT ${index} AS value`);
    expect(database.query('SELECT 0 AS value')).toEqual([{ value: 0 }]);
  });

  test('a full disk is told as "full" and the database goes on afterwards', () => {
    database.script('PRAGMA max_page_count = 8');
    const fill = (): number => database.run('INSERT INTO item VALUES ($1, $2)', ['x'.repeat(200_000), 1]);
    expect(kindOf(fill)).toBe('full');
    expect(kindOf(() => database.transaction(fill))).toBe('full');
    database.script('PRAGMA max_page_count = 100000');
    expect(fill()).toBe(1);
  });
});

describe('files', () => {
  test('a second connection reads but cannot write', () => {
    database.script('CREATE TABLE item (id TEXT)');
    const reader = openDatabase(path.join(folder, 'test.db'), { readOnly: true });
    expect(reader.query('SELECT * FROM item')).toEqual([]);
    expect(kindOf(() => reader.run("INSERT INTO item VALUES ('a')"))).toBe('read-only');
    reader.close();
  });

  test('a writer that finds the database locked gives up after its time as "busy"', () => {
    const other = openDatabase(path.join(folder, 'test.db'), { busyMs: 1 });
    database.transaction(() => {
      expect(kindOf(() => other.transaction(() => 1))).toBe('busy');
    });
    expect(other.transaction(() => 1)).toBe(1);
    other.close();
  });

  test('openDatabase() says what is wrong with a file that is no database', () => {
    const other = path.join(folder, 'other.db');
    writeFileSync(other, 'x'.repeat(5_000));
    expect(kindOf(() => openDatabase(other))).toBe('corrupt');
  });

  test('openDatabase() says what is wrong when there is no folder', () => {
    expect(kindOf(() => openDatabase(path.join(folder, 'none', 'other.db')))).toBe('cannot-open');
  });

  test('openDatabase() makes no file when it is to read only', () => {
    expect(kindOf(() => openDatabase(path.join(folder, 'none.db'), { readOnly: true }))).toBe('cannot-open');
  });

  test('backup() copies what is committed and never replaces a file', async () => {
    database.script('CREATE TABLE item (id TEXT)');
    database.run("INSERT INTO item VALUES ('a')");
    const to = path.join(folder, 'copy.db');
    await database.backup(to);
    const copy = openDatabase(to);
    expect(copy.query('SELECT id FROM item')).toEqual([{ id: 'a' }]);
    copy.close();
    await expect(database.backup(to)).rejects.toThrow('EEXIST');
    await expect(database.backup(path.join(folder, 'none', 'copy.db'))).rejects.toThrow('Cannot back up');
  });
});
