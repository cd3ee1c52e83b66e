import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { readPrices, toSaving } from '../../bench/evidence/prices.ts';
import { parseCsv, readTables, TableError } from '../../bench/evidence/read-table.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'tables-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, text: string): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, name.endsWith('.gz') ? gzipSync(text) : text);
}

test('readTables() reads plain and packed tables of any name, and finds what lies beside them', () => {
  write('own/mail.correct.csv', 'id,big,small\n1,1,0\n2,,1\n3,0.5,1\n');
  write('own/mail.output_chars.csv', 'id,big,small\n1,400,40\n');
  write('own/mail.questions.jsonl', '{"id": "1", "question": "four"}\n');
  write('deep/er/other.correct.csv.gz', 'id,"a,b",c\r\n1,1,1\r\n');
  const tables = readTables(folder);
  expect(tables.map((table) => table.dataset)).toEqual(['mail', 'other']);
  expect(tables[1]?.models).toEqual(['a,b', 'c']);
  expect([...(tables[0]?.scores[0] ?? [])]).toEqual([1, Number.NaN, 0.5]);
  expect(tables[0]).toMatchObject({
    questionCharacters: 4,
    outputCharacters: new Map([
      ['big', 400],
      ['small', 40],
    ]),
  });
});

test('readTables() reads weak and strong answers, and leaves contaminated rows out', () => {
  write(
    'routes/quiz.jsonl.gz',
    '{"prompt": "p", "weak": 0, "strong": 1, "contaminated": false}\n{"prompt": "p", "weak": 1, "strong": 1, "contaminated": true}\n',
  );
  write('routes/talk_show.jsonl', '{"x/judge-a": [10, 8], "judge-b": [5, 5], "contaminated": false}\n');
  const tables = readTables(folder);
  expect(tables.map((table) => table.dataset)).toEqual(['routes-quiz', 'routes-talk-show']);
  expect(tables[0]?.scores.map((column) => column.length)).toEqual([1, 1]);
  expect(tables[1]).toMatchObject({ models: ['judge-a', 'judge-b'] });
  expect(tables[1]?.scores[0]?.[0]).toBeCloseTo(0.9);
});

test('readTables() puts the folder in front of names that two folders share', () => {
  write('a/t.correct.csv', 'id,x,y\n1,1,1\n');
  write('b/t.correct.csv', 'id,x,y\n1,1,1\n');
  expect(readTables(folder).map((table) => table.dataset)).toEqual(['a-t', 'b-t']);
});

const broken: readonly (readonly [name: string, text: string, message: RegExp])[] = [
  ['t.correct.csv', 'name,x,y\n', /first line must be "id"/u],
  ['t.correct.csv', 'id,x,y\n1,1\n', /row 2 has 2 fields instead of 3/u],
  ['t.correct.csv', 'id,x,y\n1,1,2\n', /"2" is no score/u],
  ['t.jsonl', '{"weak": 1, "strong": 1}\nnonsense\n', /line 2 is not JSON/u],
  ['t.txt', 'nothing', /Cannot find a table/u],
];

test.each(broken)('readTables() says what is wrong with %s %j', (name, text, message) => {
  write(name, text);
  expect(() => readTables(folder)).toThrow(message);
  expect(() => readTables(folder)).toThrow(TableError);
});

test('readTables() says that a folder is missing', () => {
  expect(() => readTables(path.join(folder, 'none'))).toThrow(
    /give the folder of recorded tables with --data/u,
  );
});

test('parseCsv() reads quotes, doubled quotes and line breaks in fields', () => {
  expect(parseCsv('a,"b ""c"", d","e\nf"\n1,,3')).toEqual([
    ['a', 'b "c", d', 'e\nf'],
    ['1', '', '3'],
  ]);
});

test('toSaving() compares what the whole table costs', () => {
  write('t.correct.csv', 'id,x,y\n1,1,1\n');
  write('t.output_chars.csv', 'id,x,y\n1,100,200\n');
  write('t.questions.jsonl', '{"question": "1234567890"}\n');
  write(
    'p.json',
    '{"date": "2026-01-01", "models": {"x": {"input": 10, "output": 10}, "y": {"input": 1, "output": 1}}}',
  );
  const [table] = readTables(folder);
  if (table === undefined) throw new Error('no table');
  const prices = readPrices(path.join(folder, 'p.json'));
  expect(toSaving(prices, table, { incumbent: 'x', candidate: 'y' })).toBeCloseTo(1 - 210 / 1100, 3);
  expect(toSaving(prices, table, { incumbent: 'x', candidate: 'z' })).toBeUndefined();
  expect(() => readPrices(path.join(folder, 'none.json'))).toThrow(/Cannot find the price file/u);
});
