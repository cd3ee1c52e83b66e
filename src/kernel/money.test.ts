import fc from 'fast-check';
import { expect, test } from 'vitest';

import { parseMoney, roundTokenCost, toMoneyText, toTokenCost } from './money.ts';

test("parseMoney() and toMoneyText() are each other's way back", () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 20n), (amount) => {
      expect(parseMoney(toMoneyText(amount))).toBe(amount);
    }),
  );
});

test.each(['', '-1', '1e3', '0.1234567891', '1.', '.5', '1,5', ' ', 'NaN', '0x10', '1'.repeat(13)])(
  'parseMoney() refuses %j instead of rounding it',
  (text) => {
    expect(parseMoney(text)).toBeNull();
  },
);

test('a token cost is exact far beyond what a double holds, and is rounded once', () => {
  const price = parseMoney('0.003') ?? 0n;
  expect(roundTokenCost(toTokenCost(1, price))).toBe(3n);
  expect(roundTokenCost(toTokenCost(1_000_000, price))).toBe(price);
  const million = parseMoney('123456.789012345') ?? 0n;
  expect(roundTokenCost(toTokenCost(9_007_199_254_740_991, million))).toBe(
    (9_007_199_254_740_991n * 123_456_789_012_345n + 500_000n) / 1_000_000n,
  );
  expect(roundTokenCost(499_999n)).toBe(0n);
  expect(roundTokenCost(500_000n)).toBe(1n);
});

test('toMoneyText() writes amounts below zero with their sign', () => {
  expect(toMoneyText(-150_000_000n)).toBe('-0.15');
});
