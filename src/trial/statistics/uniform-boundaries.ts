/**
 * Curves that a sum stays below for all time with probability 1 − α, after Howard, Ramdas, McAuliffe & Sekhon
 * (2021), "Time-uniform, nonparametric, nonasymptotic confidence sequences", Ann. Statist. 49(2); equal to
 * the authors' `confseq` package. `s` is the sum, `v` its intrinsic time (variance process), `vOpt` where the
 * bound is tightest.
 */
import { assertCount, assertInside, assertRange } from './assert-range.ts';
import type { Interval } from './confidence-sequences.ts';
import { findMinimum, findRoot } from './find-root.ts';
import {
  betaRegularized,
  gammaLower,
  gammaUpper,
  logBeta,
  logGamma,
  normalCdf,
  zeta,
} from './special-functions.ts';

/** A non-negative supermartingale in (s, v), as its logarithm, with the largest s that can occur. */
export interface Mixture {
  readonly logValue: (s: number, v: number) => number;
  readonly largest: (v: number) => number;
}

/** Where and at which α a mixture is tightest. */
export interface Tuning {
  readonly vOpt: number;
  readonly alphaOpt?: number;
}

function toRho(tuning: Tuning, sides: 1 | 2): number {
  assertInside('vOpt', tuning.vOpt, [0, Infinity]);
  const alpha = (tuning.alphaOpt ?? 0.05) * (sides === 1 ? 2 : 1);
  assertInside('alphaOpt', alpha, [0, 1]);
  const log = 2 * Math.log(1 / alpha);
  return tuning.vOpt / (log + Math.log(1 + log));
}

/** Tuning parameter ρ of the two-sided normal mixture. */
export function toNormalRho(tuning: Tuning): number {
  return toRho(tuning, 2);
}

const unbounded = (): number => Infinity;

/** Normal mixture for sub-Gaussian sums. */
export function createNormalMixture(tuning: Tuning, sides: 1 | 2): Mixture {
  const rho = toRho(tuning, sides);
  const logValue = (s: number, v: number): number => {
    const base = 0.5 * Math.log(rho / (v + rho)) + (s * s) / (2 * (v + rho));
    return sides === 2 ? base : base + Math.LN2 + Math.log(normalCdf(s / Math.sqrt(v + rho)));
  };
  return { logValue, largest: unbounded };
}

/** Gamma-exponential mixture for sub-exponential sums of scale `c` > 0. */
export function createGammaExponentialMixture(tuning: Tuning, c: number): Mixture {
  assertInside('c', c, [0, Infinity]);
  const rho = toRho(tuning, 1) / (c * c);
  const lead = rho * Math.log(rho) - logGamma(rho) - Math.log(gammaLower(rho, rho));
  const logValue = (s: number, v: number): number => {
    const time = v / (c * c) + rho;
    const sum = s / c + v / (c * c);
    return lead + logGamma(time) + Math.log(gammaLower(time, sum + rho)) - time * Math.log(sum + rho) + sum;
  };
  return { logValue, largest: unbounded };
}

/** Gamma-Poisson mixture for sub-Poisson sums of scale `c` > 0. */
export function createGammaPoissonMixture(tuning: Tuning, c: number): Mixture {
  assertInside('c', c, [0, Infinity]);
  const rho = toRho(tuning, 1) / (c * c);
  const lead = rho * Math.log(rho) - logGamma(rho) - Math.log(gammaUpper(rho, rho));
  const logValue = (s: number, v: number): number => {
    const time = v / (c * c) + rho;
    const sum = s / c + time;
    return lead + logGamma(sum) + Math.log(gammaUpper(sum, time)) - sum * Math.log(time) + v / (c * c);
  };
  return { logValue, largest: unbounded };
}

/** Beta-binomial mixture for sums of values in [−g, h]. */
export function createBetaBinomialMixture(
  tuning: Tuning,
  range: { g: number; h: number },
  sides: 1 | 2,
): Mixture {
  const { g, h } = range;
  assertInside('g', g, [0, Infinity]);
  assertInside('h', h, [0, Infinity]);
  const r = Math.max(toRho(tuning, sides) - g * h, 1e-3 * g * h);
  const width = g + h;
  const cut = sides === 1 ? h / width : 1;
  const logIncomplete = (a: number, b: number): number =>
    (cut === 1 ? 0 : Math.log(betaRegularized(cut, a, b))) + logBeta(a, b);
  const norm = logIncomplete(r / (g * width), r / (h * width));
  const logValue = (s: number, v: number): number =>
    (v / (g * h)) * Math.log(width) -
    ((v + h * s) / (h * width)) * Math.log(g) -
    ((v - g * s) / (g * width)) * Math.log(h) +
    logIncomplete((r + v - g * s) / (g * width), (r + v + h * s) / (h * width)) -
    norm;
  return { logValue, largest: (v) => v / g };
}

/** Doublings of v in search of a sum that the mixture rejects. */
const doublingsMax = 50;

