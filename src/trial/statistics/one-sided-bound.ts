import { assertInside, assertRange, assertValues } from './assert-range.ts';
import { type BetGridKind, toGrid } from './bet-grid.ts';
import { findRoot } from './find-root.ts';
import { toLogE } from './e-process.ts';

/** Unit differences with how often each occurred; score differences take few values, so sums get short. */
export interface ValueCounts {
  readonly values: readonly number[];
  readonly counts: readonly number[];
}

/** Counts equal values. Differences must lie in [−1, 1]. */
export function toValueCounts(differences: readonly number[]): ValueCounts {
  assertValues('differences', differences, [-1, 1]);
  const seen = new Map<number, number>();
  for (const difference of differences) seen.set(difference, (seen.get(difference) ?? 0) + 1);
  return { values: [...seen.keys()], counts: [...seen.values()] };
}

/**
 * log E of the mixture against H0 "mean ≤ m" (the non-inferiority process with Δ = −m). Since the bets do not
 * change over time the order of the units does not matter, so counts are enough.
 */
export function toLogEAgainst(data: ValueCounts, mean: number, grid: BetGridKind = 'log'): number {
  const bets = toGrid(grid, 1 + mean);
  const logWealth = bets.map((bet) => {
    let sum = 0;
    for (let index = 0; index < data.values.length; index++) {
      sum += (data.counts[index] as number) * Math.log1p(bet * ((data.values[index] as number) - mean));
    }
    return sum;
  });
  const most = Math.max(...logWealth);
  return most + Math.log(logWealth.reduce((sum, wealth) => sum + Math.exp(wealth - most), 0) / bets.length);
}

/**
 * The one-sided bound that belongs to the rule "E ≥ threshold": the largest m such that H0 "mean ≤ m" is
 * rejected on these units. E falls as m rises (each factor 1 + λ_j(m)(d − m) does), so bound ≥ −Δ exactly
 * when E at margin Δ has reached the threshold. With threshold 1/α the bound at a stopping time is below the
 * mean with probability 1 − α. Gives −1 when nothing is rejected.
 */
export function toLowerBound(data: ValueCounts, threshold: number, grid: BetGridKind = 'log'): number {
  assertInside('threshold', threshold, [1, Infinity]);
  if (data.values.length === 0) return -1;
  const wanted = Math.log(threshold);
  const excess = (mean: number): number => toLogEAgainst(data, mean, grid) - wanted;
  // The grid is defined for 1 + m > 0; below −1 + 1e-6 there is nothing to claim anyway.
  const low = -1 + 1e-6;
  if (excess(low) < 0) return -1;
  const high = 0.999_999;
  if (excess(high) >= 0) return high;
  return findRoot(excess, low, high);
}

/** The one-sided bound from above, by the same inversion on the mirrored differences. */
export function toUpperBound(data: ValueCounts, threshold: number, grid: BetGridKind = 'log'): number {
  return -toLowerBound({ values: data.values.map((value) => -value), counts: data.counts }, threshold, grid);
}

/**
 * Two-sided interval for display: both bounds at 2/α, valid at any stopping time. It is wider than the rule
 * needs: at the moment of a Switch it still contains −Δ.
 */
export function toTwoSidedBounds(
  data: ValueCounts,
  alpha: number,
  grid: BetGridKind = 'log',
): [number, number] {
  assertRange('alpha', alpha, [1e-12, 0.999]);
  return [toLowerBound(data, 2 / alpha, grid), toUpperBound(data, 2 / alpha, grid)];
}

/** Values with bounds of their own, as a judge with human labels gives: |value| ≤ its bound. */
export interface BoundedValues {
  readonly values: readonly number[];
  /** The bound of each value, known before it; at least 1. */
  readonly bounds: readonly number[];
}

function assertBounded({ values, bounds }: BoundedValues): void {
  if (values.length !== bounds.length) throw new RangeError('Cannot use values without a bound for each');
  for (let index = 0; index < values.length; index++) {
    const bound = bounds[index] as number;
    assertRange(`bounds[${index}]`, bound, [1, Number.MAX_VALUE]);
    const slack = bound * 1e-12;
    assertRange(`values[${index}]`, values[index] as number, [-bound - slack, bound + slack]);
  }
}

/**
 * The one-sided bound of a process on judged values (`JudgeProcess`), by inverting the same mixture: stakes
 * do not depend on m and (g − m) / (B + m) falls as m rises, so E falls too.
 */
export function toJudgedLowerBound(
  data: BoundedValues,
  threshold: number,
  grid: BetGridKind = 'log',
): number {
  assertInside('threshold', threshold, [1, Infinity]);
  assertBounded(data);
  const wanted = Math.log(threshold);
  const stakes = toGrid(grid, 1);
  const excess = (mean: number): number => {
    // The same sums as `placeStake` makes, in place: a bisection walks some fifty times over all units.
    const logWealth = stakes.map(() => 0);
    for (let index = 0; index < data.values.length; index++) {
      const share = ((data.values[index] as number) - mean) / ((data.bounds[index] as number) + mean);
      for (let bet = 0; bet < stakes.length; bet++) {
        logWealth[bet] = (logWealth[bet] as number) + Math.log1p((stakes[bet] as number) * share);
      }
    }
    return toLogE({ logWealth }) - wanted;
  };
  const low = -1 + 1e-6;
  if (excess(low) < 0) return -1;
  if (excess(0.999_999) >= 0) return 0.999_999;
  return findRoot(excess, low, 0.999_999);
}
