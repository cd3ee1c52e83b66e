import { assertCount, assertInside, assertRange } from './assert-range.ts';
import type { Interval } from './confidence-sequences.ts';
import { findRoot } from './find-root.ts';
import { betaRegularized, logChoose } from './special-functions.ts';

/** P(X = k) for X ~ Binomial(n, p). */
export function binomialMass(k: number, n: number, p: number): number {
  assertRange('p', p, [0, 1]);
  const log = logChoose(n, k);
  if (p === 0) return k === 0 ? 1 : 0;
  if (p === 1) return k === n ? 1 : 0;
  return Math.exp(log + k * Math.log(p) + (n - k) * Math.log1p(-p));
}

/** P(X ≤ k) for X ~ Binomial(n, p). */
export function binomialCdf(k: number, n: number, p: number): number {
  assertCount('k', k);
  assertCount('n', n);
  assertRange('p', p, [0, 1]);
  if (k >= n) return 1;
  if (p === 0) return 1;
  if (p === 1) return 0;
  return betaRegularized(1 - p, n - k, k + 1);
}

/** A quantile of the beta distribution, by bisection on its distribution function. */
function betaQuantile(probability: number, a: number, b: number): number {
  return findRoot((x) => betaRegularized(x, a, b) - probability, 0, 1);
}

/**
 * Clopper–Pearson interval of a share, `confidence` in (0, 1), two-sided. Exact: covers at least as often as
 * it says, which is why preflight thresholds use it. 0 of 100 gives [0, 3.6 %] two-sided 95 %, ≤ 3.0 %
 * one-sided.
 */
export function toClopperPearson(successes: number, trials: number, confidence = 0.95): Interval {
  assertInside('confidence', confidence, [0, 1]);
  const tail = (1 - confidence) / 2;
  return {
    lower: toClopperPearsonLower(successes, trials, 1 - tail),
    upper: toClopperPearsonUpper(successes, trials, 1 - tail),
  };
}

function assertShare(successes: number, trials: number): void {
  assertCount('trials', trials, 1);
  assertCount('successes', successes);
  if (successes > trials) throw new RangeError(`Cannot use ${successes} successes of ${trials} trials`);
}

/** One-sided lower bound of a share. */
export function toClopperPearsonLower(successes: number, trials: number, confidence = 0.95): number {
  assertShare(successes, trials);
  assertInside('confidence', confidence, [0, 1]);
  return successes === 0 ? 0 : betaQuantile(1 - confidence, successes, trials - successes + 1);
}

/** One-sided upper bound of a share. */
export function toClopperPearsonUpper(successes: number, trials: number, confidence = 0.95): number {
  assertShare(successes, trials);
  assertInside('confidence', confidence, [0, 1]);
  return successes === trials ? 1 : betaQuantile(confidence, successes + 1, trials - successes);
}