/** The sum at which a mixture reaches 1/α at time v. */
export function toMixtureBound(mixture: Mixture, v: number, alpha: number): number {
  assertInside('v', v, [0, Infinity]);
  assertInside('alpha', alpha, [0, 1]);
  const wanted = Math.log(1 / alpha);
  let high = mixture.largest(v);
  if (high === Infinity) {
    high = v;
    for (let step = 0; step < doublingsMax && mixture.logValue(high, v) <= wanted; step++) high *= 2;
  }
  if (mixture.logValue(high, v) < wanted) return high;
  return findRoot((s) => mixture.logValue(s, v) - wanted, 0, high);
}

/** Polynomial stitched bound for sub-gamma sums of scale `c`. */
export function toStitchedBound(
  v: number,
  alpha: number,
  shape: { readonly vMin: number; readonly c: number; readonly s?: number; readonly eta?: number },
): number {
  assertInside('vMin', shape.vMin, [0, Infinity]);
  assertInside('alpha', alpha, [0, 1]);
  const s = shape.s ?? 1.4;
  const eta = shape.eta ?? 2;
  const time = Math.max(v, shape.vMin);
  const first = (eta ** 0.25 + eta ** -0.25) / Math.SQRT2;
  const second = (Math.sqrt(eta) + 1) / 2;
  const constant = Math.log(zeta(s) / Math.log(eta) ** s);
  const ell = s * Math.log(Math.log((eta * time) / shape.vMin)) + constant + Math.log(1 / alpha);
  const linear = second * shape.c * ell;
  return Math.sqrt(first * first * time * ell + linear * linear) + linear;
}

/** Half-width of a band around the empirical distribution function, valid at all times t ≥ tMin. */
export function toDistributionBand(t: number, alpha: number, shape: { tMin: number; a?: number }): number {
  assertCount('t', t, 1);
  assertInside('alpha', alpha, [0, 1]);
  assertRange('tMin', shape.tMin, [1, Number.MAX_VALUE]);
  const a = shape.a ?? 0.85;
  assertInside('a', a, [Math.SQRT1_2, 10]);
  if (t < shape.tMin) return Infinity;
  const error = (c: number): number => {
    const etaMax = findRoot((eta) => Math.sqrt(eta / 2) + Math.sqrt((2 * (eta - 1)) / c) - a, 1, 2 * a * a);
    return findMinimum(
      (eta) => {
        const gamma = (2 / eta) * (a - Math.sqrt((2 * (eta - 1)) / c)) ** 2;
        return gamma <= 1 ? Infinity : 4 * Math.exp(-gamma * c) * (1 + 1 / ((gamma - 1) * Math.log(eta)));
      },
      1 + 1e-9,
      etaMax,
    ).value;
  };
  let high = 5;
  while (error(high) > alpha) high *= 2;
  const c = findRoot((x) => Math.log(error(x)) - Math.log(alpha), 0.5, high);
  return a * Math.sqrt((Math.log(1 + Math.log(t / shape.tMin)) + c) / t);
}

/**
 * Bound of the count of values below the p-quantile around t·p, valid over all p and t (double stitching).
 */
export function toQuantileBound(p: number, t: number, shape: { alpha: number; tOpt: number }): number {
  assertInside('p', p, [0, 1]);
  assertInside('alpha', shape.alpha, [0, 1]);
  const delta = 0.5;
  const s = 1.4;
  const eta = 2;
  const time = Math.max(t, shape.tOpt);
  const logit = Math.log(p / (1 - p));
  const moved = logit + 2 * delta * Math.sqrt((shape.tOpt * eta) / time);
  const r = p >= 0.5 ? p : Math.min(0.5, 1 / (1 + Math.exp(-moved)));
  const variance = r * (1 - r);
  const j = (Math.sqrt(time / shape.tOpt) * Math.abs(logit)) / (2 * delta) + 1;
  const z = zeta(s);
  const ell =
    s * Math.log(Math.log((eta * time) / shape.tOpt)) +
    s * Math.log(j) +
    Math.log((2 * z * (2 * z + 1)) / (shape.alpha * Math.log(eta) ** s));
  const first = (eta ** 0.25 + eta ** -0.25) / Math.SQRT2;
  const linear = ((Math.sqrt(eta) + 1) / 2) * ((1 - 2 * p) / 3) * ell;
  return (
    delta * Math.sqrt((eta * time * variance) / shape.tOpt) +
    Math.sqrt(first * first * variance * time * ell + linear * linear) +
    linear
  );
}

/** Confidence sequence of a share at `trials`, tightest around `tOpt`: may be looked at after every trial. */
export function toShareSequence(
  successes: number,
  trials: number,
  shape: { alpha: number; tOpt: number },
): Interval {
  assertCount('trials', trials, 1);
  assertRange('successes', successes, [0, trials]);
  const share = successes / trials;
  const excess = (p: number): number => {
    const mixture = createBetaBinomialMixture({ vOpt: p * (1 - p) * shape.tOpt }, { g: p, h: 1 - p }, 2);
    return mixture.logValue((share - p) * trials, p * (1 - p) * trials) - Math.log(1 / shape.alpha);
  };
  const edge = 1e-13;
  return {
    lower: share > edge && excess(edge) > 0 ? findRoot(excess, edge, share) : 0,
    upper: share < 1 - edge && excess(1 - edge) > 0 ? findRoot(excess, share, 1 - edge) : 1,
  };
}
