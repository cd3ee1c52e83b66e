import { assertInside, assertRange } from './assert-range.ts';
import { assertMargin, type BetGridKind, toGrid } from './bet-grid.ts';

/**
 * A restarting e-detector (e-SR, Shin, Ramdas & Rinaldo 2024): per bet M ← (M + 1)(1 + λ x), mixed over the
 * bets. While the process is healthy the mean time to a false alarm at "M ≥ A" is at least A values. Unlike a
 * process with a fixed start it does not go deaf: an 8-point loss is found after about as many units on day
 * 100 as on day 1, because every moment counts as a possible beginning.
 */
export interface EDetector {
  readonly bets: readonly number[];
  /** log(1 + M) per bet: starts at 0, finite for ever, so that it survives JSON. */
  readonly logOnePlus: readonly number[];
  readonly count: number;
}

/** A detector for values x ≥ −loss. */
export function createDetector(loss: number, grid: BetGridKind = 'log'): EDetector {
  const bets = toGrid(grid, loss);
  return { bets, logOnePlus: bets.map(() => 0), count: 0 };
}

/** A detector of "the candidate is worse than −Δ" on unit differences in [−1, 1]. */
export function createHarmDetector(margin: number, grid: BetGridKind = 'log'): EDetector {
  assertMargin(margin);
  return createDetector(1 + margin, grid);
}

/** Feeds one centred value x: positive values speak for the change that is looked for. */
export function feedDetector(detector: EDetector, x: number): EDetector {
  assertRange('x', x, [-1000, 1000]);
  const { bets, logOnePlus } = detector;
  const next = new Array<number>(bets.length);
  for (let index = 0; index < bets.length; index++) {
    const factor = 1 + (bets[index] as number) * x;
    if (!(factor > 0)) {
      throw new RangeError(`Cannot feed x = ${x}: it is below the loss that the detector was made for`);
    }
    const before = logOnePlus[index] as number;
    // Invariant: log(1 + e^before · factor), written so that e^before never overflows.
    next[index] =
      before < 30
        ? Math.log1p(Math.exp(before) * factor)
        : before + Math.log(factor) + Math.exp(-before) / factor;
  }
  return { bets, logOnePlus: next, count: detector.count + 1 };
}

/** Feeds one unit difference in [−1, 1] into a detector made by `createHarmDetector` with the same margin. */
export function feedHarm(detector: EDetector, difference: number, margin: number): EDetector {
  assertRange('difference', difference, [-1, 1]);
  return feedDetector(detector, -difference - margin);
}

/** M, the mean of the bets' statistics; an alarm is due when it reaches the threshold. */
export function toDetectorValue(detector: EDetector): number {
  let sum = 0;
  for (const value of detector.logOnePlus) sum += Math.expm1(Math.min(value, 700));
  return sum / detector.logOnePlus.length;
}

/**
 * The threshold for "at most one false alarm in `days` days over all detectors": with u values a day and K
 * detectors each alarms falsely at most u/A times a day, so A = days · u · K. Never below 20.
 */
export function toAlarmThreshold(promise: {
  readonly days: number;
  readonly valuesPerDay: number;
  readonly detectors: number;
}): number {
  assertInside('days', promise.days, [0, 1e6]);
  assertInside('valuesPerDay', promise.valuesPerDay, [0, 1e9]);
  assertInside('detectors', promise.detectors, [0, 1e6]);
  return Math.max(20, promise.days * promise.valuesPerDay * promise.detectors);
}
