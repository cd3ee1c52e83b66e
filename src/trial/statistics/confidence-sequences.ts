/**
 * Two-sided confidence sequences for display, for values in [0, 1] (map a difference d by (d + 1) / 2), after
 * Waudby-Smith & Ramdas (2024), "Estimating means of bounded random variables by betting", and equal to the
 * authors' `confseq` package. Each gives an interval after every value; each interval may be looked at.
 */
import { assertCount, assertInside, assertValues } from './assert-range.ts';

export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** How the two sides of a betting martingale are joined, or which one is used alone. */
export type BettingSides = 'max' | 'mean' | 'positive';

/**
 * Bets √(2 ln(1/α) / (t ln(1+t) σ̂²_{t−1})), where the variance starts from one made-up value ½ with variance
 * ¼. Predictable: the bet at t uses values before t only.
 */
export function toPredictableBets(values: readonly number[], alpha: number, truncation = Infinity): number[] {
  assertValues('values', values, [0, 1]);
  assertInside('alpha', alpha, [0, 1]);
  let sum = 0.5;
  let squares = 0.25;
  return values.map((value, index) => {
    const t = index + 1;
    const variance = squares / t;
    const bet = Math.sqrt((2 * Math.log(1 / alpha)) / (t * Math.log(1 + t) * variance));
    sum += value;
    const mean = Math.min(sum / (t + 1), 1);
    squares += (value - mean) ** 2;
    return Math.min(bet, truncation);
  });
}

/** Share of the largest admissible bet that is used (1 would risk ruin in one value). */
const truncationScale = 0.5;

function logCapital(
  values: readonly number[],
  mean: number,
  side: { bets: readonly number[]; up: boolean },
): number[] {
  const most = truncationScale / (side.up ? mean : 1 - mean);
  let log = 0;
  return values.map((value, index) => {
    const bet = Math.min(side.bets[index] as number, most);
    const gap = side.up ? value - mean : mean - value;
    // An infinite bet on nothing gained counts as no bet; on a loss it is ruin.
    const factor = gap === 0 ? 1 : 1 + bet * gap;
    log += factor <= 0 ? -Infinity : Math.log(factor);
    return log;
  });
}

/**
 * log of the betting martingale against "the mean is `mean`", after each value. `max` and `mean` join the
 * sides with weight ½ each; `positive` looks for larger means only and bets at the full α.
 */
export function toLogBettingMartingale(
  values: readonly number[],
  mean: number,
  options: { readonly alpha?: number; readonly sides?: BettingSides } = {},
): number[] {
  const alpha = options.alpha ?? 0.05;
  const sides = options.sides ?? 'max';
  const bets = toPredictableBets(values, sides === 'positive' ? alpha : alpha / 2);
  const up = logCapital(values, mean, { bets, up: true });
  if (sides === 'positive') return up;
  const down = logCapital(values, mean, { bets, up: false });
  return up.map((positive, index) => {
    const negative = down[index] as number;
    const more = Math.max(positive, negative);
    if (sides === 'max') return Math.LN2 * -1 + more;
    return more + Math.log(0.5 * (Math.exp(positive - more) + Math.exp(negative - more)));
  });
}

/**
 * Betting confidence sequence by a grid of `breaks` steps: all means whose martingale stays at most 1/α,
 * widened by one step on each side. O(n · breaks).
 */
export function toBettingSequence(
  values: readonly number[],
  options: { readonly alpha?: number; readonly breaks?: number } = {},
): Interval[] {
  const alpha = options.alpha ?? 0.05;
  const breaks = options.breaks ?? 1000;
  assertCount('breaks', breaks, 2);
  const limit = Math.log(1 / alpha);
  const bets = toPredictableBets(values, alpha / 2);
  const lowest = new Array<number>(values.length).fill(-1);
  const highest = new Array<number>(values.length).fill(-1);
  for (let step = 0; step <= breaks; step++) {
    const up = logCapital(values, step / breaks, { bets, up: true });
    const down = logCapital(values, step / breaks, { bets, up: false });
    for (let index = 0; index < values.length; index++) {
      if (Math.max(up[index] as number, down[index] as number) - Math.LN2 > limit) continue;
      if (lowest[index] === -1) lowest[index] = step;
      highest[index] = step;
    }
  }
  return values.map((_, index) => ({
    lower: lowest[index] === -1 ? 0 : Math.max(0, ((lowest[index] as number) - 1) / breaks),
    upper: highest[index] === -1 ? 1 : Math.min(1, ((highest[index] as number) + 1) / breaks),
  }));
}

function mixLower(
  values: readonly number[],
  alpha: number,
  term: (index: number) => { bet: number; penalty: number },
): number[] {
  let weight = 0;
  let weighted = 0;
  let penalties = 0;
  return values.map((value, index) => {
    const { bet, penalty } = term(index);
    weight += bet;
    weighted += bet * value;
    penalties += penalty;
    return Math.max(0, (weighted - Math.log(1 / alpha) - penalties) / weight);
  });
}

function bernsteinLower(values: readonly number[], alpha: number): number[] {
  const bets = toPredictableBets(values, alpha, truncationScale);
  let sum = 0;
  return mixLower(values, alpha, (index) => {
    const before = index === 0 ? 0 : sum / index;
    const value = values[index] as number;
    sum += value;
    const bet = bets[index] as number;
    return { bet, penalty: (value - before) ** 2 * (-Math.log1p(-bet) - bet) };
  });
}

function hoeffdingLower(values: readonly number[], alpha: number): number[] {
  return mixLower(values, alpha, (index) => {
    const t = index + 1;
    const bet = Math.min(1, Math.sqrt((8 * Math.log(1 / alpha)) / (t * Math.log(1 + t))));
    return { bet, penalty: (bet * bet) / 8 };
  });
}

type Lower = (values: readonly number[], alpha: number) => number[];

function bothSides(values: readonly number[], alpha: number, lower: Lower): Interval[] {
  const below = lower(values, alpha / 2);
  const above = lower(
    values.map((value) => 1 - value),
    alpha / 2,
  );
  return below.map((bound, index) => ({ lower: bound, upper: 1 - (above[index] as number) }));
}

/** Predictable-mixture empirical Bernstein confidence sequence; cheap, somewhat wider than betting. */
export function toBernsteinSequence(values: readonly number[], alpha = 0.05): Interval[] {
  return bothSides(values, alpha, bernsteinLower);
}

/** Predictable-mixture Hoeffding confidence sequence; knows no variance, kept for comparison. */
export function toHoeffdingSequence(values: readonly number[], alpha = 0.05): Interval[] {
  return bothSides(values, alpha, hoeffdingLower);
}

/**
 * Half-width of the asymptotic confidence sequence (Waudby-Smith et al. 2024, Ann. Statist.), narrowest
 * around `optimalCount` values. Not exact for small n: for plots only, never for a decision.
 */
export function toAsymptoticMargin(input: {
  readonly count: number;
  readonly variance: number;
  readonly alpha: number;
  readonly optimalCount: number;
}): number {
  assertCount('count', input.count, 1);
  assertInside('variance', input.variance, [-1e-300, Infinity]);
  assertInside('alpha', input.alpha, [0, 1]);
  assertCount('optimalCount', input.optimalCount, 1);
  const { count, variance, alpha } = input;
  const log = -2 * Math.log(alpha);
  const rhoSquare = (log + Math.log(log) + 1) / input.optimalCount;
  const spread = count * variance * rhoSquare + 1;
  return Math.sqrt((spread / (count * count * rhoSquare)) * Math.log(spread / (alpha * alpha)));
}
