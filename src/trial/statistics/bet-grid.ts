import { assertCount, assertInside, assertRange } from './assert-range.ts';

/**
 * The smallest bet of the log-spaced grid; it is the one that decides open text, where 70 % of pairs differ.
 */
const betMin = 0.004;
/**
 * Share of the wealth that may be lost in one bet. Below 1, so that no single unit can end a process for
 * good.
 */
const stakeMax = 0.95;
/** Bets in the mixture: more bring nothing measurable, fewer leave gaps of a factor two. */
const logBets = 14;
const linearBets = 10;

/** Which bets a process mixes. Chosen before the first unit and kept in the frame. */
export type BetGridKind = 'log' | 'linear';

/**
 * Log-spaced bets from .004 to .95 / `loss`, where `loss` > 0 is the most that a centred value can lose (1 −
 * Δ for the proof, 1 + Δ for harm). With 14 bets the ratio of neighbours is about 1.5, so the best one is
 * never missed by more than a quarter: proofs on open text take half the pairs of the linear grid.
 */
export function toLogGrid(loss: number, count = logBets): number[] {
  assertInside('loss', loss, [0, 1000]);
  assertCount('count', count, 2);
  const top = stakeMax / loss;
  const bottom = Math.min(betMin, top / 2);
  const ratio = Math.log(top / bottom);
  return Array.from({ length: count }, (_, index) => bottom * Math.exp((ratio * index) / (count - 1)));
}

/**
 * Evenly spaced bets .95 j / ((J + 1) loss), j = 1…J: quicker by a third when fewer than 1 in 20 pairs
 * differ.
 */
export function toLinearGrid(loss: number, count = linearBets): number[] {
  assertInside('loss', loss, [0, 1000]);
  assertCount('count', count, 1);
  return Array.from({ length: count }, (_, index) => (stakeMax * (index + 1)) / ((count + 1) * loss));
}

/** The bets of a named grid. */
export function toGrid(kind: BetGridKind, loss: number): number[] {
  return kind === 'log' ? toLogGrid(loss) : toLinearGrid(loss);
}

/** Δ must leave room on both sides: with Δ ≥ 1 every candidate is within the margin. */
export function assertMargin(margin: number): void {
  assertRange('margin', margin, [0, 0.99]);
}
