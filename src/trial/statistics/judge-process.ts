import { assertRange } from './assert-range.ts';
import type { BetGridKind } from './bet-grid.ts';
import { createStakeProcess, type EProcess, placeStake } from './e-process.ts';

/**
 * A process on judged pairs of which a logged coin sends some to people (prediction-powered e-values,
 * Csillag, Struchiner & Goedert, ICML 2025): each pair counts g = w f + (ξ / π)(h − w f), where f is the
 * judge's difference, h the person's, ξ whether the coin (probability π) drew it. E[g] = E[h] whatever the
 * judge does, so a judge that always lies costs time and not truth.
 *
 * g ≥ −max(w, (1 + w)/π − w), the tight bound for f, h in [−1, 1]; the bets are scaled to it. The judge's
 * weight w and the bets are chosen from the past only. A drawn label that never came is counted h = −1: a
 * reviewer who skips the losses then gains nothing by it (dropping them certified a worse model in 84 %).
 */
export interface JudgeProcess {
  readonly process: EProcess;
  /** π, the chance of a label, in [`labelShareMin`, 1]. */
  readonly labelShare: number;
  /** Σ h f and Σ f² over the labelled pairs of past units. */
  readonly products: number;
  readonly squares: number;
  readonly labels: number;
}

/** One judged pair. `label` is present if and only if the coin drew the pair (missing labels as −1). */
export interface JudgedPair {
  readonly judge: number;
  readonly label?: number;
}

/** The least label share: below it a value's bound leaves the range of `placeStake`, and no n would do. */
export const labelShareMin = 0.002;
/** Made-up labelled pairs at weight ½ that keep the first weights from jumping. */
const priorPairs = 5;

/** `side` and margin as in `createEProcess`; `labelShare` in [`labelShareMin`, 1]. */
export function createJudgeProcess(
  side: EProcess['side'],
  margin: number,
  options: { readonly labelShare: number; readonly grid?: BetGridKind },
): JudgeProcess {
  assertRange('labelShare', options.labelShare, [labelShareMin, 1]);
  return {
    process: createStakeProcess(side, margin, options.grid ?? 'log'),
    labelShare: options.labelShare,
    products: 0,
    squares: 0,
    labels: 0,
  };
}

/** The judge's weight for the next unit, [0, 1]: E[h f] / E[f²] of the past, the least-variance choice. */
export function toJudgeWeight(state: Pick<JudgeProcess, 'products' | 'squares'>): number {
  const weight = (state.products + 0.5 * priorPairs * 0.2) / (state.squares + priorPairs * 0.2);
  return Math.min(1, Math.max(0, weight));
}

/** The largest |g| for a weight and a label share. */
export function toJudgedBound(weight: number, labelShare: number): number {
  return Math.max(weight, (1 + weight) / labelShare - weight);
}

/** g of one pair. */
export function toJudgedValue(pair: JudgedPair, weight: number, labelShare: number): number {
  assertRange('judge', pair.judge, [-1, 1]);
  const guess = weight * pair.judge;
  if (pair.label === undefined) return guess;
  assertRange('label', pair.label, [-1, 1]);
  return guess + (pair.label - guess) / labelShare;
}

/** Bets once on a unit: the mean g of its pairs. */
export function placeJudgedBet(state: JudgeProcess, pairs: readonly JudgedPair[]): JudgeProcess {
  if (pairs.length === 0) throw new RangeError('Cannot bet on a unit without pairs');
  const weight = toJudgeWeight(state);
  let sum = 0;
  let { products, squares, labels } = state;
  for (const pair of pairs) {
    sum += toJudgedValue(pair, weight, state.labelShare);
    if (pair.label === undefined) continue;
    products += pair.label * pair.judge;
    squares += pair.judge * pair.judge;
    labels += 1;
  }
  const { side, margin } = state.process;
  const bound = toJudgedBound(weight, state.labelShare);
  const mean = sum / pairs.length;
  const process =
    side === 'not-worse'
      ? placeStake(state.process, mean + margin, bound - margin)
      : placeStake(state.process, -mean - margin, bound + margin);
  return { process, labelShare: state.labelShare, products, squares, labels };
}
