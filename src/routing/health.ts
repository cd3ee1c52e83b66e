import type { FailureCode } from '../kernel/index.ts';

/** How an offer has fared lately. Absent = never failed. */
export interface OfferHealth {
  /** Epoch milliseconds; before it the offer is passed over. 0 = not cooling. */
  readonly coolUntil: number;
  /** Failures since the last success that were the offer's fault. */
  readonly consecutiveFailures: number;
  /** Epoch milliseconds of the last of them. */
  readonly lastFailureAt: number;
}

/** An offer that never failed. */
export const freshHealth: OfferHealth = { coolUntil: 0, consecutiveFailures: 0, lastFailureAt: 0 };

/**
 * What a failed attempt says about the offer. `none`: the request or the client was at fault · `count`: one
 * of several before the breaker opens · `at-once`: it will fail again now, so the breaker opens directly.
 */
type Blame =
  | { readonly blame: 'none' }
  | { readonly blame: 'count' }
  | { readonly blame: 'at-once'; readonly coolMs: number };

/** A refused key or an empty account does not heal in seconds; a minute spares callers without hiding a repair. */
const accountCoolMs = 60_000;
/** Rate limits without Retry-After: the vendors that send none count calls in flight, which free up quickly. */
const rateCoolMs = 2_000;
/** Failures in a row that open the breaker. Two could be one network blip on two calls. */
const failuresToOpen = 3;
/** First pause of the breaker; it doubles with each further failure. */
const firstCoolMs = 5_000;
/** Longest pause of the breaker; longer ones would leave a repaired endpoint idle. */
const longestCoolMs = 60_000;
/** Limit: a vendor's Retry-After is believed up to here; some send a day. */
const longestRetryAfterMs = 300_000;

const blames: Partial<Record<FailureCode, Blame>> = {
  CHG_UPSTREAM_RATE_LIMITED: { blame: 'at-once', coolMs: rateCoolMs },
  CHG_UPSTREAM_CREDENTIAL: { blame: 'at-once', coolMs: accountCoolMs },
  CHG_UPSTREAM_BALANCE: { blame: 'at-once', coolMs: accountCoolMs },
  CHG_UPSTREAM_REFUSED_ADDRESS: { blame: 'at-once', coolMs: accountCoolMs },
  CHG_UPSTREAM_UNREACHABLE: { blame: 'count' },
  CHG_UPSTREAM_TIMEOUT: { blame: 'count' },
  CHG_UPSTREAM_CUT: { blame: 'count' },
  CHG_UPSTREAM_MALFORMED: { blame: 'count' },
  CHG_UPSTREAM_ERROR: { blame: 'count' },
};

/**
 * Health after an answered attempt that began at `startedAt` (epoch milliseconds); undefined = nothing to
 * remember. An attempt that began before the last failure proves nothing: with a hundred calls in flight,
 * those already accepted would otherwise end the pause that a 429 has just asked for.
 */
export function afterSuccess(health: OfferHealth | undefined, startedAt: number): OfferHealth | undefined {
  return health !== undefined && startedAt < health.lastFailureAt ? health : undefined;
}

/** What `afterFailure` needs to know of a failed attempt. */
export interface FailedAttempt {
  readonly code: FailureCode;
  /** From the vendor's Retry-After, or null. */
  readonly retryAfterMs: number | null;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Health after a failed attempt. The count is not reset when the pause ends, so that the first failure
 * after it opens the breaker again at once: one call probes, not three.
 */
export function afterFailure(health: OfferHealth | undefined, attempt: FailedAttempt): OfferHealth {
  const before = health ?? freshHealth;
  const verdict = blames[attempt.code];
  if (verdict === undefined || verdict.blame === 'none') return before;
  const consecutiveFailures = before.consecutiveFailures + 1;
  const pause = toPauseMs(verdict, consecutiveFailures, attempt.retryAfterMs);
  // A short new pause must not cut a long one that a parallel call has just caused.
  const coolUntil = pause === 0 ? before.coolUntil : Math.max(before.coolUntil, attempt.now + pause);
  return { coolUntil, consecutiveFailures, lastFailureAt: attempt.now };
}

function toPauseMs(verdict: Blame, failures: number, retryAfterMs: number | null): number {
  if (retryAfterMs !== null && retryAfterMs > 0) return Math.min(retryAfterMs, longestRetryAfterMs);
  if (verdict.blame === 'at-once') return verdict.coolMs;
  if (failures < failuresToOpen) return 0;
  return Math.min(firstCoolMs * 2 ** Math.min(failures - failuresToOpen, 10), longestCoolMs);
}
