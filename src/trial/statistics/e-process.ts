import { assertInside, assertRange } from './assert-range.ts';
import { assertMargin, type BetGridKind, toGrid } from './bet-grid.ts';

/**
 * A mixture of betting martingales on unit differences d = candidate − incumbent in [−1, 1]: E_n = (1/J) Σ_j
 * Π_{i≤n} (1 + λ_j x_i), kept as log wealth per bet so that it can neither overflow nor vanish.
 *
 * - side `not-worse`: x = d + Δ. Under H0 "E[d | past] ≤ −Δ" E is a non-negative supermartingale that starts
 *   at 1, so P(E ever reaches 1/α) ≤ α (Ville 1939) however often one looks.
 * - side `worse`: x = −(d + Δ), for H0 "E[d | past] ≥ −Δ": evidence of harm.
 *
 * Plain data: it can be stored as JSON and continued. Source: Waudby-Smith & Ramdas (2024), "Estimating means
 * of bounded random variables by betting", JRSS B 86(1); grid as in `toLogGrid`.
 */
export interface EProcess {
  readonly side: 'not-worse' | 'worse';
  /** Δ in score points, [0, .99]. */
  readonly margin: number;
  readonly bets: readonly number[];
  /** log Π (1 + λ_j x_i), one per bet; always finite. */
  readonly logWealth: readonly number[];
  /** Units bet on so far. */
  readonly count: number;
}

/** A process at wealth 1. Throws a RangeError when Δ is outside [0, .99]. */
export function createEProcess(side: EProcess['side'], margin: number, grid: BetGridKind = 'log'): EProcess {
  assertMargin(margin);
  const bets = toGrid(grid, side === 'not-worse' ? 1 - margin : 1 + margin);
  return { side, margin, bets, logWealth: bets.map(() => 0), count: 0 };
}

/**
 * Places the bet of one unit, whose mean difference is `difference` in [−1, 1]; gives the process after it.
 */
export function placeBet(process: EProcess, difference: number): EProcess {
  if (!(difference >= -1 && difference <= 1)) assertRange('difference', difference, [-1, 1]);
  const x = process.side === 'not-worse' ? difference + process.margin : -difference - process.margin;
  const { bets, logWealth } = process;
  const next = new Array<number>(bets.length);
  for (let index = 0; index < bets.length; index++) {
    next[index] = (logWealth[index] as number) + Math.log1p((bets[index] as number) * x);
  }
  return { side: process.side, margin: process.margin, bets, logWealth: next, count: process.count + 1 };
}

/**
 * Places a bet on a value with bounds of its own: x is the centred value and `loss` > 0 the most that it can
 * lose (x ≥ −loss). For processes made by `createStakeProcess`, whose bets are shares of the wealth: λ_j =
 * stake_j / loss. `loss` must be known before the value, or the process is no supermartingale any more.
 */
export function placeStake(process: EProcess, x: number, loss: number): EProcess {
  assertInside('loss', loss, [0, 1000]);
  if (!(x >= -loss * (1 + 1e-12) && x < Infinity)) {
    throw new RangeError(`Cannot bet on x = ${x}: below −${loss}`);
  }
  const logWealth = process.logWealth.map(
    (wealth, index) => wealth + Math.log1p(((process.bets[index] as number) * x) / loss),
  );
  return { ...process, logWealth, count: process.count + 1 };
}

/** A process at wealth 1 whose bets are stakes from .004 to .95 of the wealth, for `placeStake`. */
export function createStakeProcess(
  side: EProcess['side'],
  margin: number,
  grid: BetGridKind = 'log',
): EProcess {
  assertMargin(margin);
  const bets = toGrid(grid, 1);
  return { side, margin, bets, logWealth: bets.map(() => 0), count: 0 };
}

/** log E of a process, computed without overflow. */
export function toLogE(process: Pick<EProcess, 'logWealth'>): number {
  const { logWealth } = process;
  let most = -Infinity;
  for (const wealth of logWealth) if (wealth > most) most = wealth;
  let sum = 0;
  for (const wealth of logWealth) sum += Math.exp(wealth - most);
  return most + Math.log(sum / logWealth.length);
}

/** E of a process; `Infinity` beyond 1e308 (compare `toLogE` there). */
export function toE(process: Pick<EProcess, 'logWealth'>): number {
  return Math.exp(toLogE(process));
}

/**
 * Whether E ≥ threshold now. Looks at the largest wealth first: since E ≤ the largest of them, most units are
 * answered without an exponential.
 */
export function hasReached(process: Pick<EProcess, 'logWealth'>, threshold: number): boolean {
  const wanted = Math.log(threshold);
  for (const wealth of process.logWealth) if (wealth >= wanted) return toLogE(process) >= wanted - 1e-12;
  return false;
}

/**
 * The highest E that the process would have after `units` more units if each bet went on growing at its
 * average so far plus `sigmas` standard errors (`deviation` = standard deviation of the unit differences).
 * Used for futility: when even this does not reach the threshold, more data are wasted. Gives log E.
 */
export function projectLogE(
  process: EProcess,
  outlook: { readonly units: number; readonly deviation: number; readonly sigmas: number },
): number {
  if (process.count === 0) return Infinity;
  const hope = (outlook.sigmas * outlook.deviation) / Math.sqrt(process.count);
  const logWealth = process.logWealth.map(
    (wealth, index) =>
      wealth + outlook.units * (wealth / process.count + (process.bets[index] as number) * hope),
  );
  return toLogE({ logWealth });
}
