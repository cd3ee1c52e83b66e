import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { readNumbers } from './read-number.ts';

const single: readonly (readonly [text: string, value: number])[] = [
  ['18', 18],
  ['-5', -5],
  ['−5', -5],
  ['+7', 7],
  ['3.14', 3.14],
  ['.5', 0.5],
  ['$1,234.50', 1234.5],
  ['-$5', -5],
  ['$-5', -5],
  ['1,234,567', 1_234_567],
  ['12,34,567', 1_234_567],
  ['1.234.567,89', 1_234_567.89],
  ['1.234.567', 1_234_567],
  ['1 234 567', 1_234_567],
  ['1\u00a0234,5', 1234.5],
  ["1'234'567", 1_234_567],
  ['1_000', 1000],
  ['3,5', 3.5],
  ['0,333', 0.333],
  ['54{,}000', 54_000],
  ['1e3', 1000],
  ['1.2E-2', 0.012],
  ['1.5 × 10^6', 1_500_000],
  ['2\\times 10^{-3}', 0.002],
  ['4·10⁵', 400_000],
  ['3/4', 0.75],
  ['\\frac{3}{4}', 0.75],
  ['\\dfrac12', 0.5],
  ['½', 0.5],
  ['1½', 1.5],
  ['1 1/2', 1.5],
  ['5k', 5000],
  ['1.2 million', 1_200_000],
  ['3万', 30_000],
  ['2亿元', 200_000_000],
  ['5 crore', 50_000_000],
  ['1,5 Mio.', 1_500_000],
  ['٤٢', 42],
  ['١٬٢٣٤٫٥', 1234.5],
  ['۴۲', 42],
  ['１２３', 123],
  ['४२', 42],
  ['答案是18个', 18],
  ['100100_b', 100_100],
  ['-221_3', -221],
  ['\u202b42\u202c', 42],
  ['3rd', 3],
  ['10²', 10],
];

test.each(single)('readNumbers() reads %s', (text, value) => {
  const [first] = readNumbers(text);
  expect(first?.value).toBeCloseTo(value, 10);
});

test('readNumbers() reads percent signs and words', () => {
  for (const text of ['45%', '45 %', '45\\%', '٤٥٪', '45 percent', '45 por ciento', '45 Prozent']) {
    expect(readNumbers(text)[0], text).toMatchObject({ value: 45, isPercent: true });
  }
});

test('readNumbers() reads units and currencies', () => {
  expect(readNumbers('5 km')[0]?.unit).toBe('km');
  expect(readNumbers('€12')[0]?.unit).toBe('€');
  expect(readNumbers('20 °C')[0]?.unit).toBe('°c');
});

test('readNumbers() reads lists, ranges and prose as several numbers', () => {
  const values = (text: string): readonly number[] => readNumbers(text).map((one) => one.value);
  expect(values('2, -1')).toEqual([2, -1]);
  expect(values('1,2,3')).toEqual([1, 2, 3]);
  expect(values('3-4')).toEqual([3, 4]);
  expect(values('12 3')).toEqual([12, 3]);
  expect(values('9 * 2 = 18')).toEqual([9, 2, 18]);
  expect(values('from 5 to 1,000 and 7.')).toEqual([5, 1000, 7]);
});

test('readNumbers() leaves words, versions and empty text alone', () => {
  for (const text of ['gpt4', 'x2', '1.2.3', '', 'none', '1/0']) expect(readNumbers(text), text).toEqual([]);
});

test('readNumbers() obeys the decimal mark it is told', () => {
  expect(readNumbers('1,234', 'comma')[0]?.value).toBe(1.234);
  expect(readNumbers('1.234', 'comma')[0]?.value).toBe(1234);
  expect(readNumbers('1,234', 'point')[0]?.value).toBe(1234);
});

test('readNumbers() keeps integers exact beyond the range of doubles', () => {
  const [left] = readNumbers('9007199254740993');
  expect(left?.exact).toEqual({ numerator: 9_007_199_254_740_993n, denominator: 1n });
});

test('readNumbers() reads back any integer and decimal', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
      fc.integer({ min: 0, max: 999 }),
      (whole, part) => {
        const [read] = readNumbers(`x: ${whole}.${String(part).padStart(3, '0')}`);
        const sign = whole < 0n ? -1n : 1n;
        expect(read?.exact).toEqual({ numerator: whole * 1000n + sign * BigInt(part), denominator: 1000n });
      },
    ),
  );
});

test('readNumbers() never throws and ends in time on hostile text', () => {
  const hostile = [
    '1'.repeat(1_000_000),
    '1 '.repeat(300_000),
    '1,'.repeat(300_000),
    '-'.repeat(500_000),
    '1e9999',
    '1/'.repeat(200_000),
    '\\frac{'.repeat(100_000),
    '½'.repeat(300_000),
  ];
  for (const text of hostile) expect(Array.isArray(readNumbers(text))).toBe(true);
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'0123456789.,-+/ eE%$×^{}\\½²٣_'.split('')), maxLength: 60 }),
      (text) => {
        for (const one of readNumbers(text)) expect(Number.isNaN(one.value)).toBe(false);
      },
    ),
    { numRuns: 1000 },
  );
});
