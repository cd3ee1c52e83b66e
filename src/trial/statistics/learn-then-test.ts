import { assertInside, assertRange } from './assert-range.ts';
import { binomialCdf } from './binomial.ts';

/** One threshold that a router could use, with its losses on held-out labels. */
export interface ThresholdLosses {
  readonly threshold: number;
  /** Loss of each held-out case at this threshold, in [0, 1]; 0/1 or graded. */
  readonly losses: readonly number[];
}

/**
 * p value of "expected loss > limit" from n independent losses in [0, 1]: the smaller of Hoeffding's and
 * Bentkus's bounds (Bates et al. 2021, "Distribution-free, risk-controlling prediction sets").
 */
export function toRiskPValue(losses: readonly number[], limit: number): number {
  assertInside('limit', limit, [0, 1]);
  if (losses.length === 0) return 1;
  let sum = 0;
  for (const loss of losses) {
    assertRange('loss', loss, [0, 1]);
    sum += loss;
  }
  const n = losses.length;
  const mean = Math.min(sum / n, limit);
  const rest = mean === 0 ? 0 : mean * Math.log(mean / limit);
  const other = mean === 1 ? 0 : (1 - mean) * Math.log((1 - mean) / (1 - limit));
  const hoeffding = Math.exp(-n * (rest + other));
  const bentkus = Math.E * binomialCdf(Math.min(n, Math.ceil(sum)), n, limit);
  return Math.min(1, hoeffding, bentkus);
}

/**
 * Learn then test (Angelopoulos et al. 2021), fixed sequence: thresholds are tested in the given order,
 * safest first, each at level δ, and the last one before the first failure may be used. P(its true loss >
 * limit) ≤ δ. Picking the threshold that merely looks best breaks its promise in 54–60 %. The order must be
 * fixed before the labels are seen. `undefined` when not even the first passes.
 */
export function chooseThreshold(
  candidates: readonly ThresholdLosses[],
  promise: { readonly limit: number; readonly delta: number },
): number | undefined {
  assertInside('delta', promise.delta, [0, 1]);
  let chosen: number | undefined;
  for (const candidate of candidates) {
    if (toRiskPValue(candidate.losses, promise.limit) > promise.delta) break;
    chosen = candidate.threshold;
  }
  return chosen;
}
