import { assertCount, assertInside } from './assert-range.ts';

/**
 * More attempts on one task than this are a search, not a proof; the threshold is beyond any data by then.
 */
export const attemptsMax = 1_000_000;

/**
 * The E value that the k-th registered attempt on a task needs: k (k + 1) / α. The chances α / (k (k + 1))
 * sum to α over any number of attempts, so trying candidates until one passes is no way around the proof.
 */
export function toAttemptThreshold(attempt: number, alpha = 0.05): number {
  assertCount('attempt', attempt, 1);
  assertInside('alpha', alpha, [0, 1]);
  if (attempt > attemptsMax) throw new RangeError(`Cannot use attempt = ${attempt}: at most ${attemptsMax}`);
  return (attempt * (attempt + 1)) / alpha;
}

/**
 * e-Benjamini–Hochberg (Wang & Ramdas 2022, JRSS B): which of m hypotheses may be rejected so that the
 * expected share of false ones is at most α, under any dependence. Put every trial that was begun into
 * `values` (1 for one that has no evidence), not only the successful ones. Gives indices into `values`, in
 * rising order.
 */
export function selectByEValues(values: readonly number[], alpha = 0.05): number[] {
  assertInside('alpha', alpha, [0, 1]);
  for (const [index, value] of values.entries()) {
    if (!(value >= 0)) throw new RangeError(`Cannot use E value ${index} = ${value}: it must be at least 0`);
  }
  const order = values
    .map((_, index) => index)
    .toSorted((a, b) => (values[b] as number) - (values[a] as number));
  let kept = 0;
  for (let rank = 1; rank <= order.length; rank++) {
    if ((values[order[rank - 1] as number] as number) >= values.length / (rank * alpha)) kept = rank;
  }
  return order.slice(0, kept).toSorted((a, b) => a - b);
}
