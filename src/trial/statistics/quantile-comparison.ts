import { assertInside, assertValues } from './assert-range.ts';
import { findMinimum } from './find-root.ts';
import { createBetaBinomialMixture, type Mixture } from './uniform-boundaries.ts';

/** One arm's values in rising order. */
interface Arm {
  readonly sorted: readonly number[];
  readonly evidence: (below: number) => number;
  /** Share below the quantile that contradicts least, and the values between which it lies. */
  readonly easiest: number;
  readonly from: number;
  readonly to: number;
}

function countBelow(sorted: readonly number[], value: number, inclusive: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = sorted[middle] as number;
    if (at < value || (inclusive && at === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function toArm(values: readonly number[], p: number, mixture: Mixture): Arm {
  const sorted = [...values].toSorted((a, b) => a - b);
  const n = sorted.length;
  const evidence = (below: number): number => mixture.logValue((below - p) * n, p * (1 - p) * n);
  const easiest = findMinimum(evidence, 1e-9, 1 - 1e-9).x;
  const at = (rank: number): number => sorted[Math.min(n, Math.max(1, rank)) - 1] as number;
  return { sorted, evidence, easiest, from: at(Math.ceil(easiest * n)), to: at(Math.floor(easiest * n) + 1) };
}

function evidenceAt(arm: Arm, value: number): number {
  const n = arm.sorted.length;
  if (value < arm.from) return arm.evidence(countBelow(arm.sorted, value, true) / n);
  if (value > arm.to) return arm.evidence(countBelow(arm.sorted, value, false) / n);
  return arm.evidence(arm.easiest);
}

/**
 * Always-valid p value of "both arms have the same p-quantile" (Howard & Ramdas 2022, Bernoulli 28(3)), for
 * latencies: two independent samples, any distribution, any number of looks. `tOpt` is the sample size at
 * which it is sharpest.
 */
export function testQuantiles(
  first: readonly number[],
  second: readonly number[],
  shape: { readonly p: number; readonly tOpt?: number },
): number {
  const range = [-Number.MAX_VALUE, Number.MAX_VALUE] as const;
  assertValues('first', first, range);
  assertValues('second', second, range);
  assertInside('p', shape.p, [0, 1]);
  const { p } = shape;
  const mixture = createBetaBinomialMixture(
    { vOpt: (shape.tOpt ?? 100) * p * (1 - p) },
    { g: p, h: 1 - p },
    2,
  );
  const arms = [toArm(first, p, mixture), toArm(second, p, mixture)].toSorted((a, b) => a.to - b.to);
  const [low, high] = arms as [Arm, Arm];
  const objective = (value: number): number => evidenceAt(low, value) + evidenceAt(high, value);
  let least = Math.min(objective(low.to), objective(high.from));
  const begin = Math.max(1, countBelow(high.sorted, low.to, true));
  const end = countBelow(high.sorted, high.from, true);
  for (let rank = begin; rank <= end; rank++) {
    least = Math.min(least, objective(high.sorted[rank - 1] as number));
  }
  return Math.min(1, Math.exp(-least));
}
