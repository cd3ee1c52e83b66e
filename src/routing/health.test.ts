import { describe, expect, test } from 'vitest';
import type { FailureCode } from '../kernel/index.ts';
import { afterFailure, afterSuccess, freshHealth, type OfferHealth } from './index.ts';

const now = 1_000_000;

function fail(
  code: FailureCode,
  {
    times = 1,
    retryAfterMs = null,
    at = now,
  }: { times?: number; retryAfterMs?: number | null; at?: number } = {},
): OfferHealth {
  let health: OfferHealth | undefined;
  for (let time = 0; time < times; time++) health = afterFailure(health, { code, retryAfterMs, now: at });
  return health ?? freshHealth;
}

describe('afterFailure()', () => {
  test.each([
    'CHG_UPSTREAM_REQUEST',
    'CHG_UPSTREAM_CONTENT',
    'CHG_CLIENT_GONE',
    'CHG_UPSTREAM_TOO_LARGE',
  ] as const)('does not blame the offer for %s', (code) => {
    expect(fail(code, { times: 10, retryAfterMs: 60_000 })).toBe(freshHealth);
  });

  test('pauses an offer after the third failure in a row, then twice as long each time', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 30].map((times) =>
      Math.max(0, fail('CHG_UPSTREAM_ERROR', { times }).coolUntil - now),
    );
    expect(pauses).toEqual([0, 0, 5000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  test('pauses at once for what will fail again', () => {
    expect(fail('CHG_UPSTREAM_CREDENTIAL').coolUntil - now).toBe(60_000);
    expect(fail('CHG_UPSTREAM_BALANCE').coolUntil - now).toBe(60_000);
    expect(fail('CHG_UPSTREAM_RATE_LIMITED').coolUntil - now).toBe(2000);
  });

  test('believes Retry-After, up to five minutes', () => {
    expect(fail('CHG_UPSTREAM_RATE_LIMITED', { retryAfterMs: 17_000 }).coolUntil - now).toBe(17_000);
    expect(fail('CHG_UPSTREAM_ERROR', { retryAfterMs: 4000 }).coolUntil - now).toBe(4000);
    expect(fail('CHG_UPSTREAM_RATE_LIMITED', { retryAfterMs: 86_400_000 }).coolUntil - now).toBe(300_000);
  });

  test('does not let a short pause cut a longer one', () => {
    const long = afterFailure(undefined, { code: 'CHG_UPSTREAM_RATE_LIMITED', retryAfterMs: 60_000, now });
    const both = afterFailure(long, { code: 'CHG_UPSTREAM_RATE_LIMITED', retryAfterMs: 1000, now: now + 1 });
    expect(both.coolUntil).toBe(now + 60_000);
  });

  test('pauses again at the first failure after a pause, as one call is enough to see that nothing changed', () => {
    const open = fail('CHG_UPSTREAM_TIMEOUT', { times: 3 });
    const later = open.coolUntil + 1;
    const again = afterFailure(open, { code: 'CHG_UPSTREAM_TIMEOUT', retryAfterMs: null, now: later });
    expect(again.coolUntil - later).toBe(10_000);
  });
});

describe('afterSuccess()', () => {
  const failed = fail('CHG_UPSTREAM_RATE_LIMITED', { retryAfterMs: 9000 });

  test('forgets all failures after an attempt that began later', () => {
    expect(afterSuccess(failed, now)).toBeUndefined();
    expect(afterSuccess(undefined, now)).toBeUndefined();
  });

  test('keeps the pause when the attempt had begun before the failure', () => {
    expect(afterSuccess(failed, now - 1)).toBe(failed);
  });
});
