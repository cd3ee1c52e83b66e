import { describe, expect, test } from 'vitest';
import { toPeriodEnd, toPeriodStart } from './index.ts';

const at = (text: string): number => Date.parse(text);

describe('toPeriodStart() and toPeriodEnd()', () => {
  test.each([
    ['day', '2026-11-23T18:30:00Z', '2026-11-23T00:00:00Z', '2026-11-24T00:00:00Z'],
    ['day', '2026-12-31T23:59:59.999Z', '2026-12-31T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['day', '2026-11-23T00:00:00Z', '2026-11-23T00:00:00Z', '2026-11-24T00:00:00Z'],
    ['month', '2028-02-29T12:00:00Z', '2028-02-01T00:00:00Z', '2028-03-01T00:00:00Z'],
    ['month', '2026-12-31T23:59:59.999Z', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
  ] as const)('cut a %s around %s in UTC', (period, now, start, end) => {
    expect(toPeriodStart(period, at(now))).toBe(at(start));
    expect(toPeriodEnd(period, at(now))).toBe(at(end));
  });

  test('give a total budget no end', () => {
    expect(toPeriodStart('total', at('2026-11-23T18:30:00Z'))).toBe(0);
    expect(toPeriodEnd('total', 0)).toBeNull();
  });
});
