import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';

const first = { name: '0001-first', sql: 'CREATE TABLE one (id TEXT);' };
const second = { name: '0002-second', sql: 'CREATE TABLE two (id TEXT)\n WITHOUT ROWID --@pg\n;' };

let database: Database;
beforeEach(() => {
  database = openDatabase(':memory:');
});
afterEach(() => database.close());

const tables = (): unknown[] =>
  database
    .query("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .map((row) => row['name']);

test('migrate() applies what is missing, in order and once', () => {
  expect(migrate(database, [first], 1)).toEqual(['0001-first']);
  expect(migrate(database, [first, second], 2)).toEqual(['0002-second']);
  expect(migrate(database, [first, second], 3)).toEqual([]);
  expect(tables()).toEqual(['migration', 'one', 'two']);
});

test('migrate() refuses a step whose text has changed', () => {
  migrate(database, [first, second], 1);
  const changed = { ...second, sql: `${second.sql} ` };
  expect(() => migrate(database, [first, changed], 2)).toThrow('"0002-second" was applied with another text');
});

test('migrate() refuses data of a newer program', () => {
  migrate(database, [first, second], 1);
  expect(() => migrate(database, [first], 2)).toThrow('"0002-second" is of a newer version');
});

test('migrate() leaves nothing of a step that fails half way', () => {
  const broken = { name: '0002-broken', sql: 'CREATE TABLE half (id TEXT); CREATE TABLE half (id TEXT);' };
  expect(() => migrate(database, [first, broken], 1)).toThrow('half');
  expect(tables()).toEqual(['migration', 'one']);
  expect(migrate(database, [first, second], 2)).toEqual(['0002-second']);
});
