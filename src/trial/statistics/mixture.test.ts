// The mixture process against figures computed at 50 digits straight from the products.
import { expect, test } from 'vitest';
import mixture from '../../../test/recordings/statistics/mixture.json' with { type: 'json' };
import {
  betaRegularized,
  createEProcess,
  createHarmDetector,
  type EDetector,
  type EProcess,
  feedHarm,
  logGamma,
  normalQuantile,
  normalSurvival,
  placeBet,
  toClopperPearson,
  toDetectorValue,
  toLogE,
  toLogGrid,
  toLowerBound,
  toValueCounts,
  zeta,
} from './index.ts';
import { studentQuantile } from './special-functions.ts';

const rules: Record<string, (t: number) => number> = {
  binary: (t) => ((37 * t) % 100 < 8 ? 1 : -Number((53 * t) % 100 < 7)),
  graded: (t) => (((29 * t) % 41) - 18) / 100,
  bad: (t) => ((37 * t) % 100 < 25 ? -1 : Number((53 * t) % 100 < 5)),
};

function differences(name: string, units: number): number[] {
  const rule = rules[name];
  if (rule === undefined) throw new Error(`Cannot find the sequence "${name}"`);
  return Array.from({ length: units }, (_, index) => rule(index + 1));
}

function expectNear(actual: number | undefined, wanted: number, relative = 1e-12): void {
  const tolerance = relative * Math.max(1, Math.abs(wanted));
  expect(Math.abs((actual ?? Number.NaN) - wanted), `${actual} against ${wanted}`).toBeLessThanOrEqual(
    tolerance,
  );
}

test('toLogGrid() runs from .004 to .95/(1 − Δ) in 14 equal ratios', () => {
  const bets = toLogGrid(0.97);
  expect(bets).toHaveLength(14);
  for (const [index, bet] of mixture.grid['0.03'].entries()) expectNear(bets[index], bet, 1e-15);
});

test('E, harm E and the detector equal the 50-digit products', () => {
  for (const row of mixture.process) {
    let proof: EProcess = createEProcess('not-worse', row.margin);
    let harm: EProcess = createEProcess('worse', row.margin);
    let detector: EDetector = createHarmDetector(row.margin);
    for (const difference of differences(row.sequence, row.units)) {
      proof = placeBet(proof, difference);
      harm = placeBet(harm, difference);
      detector = feedHarm(detector, difference, row.margin);
    }
    expectNear(toLogE(proof), row.logE);
    expectNear(toLogE(harm), row.logHarm);
    if (row.logDetector < 700) expectNear(Math.log(toDetectorValue(detector)), row.logDetector, 1e-11);
  }
});

test('toLowerBound() equals the bound bisected at 50 digits', () => {
  for (const row of mixture.bounds) {
    const bound = toLowerBound(toValueCounts(differences(row.sequence, row.units)), row.threshold);
    expectNear(bound, row.bound);
  }
});

test('special functions are right to about 1e-12', () => {
  for (const [x, wanted] of mixture.logGamma) expectNear(logGamma(x as number), wanted as number, 1e-13);
  for (const [z, wanted] of mixture.normalSurvival) {
    expect(normalSurvival(z as number) / (wanted as number)).toBeCloseTo(1, 11);
  }
  for (const [x, a, b, wanted] of mixture.betaRegularized as [number, number, number, number][]) {
    expect(betaRegularized(x, a, b) / wanted).toBeCloseTo(1, 11);
  }
  for (const [s, wanted] of mixture.zeta) expectNear(zeta(s as number), wanted as number, 1e-13);
  for (const [p, wanted] of mixture.normalQuantile) {
    expectNear(normalQuantile(p as number), wanted as number, 1e-13);
  }
  expectNear(normalQuantile(0.05), -(mixture.normalQuantile[1]?.[1] as number), 1e-13);
});

test('studentQuantile() equals the printed tables', () => {
  const table = [
    [0.975, 1, 12.7062],
    [0.975, 4, 2.7764],
    [0.95, 10, 1.8125],
    [0.995, 2, 9.9248],
    [0.975, 100, 1.984],
  ] as const;
  for (const [p, freedom, value] of table) expect(studentQuantile(p, freedom)).toBeCloseTo(value, 4);
  expect(studentQuantile(0.025, 4)).toBeCloseTo(-2.7764, 4);
  expect(studentQuantile(0.5, 4)).toBe(0);
});

test('toClopperPearson() equals the interval bisected at 50 digits', () => {
  for (const row of mixture.clopperPearson) {
    const interval = toClopperPearson(row.successes, row.trials);
    expectNear(interval.lower, row.lower, 1e-12);
    expectNear(interval.upper, row.upper, 1e-12);
  }
});
