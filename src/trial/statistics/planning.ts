import type { Random } from '../../kernel/index.ts';
import { assertCount, assertInside, assertRange } from './assert-range.ts';
import { assertMargin, type BetGridKind } from './bet-grid.ts';
import { createHarmDetector, feedHarm, toDetectorValue } from './e-detector.ts';
import { createEProcess, hasReached, placeBet } from './e-process.ts';
import { normalQuantile } from './special-functions.ts';

/** Simulated trials per plan: the 80 % quantile is then known to about 5 %. */
const runsDefault = 400;
/** Units after which a simulated trial is given up. */
const unitsMax = 200_000;
/** Bets placed in one plan, so that an impossible plan ends (about a second). */
const betsMax = 3_000_000;

/** Fixed-n sample size of a paired non-inferiority test, (z_{1−α} + z_power)² ψ / Δ² at true difference 0. */
export function planFixedUnits(input: {
  readonly margin: number;
  /** ψ, the share of pairs whose outcomes differ, (0, 1]. */
  readonly discordance: number;
  readonly alpha?: number;
  readonly power?: number;
}): number {
  assertInside('margin', input.margin, [0, 1]);
  assertInside('discordance', input.discordance, [0, 1 + 1e-12]);
  const z = normalQuantile(1 - (input.alpha ?? 0.05)) + normalQuantile(input.power ?? 0.8);
  return Math.ceil((z * z * input.discordance) / input.margin ** 2);
}

/** What is believed of a trial before it starts. */
export interface Outlook {
  readonly margin: number;
  /** ψ, share of units that differ, [0, 1]. */
  readonly discordance: number;
  /** Believed true difference, |difference| ≤ ψ; 0 unless something is known. */
  readonly difference?: number;
  readonly grid?: BetGridKind;
  readonly runs?: number;
}

function assertOutlook(outlook: Outlook): void {
  assertMargin(outlook.margin);
  assertRange('discordance', outlook.discordance, [0, 1]);
  assertRange('difference', outlook.difference ?? 0, [-outlook.discordance, outlook.discordance]);
}

/** Draws −1, 0 or 1 with the share and mean of the outlook. */
function drawDifference(outlook: Pick<Outlook, 'discordance' | 'difference'>, random: Random): number {
  const u = random.unit();
  if (u >= outlook.discordance) return 0;
  return u < (outlook.discordance + (outlook.difference ?? 0)) / 2 ? 1 : -1;
}

/** Quantiles of a number of units; `Infinity` where the trial does not get there. */
export interface UnitsPlan {
  readonly median: number;
  readonly quantile80: number;
  readonly quantile95: number;
  readonly runs: number;
}

function toPlan(units: number[], asked: number): UnitsPlan {
  const sorted = units.toSorted((a, b) => a - b);
  const at = (share: number): number => {
    const index = Math.ceil(share * asked) - 1;
    return index < sorted.length ? (sorted[index] as number) : Infinity;
  };
  return { median: at(0.5), quantile80: at(0.8), quantile95: at(0.95), runs: asked };
}

function simulate(runs: number, one: (left: number) => { units: number; done: boolean }): UnitsPlan {
  assertCount('runs', runs, 10);
  const found: number[] = [];
  let left = betsMax;
  let asked = 0;
  for (; asked < runs && left > 0; asked++) {
    const { units, done } = one(Math.min(left, unitsMax));
    left -= units;
    if (done) found.push(units);
  }
  return toPlan(found, asked);
}

/**
 * Units until E reaches the threshold, by simulating the very process that will decide. A formula would have
 * to approximate a mixture's first passage; this cannot disagree with the decision.
 */
export function planUnits(outlook: Outlook & { readonly threshold: number }, random: Random): UnitsPlan {
  assertOutlook(outlook);
  return simulate(outlook.runs ?? runsDefault, (left) => {
    let process = createEProcess('not-worse', outlook.margin, outlook.grid);
    while (process.count < left) {
      process = placeBet(process, drawDifference(outlook, random));
      if (hasReached(process, outlook.threshold)) return { units: process.count, done: true };
    }
    return { units: left, done: false };
  });
}

/** Paired units until the harm detector alarms after a loss of `loss` points (0…1) has begun. */
export function planDetection(
  outlook: Omit<Outlook, 'difference'> & { readonly loss: number; readonly alarmThreshold: number },
  random: Random,
): UnitsPlan {
  const drawn = { ...outlook, difference: -outlook.loss };
  assertOutlook(drawn);
  return simulate(outlook.runs ?? runsDefault, (left) => {
    let detector = createHarmDetector(outlook.margin, outlook.grid);
    while (detector.count < left) {
      detector = feedHarm(detector, drawDifference(drawn, random), outlook.margin);
      if (toDetectorValue(detector) >= outlook.alarmThreshold) return { units: detector.count, done: true };
    }
    return { units: left, done: false };
  });
}

/**
 * The share of live units that must be answered by both, so that a loss of `loss` is seen within `days` days
 * in 80 % of cases. Above 1 the promise cannot be kept at this traffic: say so instead of promising.
 */
export function planPairedShare(
  promise: Parameters<typeof planDetection>[0] & { readonly days: number; readonly unitsPerDay: number },
  random: Random,
): { readonly share: number; readonly units: number } {
  assertInside('days', promise.days, [0, Infinity]);
  assertInside('unitsPerDay', promise.unitsPerDay, [0, Infinity]);
  const units = planDetection(promise, random).quantile80;
  return { share: units / (promise.days * promise.unitsPerDay), units };
}

/**
 * n_max of a stage: twice the units that 95 % of trials of a truly equal candidate need, so that futility
 * seldom ends a good one; `Infinity` when the outlook never decides.
 */
export function planUnitsMax(outlook: Outlook & { readonly threshold: number }, random: Random): number {
  return 2 * planUnits(outlook, random).quantile95;
}

/**
 * Margin from an error ratio: errors may grow by `ratio` ≥ 1 from what the incumbent makes. Three points
 * sound small and double the errors of a 97 % task; a ratio says what is meant.
 */
export function toMarginFromErrorRatio(incumbentScore: number, ratio: number): number {
  assertRange('incumbentScore', incumbentScore, [0, 1]);
  assertRange('ratio', ratio, [1, 100]);
  return Math.min((1 - incumbentScore) * (ratio - 1), 0.99);
}

/**
 * n_min that keeps the bias of the mean at the stopping moment within about .3 points: 700 units at 3 points,
 * and as 1/Δ² elsewhere.
 */
export function toUnitsMin(margin: number): number {
  assertInside('margin', margin, [0, 1]);
  return Math.ceil(700 * (0.03 / margin) ** 2);
}
