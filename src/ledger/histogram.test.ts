import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addEncoded,
  addLatency,
  createHistogram,
  encodeHistograms,
  type Histogram,
  toQuantileMs,
} from './histogram.ts';

function toHistogram(values: readonly number[]): Histogram {
  const histogram = createHistogram();
  for (const value of values) addLatency(histogram, value);
  return histogram;
}

const anyValues = fc.array(fc.integer({ min: 0, max: 10_000_000_000 }), { maxLength: 200 });

test('addEncoded() adds up: hours make a week', () => {
  fc.assert(
    fc.property(anyValues, anyValues, (first, second) => {
      const sum = toHistogram(first);
      const other = createHistogram();
      addEncoded([sum, other], encodeHistograms([toHistogram(second), toHistogram(first)]));
      expect(sum).toEqual(toHistogram([...first, ...second]));
      expect(other).toEqual(toHistogram(first));
    }),
  );
});

test('toQuantileMs() is within the width of a bucket', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 100, max: 6_000_000_000 }), { minLength: 1, maxLength: 200 }),
      (values) => {
        const sorted = values.toSorted((a, b) => a - b);
        for (const part of [0.5, 0.95, 1]) {
          const exactMs = (sorted[Math.max(1, Math.ceil(sorted.length * part)) - 1] ?? 0) / 1000;
          const found = toQuantileMs(toHistogram(values), part) ?? 0;
          expect(Math.abs(found / exactMs - 1)).toBeLessThan(0.1);
        }
      },
    ),
  );
  expect(toQuantileMs(createHistogram(), 0.5)).toBeNull();
});

test('addEncoded() refuses a histogram that is cut off', () => {
  const bytes = encodeHistograms([toHistogram([5_000, 5_000_000])]);
  expect(() => addEncoded([createHistogram()], bytes.subarray(0, bytes.length - 1))).toThrow(/cut off/);
  expect(() => addEncoded([createHistogram()], new Uint8Array(12).fill(0xff))).toThrow(/cut off/);
  expect(() => addEncoded([createHistogram()], Uint8Array.of(1, 0xd1, 1, 1))).toThrow(/no bucket/);
});
