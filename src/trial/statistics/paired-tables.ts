import { assertCount, assertInside, assertRange } from './assert-range.ts';
import { binomialCdf, binomialMass } from './binomial.ts';
import type { Interval } from './confidence-sequences.ts';
import { findRoot } from './find-root.ts';
import { gammaUpper, normalQuantile } from './special-functions.ts';

/** Paired right/wrong outcomes: `wins` candidate right and incumbent wrong, `losses` the reverse. */
export interface PairedCounts {
  readonly wins: number;
  readonly losses: number;
  /** All pairs, ties included. */
  readonly pairs: number;
}

/** The McNemar tests of "wins and losses are equally likely". Fixed n: not for repeated looks. */
export interface McNemar {
  /** Exact two-sided p, 2 · BinCDF(min; wins + losses, ½), at most 1. */
  readonly exact: number;
  /** Mid-p: less conservative, keeps 5 % in practice (Fagerland et al. 2013); 1 − ½ P(tie) at a tie. */
  readonly midP: number;
  readonly chiSquare: number;
  readonly chiSquareP: number;
  /** With Edwards' continuity correction. */
  readonly correctedChiSquare: number;
  readonly correctedP: number;
}

/** p of a chi-square value with one degree of freedom. */
function chiSquareTail(value: number): number {
  return gammaUpper(0.5, value / 2);
}

/** McNemar's tests. wins + losses must be at least 1. */
export function testMcNemar(wins: number, losses: number): McNemar {
  assertCount('wins', wins);
  assertCount('losses', losses);
  const differing = wins + losses;
  assertCount('wins + losses', differing, 1);
  const fewer = Math.min(wins, losses);
  const twice = 2 * binomialCdf(fewer, differing, 0.5);
  const chiSquare = (wins - losses) ** 2 / differing;
  const corrected = (Math.abs(wins - losses) - 1) ** 2 / differing;
  return {
    exact: Math.min(1, twice),
    // At a tie both tails hold the same middle term: it is halved once, not taken off a sum above 1.
    midP: Math.min(1, twice) - binomialMass(fewer, differing, 0.5) * (wins === losses ? 0.5 : 1),
    chiSquare,
    chiSquareP: chiSquareTail(chiSquare),
    correctedChiSquare: corrected,
    correctedP: chiSquareTail(corrected),
  };
}

function assertCounts(counts: PairedCounts): void {
  assertCount('wins', counts.wins);
  assertCount('losses', counts.losses);
  assertCount('pairs', counts.pairs, 1);
  if (counts.wins + counts.losses > counts.pairs) {
    throw new RangeError(
      `Cannot use ${counts.wins} wins and ${counts.losses} losses of ${counts.pairs} pairs`,
    );
  }
}

/**
 * Tango's score statistic (1998, Statist. Med. 17) of H0 "difference = `difference`", for wins − losses over
 * pairs. Non-inferior at one fixed n if the value at −Δ exceeds 1.645. `difference` in (−1, 1).
 */
export function toTangoScore(counts: PairedCounts, difference: number): number {
  assertCounts(counts);
  assertRange('difference', difference, [-1, 1]);
  const { wins, losses, pairs } = counts;
  const a = 2 * pairs;
  const b = -wins - losses + (2 * pairs - wins + losses) * difference;
  const c = -losses * difference * (1 - difference);
  const loss = (Math.sqrt(Math.max(0, b * b - 4 * a * c)) - b) / (2 * a);
  const variance = pairs * (2 * loss + difference * (1 - difference));
  const gap = wins - losses - pairs * difference;
  if (variance <= 0) return gap === 0 ? 0 : Math.sign(gap) * Infinity;
  return gap / Math.sqrt(variance);
}

/** Tango's score interval: all differences whose score is within the normal quantile. */
export function toTangoInterval(counts: PairedCounts, confidence = 0.95): Interval {
  assertCounts(counts);
  assertInside('confidence', confidence, [0, 1]);
  const z = normalQuantile(1 - (1 - confidence) / 2);
  const center = (counts.wins - counts.losses) / counts.pairs;
  const edge = 1 - 1e-12;
  return {
    lower: center <= -edge ? -1 : findRoot((x) => toTangoScore(counts, x) - z, -edge, center),
    upper: center >= edge ? 1 : findRoot((x) => toTangoScore(counts, x) + z, center, edge),
  };
}

/** Mean difference with its Wald standard error √((b + c − (b − c)²/n)) / n. */
export function toPairedDifference(counts: PairedCounts): {
  readonly difference: number;
  readonly error: number;
} {
  assertCounts(counts);
  const { wins, losses, pairs } = counts;
  const spread = wins + losses - (wins - losses) ** 2 / pairs;
  return { difference: (wins - losses) / pairs, error: Math.sqrt(Math.max(0, spread)) / pairs };
}
