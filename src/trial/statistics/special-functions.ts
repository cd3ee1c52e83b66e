import { assertCount, assertInside, assertRange } from './assert-range.ts';
import { findRoot } from './find-root.ts';

/** Steps of a series or continued fraction; a few hundred suffice for arguments up to a million. */
const iterationsMax = 20_000;
const tiny = 1e-300;
const halfLogTwoPi = 0.918_938_533_204_672_8;

/** Bernoulli coefficients B₂ₖ / (2k (2k−1)) of Stirling's series. */
const stirling = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360_360, 1 / 156, -3617 / 122_400];

/**
 * Natural logarithm of the gamma function for x > 0.
 * Stirling's series after shifting x above 12 by the recurrence (Abramowitz & Stegun 6.1.40): absolute error
 * about 1e-14 times the size of the result.
 */
export function logGamma(x: number): number {
  assertInside('x', x, [0, Infinity]);
  let shifted = x;
  let product = 1;
  while (shifted < 12) {
    product *= shifted;
    shifted += 1;
  }
  const inverse = 1 / shifted;
  const square = inverse * inverse;
  let series = 0;
  for (let index = stirling.length - 1; index >= 0; index--) {
    series = series * square + (stirling[index] as number);
  }
  return (shifted - 0.5) * Math.log(shifted) - shifted + halfLogTwoPi + series * inverse - Math.log(product);
}

/** log B(a, b) for a, b > 0. */
export function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

function gammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let step = 1; step < iterationsMax; step++) {
    term *= x / (a + step);
    sum += term;
    if (Math.abs(term) < Math.abs(sum) * 1e-17) break;
  }
  return sum * Math.exp(a * Math.log(x) - x - logGamma(a));
}

/** Lentz's method for the upper incomplete gamma function (Numerical Recipes 6.2.7). */
function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  for (let step = 1; step < iterationsMax; step++) {
    const factor = -step * (step - a);
    b += 2;
    d = factor * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + factor / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    const change = d * c;
    fraction *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return fraction * Math.exp(a * Math.log(x) - x - logGamma(a));
}

/** Regularised lower incomplete gamma function P(a, x); a > 0, x ≥ 0. */
export function gammaLower(a: number, x: number): number {
  assertInside('a', a, [0, Infinity]);
  assertRange('x', x, [0, Number.MAX_VALUE]);
  if (x === 0) return 0;
  return x < a + 1 ? gammaSeries(a, x) : 1 - gammaFraction(a, x);
}

/** Regularised upper incomplete gamma function Q(a, x) = 1 − P(a, x), precise in the far tail too. */
export function gammaUpper(a: number, x: number): number {
  assertInside('a', a, [0, Infinity]);
  assertRange('x', x, [0, Number.MAX_VALUE]);
  if (x === 0) return 1;
  return x < a + 1 ? 1 - gammaSeries(a, x) : gammaFraction(a, x);
}

/** Lentz's method for the incomplete beta function (Numerical Recipes 6.4.5). */
function betaFraction(a: number, b: number, x: number): number {
  const sum = a + b;
  let c = 1;
  let d = 1 - (sum * x) / (a + 1);
  if (Math.abs(d) < tiny) d = tiny;
  d = 1 / d;
  let fraction = d;
  for (let step = 1; step < iterationsMax; step++) {
    const twice = 2 * step;
    const even = (step * (b - step) * x) / ((a + twice - 1) * (a + twice));
    const odd = (-(a + step) * (sum + step) * x) / ((a + twice) * (a + twice + 1));
    let change = 1;
    for (const factor of [even, odd]) {
      d = 1 + factor * d;
      if (Math.abs(d) < tiny) d = tiny;
      c = 1 + factor / c;
      if (Math.abs(c) < tiny) c = tiny;
      d = 1 / d;
      change = d * c;
      fraction *= change;
    }
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return fraction;
}

/** Regularised incomplete beta function I_x(a, b); a, b > 0, x in [0, 1]. */
export function betaRegularized(x: number, a: number, b: number): number {
  assertRange('x', x, [0, 1]);
  assertInside('a', a, [0, Infinity]);
  assertInside('b', b, [0, Infinity]);
  if (x === 0 || x === 1) return x;
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b));
  if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(a, b, x)) / a;
  return 1 - (front * betaFraction(b, a, 1 - x)) / b;
}

/** P(Z > z) for a standard normal Z; relative precision about 1e-14 even at z = 30. */
export function normalSurvival(z: number): number {
  assertRange('z', z, [-Number.MAX_VALUE, Number.MAX_VALUE]);
  const half = z * z > 1e300 ? 0 : 0.5 * gammaUpper(0.5, (z * z) / 2);
  return z >= 0 ? half : 1 - half;
}

/** P(Z ≤ z) for a standard normal Z. */
export function normalCdf(z: number): number {
  return normalSurvival(-z);
}

/**
 * Quantile of the standard normal, p in (0, 1). Starts from a tail approximation (Abramowitz & Stegun
 * 26.2.23, error 4.5e-4) and takes Halley steps on `normalCdf`, which square the number of right digits.
 */
export function normalQuantile(p: number): number {
  assertInside('p', p, [0, 1]);
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p === 0.5) return 0;
  const t = Math.sqrt(-2 * Math.log(p));
  const top = 2.515517 + t * (0.802853 + t * 0.010328);
  const bottom = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  let z = top / bottom - t;
  for (let step = 0; step < 4; step++) {
    const error = (normalCdf(z) - p) * Math.exp((z * z) / 2 + halfLogTwoPi);
    const move = error / (1 + (z * error) / 2);
    z -= move;
    if (Math.abs(move) < 1e-15 * Math.abs(z)) break;
  }
  return z;
}

/** Quantile of Student's t with `freedom` ≥ 1 degrees of freedom, p in (0, 1), by bisection on its tail. */
export function studentQuantile(p: number, freedom: number): number {
  assertInside('p', p, [0, 1]);
  assertRange('freedom', freedom, [1, Number.MAX_SAFE_INTEGER]);
  if (p < 0.5) return -studentQuantile(1 - p, freedom);
  if (p === 0.5) return 0;
  // P(|T| > t) = I_x(freedom/2, ½) at x = freedom / (freedom + t²).
  const x = findRoot((at) => betaRegularized(at, freedom / 2, 0.5) - 2 * (1 - p), 0, 1);
  return Math.sqrt((freedom * (1 - x)) / x);
}

/** Riemann's zeta function for s > 1, by Euler–Maclaurin after 20 terms; error below 1e-14. */
export function zeta(s: number): number {
  assertInside('s', s, [1, Infinity]);
  const terms = 20;
  let sum = 0;
  for (let n = 1; n < terms; n++) sum += n ** -s;
  sum += terms ** (1 - s) / (s - 1) + 0.5 * terms ** -s;
  const bernoulli = [1 / 12, -1 / 720, 1 / 30_240, -1 / 1_209_600, 1 / 47_900_160];
  let rising = s;
  for (let k = 0; k < bernoulli.length; k++) {
    sum += (bernoulli[k] as number) * rising * terms ** (-s - 2 * k - 1);
    rising *= (s + 2 * k + 1) * (s + 2 * k + 2);
  }
  return sum;
}

/** log of the binomial coefficient n over k. */
export function logChoose(n: number, k: number): number {
  assertCount('n', n);
  assertCount('k', k);
  if (k > n) throw new RangeError(`Cannot choose ${k} of ${n}`);
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
