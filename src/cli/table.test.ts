import { describe, expect, test } from 'vitest';
import { toDisplayWidth, toSafeText } from './display-width.ts';
import { createPaint } from './paint.ts';
import { suggest } from './suggest.ts';
import { createTable, toTable } from './table.ts';

const plain = createPaint(false, {});

test.each([
  ['abc', 3],
  ['', 0],
  ['模型', 4],
  ['ﾊﾝｶｸ', 4],
  ['ハンカク', 8],
  ['한국어', 6],
  ['é', 1],
  ['e\u0301', 1],
  ['مساعد', 5],
  ['👩‍💻', 2],
  ['🇨🇱', 2],
  ['✓', 1],
  ['❤️', 2],
  ['，。', 4],
  ['\u200d', 0],
])('toDisplayWidth() of %s is %i', (text, width) => {
  expect(toDisplayWidth(text)).toBe(width);
});

test('toSafeText() shows what would command a terminal', () => {
  expect(toSafeText('a\u001b]0;title\u0007b\nc\u202ed\u009b31m')).toBe(
    'a<U+001B>]0;title<U+0007>b<U+000A>c<U+202E>d<U+009B>31m',
  );
  expect(toSafeText('ألف 模型 é 👩‍💻')).toBe('ألف 模型 é 👩‍💻');
});

describe('toTable()', () => {
  test('aligns by what a terminal shows', () => {
    const rows = [
      { name: '客服', count: 5 },
      { name: 'support', count: 1200 },
      { name: '客服中心甲乙', count: 1 },
    ];
    const table = toTable(
      rows,
      [
        { title: 'ROUTE', text: (row) => row.name },
        { title: 'CALLS', isNumber: true, text: (row) => String(row.count) },
      ],
      plain,
    );
    expect(table).toBe(
      'ROUTE         CALLS\n客服              5\nsupport        1200\n客服中心甲乙      1\n',
    );
  });

  test('counts widths before colours', () => {
    const columns = [{ title: 'A', text: (row: string) => row, paint: () => (text: string) => `<${text}>` }];
    expect(toTable(['x', 'long'], columns, plain)).toBe('A\n<x   >\n<long>\n');
  });

  test('createTable() puts later rows below earlier ones, and the titles once', () => {
    const table = createTable(
      [
        { title: 'A', text: (row: string) => row },
        { title: 'B', text: () => 'b' },
      ],
      plain,
    );
    expect(table.draw(['wide one'])).toBe('A         B\nwide one  b\n');
    expect(table.draw(['x'])).toBe('x         b\n');
  });

  test('an empty table is its titles', () => {
    expect(toTable([], [{ title: 'A', text: () => '' }], plain)).toBe('A\n');
  });
});

test.each([
  ['swich', 'switch'],
  ['sho', 'show'],
  ['bck', 'back'],
  ['xyzzyx', null],
  ['x'.repeat(1000), null],
])('suggest(%s) is %s', (word, wanted) => {
  expect(suggest(word, ['list', 'show', 'switch', 'back'])).toBe(wanted);
});
