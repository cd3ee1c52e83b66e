import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSeededRandom } from '../../kernel/index.ts';
import {
  binomialCdf,
  binomialMass,
  chooseThreshold,
  normalCdf,
  normalQuantile,
  planDetection,
  planPairedShare,
  planUnits,
  planUnitsMax,
  selectByEValues,
  testMcNemar,
  testQuantiles,
  toAttemptThreshold,
  toBernsteinSequence,
  toBettingSequence,
  toClopperPearson,
  toClopperPearsonUpper,
  toClusteredMean,
  toCostRatio,
  toJudgedMean,
  toMarginFromErrorRatio,
  toRiskPValue,
  toTangoInterval,
  toUnitsMin,
} from './index.ts';

describe('families', () => {
  test('toAttemptThreshold() spends α once over all attempts', () => {
    expect(toAttemptThreshold(1)).toBe(40);
    expect(toAttemptThreshold(2)).toBe(120);
    let spent = 0;
    for (let attempt = 1; attempt <= 100_000; attempt++) spent += 1 / toAttemptThreshold(attempt);
    expect(spent).toBeLessThan(0.05);
    for (const attempt of [0, 1.5, Number.NaN]) expect(() => toAttemptThreshold(attempt)).toThrow(RangeError);
  });

  test('selectByEValues() keeps the largest k with E ≥ m/(kα)', () => {
    expect(selectByEValues([200, 1, 39, 0.2], 0.05)).toEqual([0]);
    expect(selectByEValues([50, 1, 50, 0.2], 0.05)).toEqual([0, 2]);
    expect(selectByEValues([19.9], 0.05)).toEqual([]);
    expect(selectByEValues([])).toEqual([]);
    expect(() => selectByEValues([Number.NaN])).toThrow(RangeError);
  });
});

describe('shares', () => {
  test('binomialCdf() equals the sum of masses', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (a, b, p) => {
        const [k, n] = [Math.min(a, b), Math.max(a, b)];
        let sum = 0;
        for (let count = 0; count <= k; count++) sum += binomialMass(count, n, p);
        expect(binomialCdf(k, n, p)).toBeCloseTo(sum, 10);
      }),
    );
  });

  test('toClopperPearson() holds its tails, and 0 of 100 means at most 3 %', () => {
    expect(toClopperPearsonUpper(0, 100)).toBeCloseTo(1 - 0.05 ** (1 / 100), 12);
    const { lower, upper } = toClopperPearson(7, 90);
    expect(1 - binomialCdf(6, 90, lower)).toBeCloseTo(0.025, 10);
    expect(binomialCdf(7, 90, upper)).toBeCloseTo(0.025, 10);
    expect(() => toClopperPearson(3, 2)).toThrow(RangeError);
    expect(() => toClopperPearson(0, 0)).toThrow(RangeError);
  });

  test('normalQuantile() undoes normalCdf()', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), (p) => {
        expect(normalCdf(normalQuantile(p)) / p).toBeCloseTo(1, 11);
      }),
    );
    expect(() => normalQuantile(0)).toThrow(RangeError);
  });
});

describe('paired tables', () => {
  test('testMcNemar() treats both arms alike and needs a difference', () => {
    expect(testMcNemar(3, 9)).toEqual({ ...testMcNemar(9, 3) });
    expect(() => testMcNemar(0, 0)).toThrow(RangeError);
    expect(() => testMcNemar(-1, 2)).toThrow(RangeError);
  });

  test('toTangoInterval() mirrors when the arms are exchanged', () => {
    const forth = toTangoInterval({ wins: 4, losses: 11, pairs: 120 });
    const back = toTangoInterval({ wins: 11, losses: 4, pairs: 120 });
    expect(forth.lower).toBeCloseTo(-back.upper, 10);
    expect(forth.upper).toBeCloseTo(-back.lower, 10);
    expect(toTangoInterval({ wins: 5, losses: 0, pairs: 5 }).upper).toBe(1);
    expect(() => toTangoInterval({ wins: 5, losses: 1, pairs: 5 })).toThrow(RangeError);
  });
});

test('toClusteredMean() equals the naive error without clusters and grows with them', () => {
  const values = Array.from({ length: 200 }, (_, index) => (index * 37) % 3);
  const scores = values.map((value) => value - 1);
  const single = toClusteredMean(scores.map((score) => [score]));
  expect(single.error * Math.sqrt(200 / 199)).toBeCloseTo(single.naiveError, 12);
  const copied = toClusteredMean(scores.map((score) => [score, score, score, score]));
  expect(copied.error).toBeCloseTo(single.error, 12);
  expect(copied.naiveError).toBeLessThan(copied.error * 0.51);
  expect(() => toClusteredMean([[]])).toThrow(RangeError);
});

test('toJudgedMean() is unbiased by a judge that always lies, and refuses broken samples', () => {
  const labels = Array.from({ length: 100 }, (_, index) => Number(index % 4 === 0));
  const judged = labels.map((label) => 1 - label);
  const unlabelled = Array.from({ length: 1000 }, (_, index) => 1 - Number(index % 4 === 0));
  const mean = toJudgedMean({ labels, judged, unlabelled });
  expect(mean.weight).toBe(0);
  expect(mean.mean).toBeCloseTo(0.25, 12);
  expect(() => toJudgedMean({ labels: [1], judged: [1], unlabelled })).toThrow(RangeError);
  expect(() => toJudgedMean({ labels: [1, Number.NaN], judged: [1, 1], unlabelled })).toThrow(RangeError);
});

describe('chooseThreshold()', () => {
  test('breaks its promise in at most δ, where the best-looking threshold breaks it in half', () => {
    const random = createSeededRandom(17);
    const truth = [0.02, 0.04, 0.06, 0.08, 0.1, 0.12];
    const broken = { tested: 0, empirical: 0 };
    const trials = 300;
    for (let trial = 0; trial < trials; trial++) {
      const draws = Array.from({ length: 500 }, () => random.unit());
      const candidates = truth.map((rate, threshold) => ({
        threshold,
        losses: draws.map((draw) => Number(draw < rate)),
      }));
      const chosen = chooseThreshold(candidates, { limit: 0.08, delta: 0.1 });
      if (chosen !== undefined && (truth[chosen] as number) >= 0.08) broken.tested += 1;
      const naive = candidates.findLast(
        ({ losses }) => losses.reduce((sum, loss) => sum + loss, 0) <= 0.08 * 500,
      );
      if (naive !== undefined && (truth[naive.threshold] as number) >= 0.08) broken.empirical += 1;
    }
    expect(broken.tested / trials).toBeLessThanOrEqual(0.13);
    expect(broken.empirical / trials).toBeGreaterThan(0.4);
  });

  test('toRiskPValue() is 1 without data and small with much of it', () => {
    expect(toRiskPValue([], 0.1)).toBe(1);
    expect(
      toRiskPValue(
        Array.from({ length: 200 }, () => 0),
        0.05,
      ),
    ).toBeLessThan(0.001);
    expect(toRiskPValue([1, 1, 1], 0.5)).toBe(1);
    expect(() => toRiskPValue([2], 0.5)).toThrow(RangeError);
  });
});

describe('toCostRatio()', () => {
  test('covers the true ratio in about 95 % of skewed samples', () => {
    const random = createSeededRandom(23);
    let covered = 0;
    for (let trial = 0; trial < 400; trial++) {
      const units = Array.from({ length: 120 }, () => {
        const size = Math.exp(random.unit() * 2);
        return { candidate: size * (0.5 + random.unit()) * 0.2, incumbent: size * (0.5 + random.unit()) };
      });
      const { lower, upper } = toCostRatio(units);
      if (lower <= 0.2 && upper >= 0.2) covered += 1;
    }
    expect(covered / 400).toBeGreaterThan(0.915);
    expect(covered / 400).toBeLessThan(0.985);
  });

  test('is wide for a handful of units, where the normal quantile would miss 12 % of normal costs', () => {
    const random = createSeededRandom(29);
    const draw = (): number => 1 + 0.2 * (random.unit() + random.unit() + random.unit() - 1.5);
    let covered = 0;
    for (let trial = 0; trial < 1000; trial++) {
      const units = Array.from({ length: 4 }, () => ({ candidate: 0.2 * draw(), incumbent: draw() }));
      const { lower, upper } = toCostRatio(units);
      if (lower <= 0.2 && upper >= 0.2) covered += 1;
    }
    expect(covered / 1000).toBeGreaterThan(0.93);
  });

  test('refuses what has no ratio', () => {
    expect(() => toCostRatio([{ candidate: 1, incumbent: 1 }])).toThrow(RangeError);
    const free = { candidate: 1, incumbent: 0 };
    expect(() => toCostRatio([free, free])).toThrow(RangeError);
    expect(() => toCostRatio([{ candidate: -1, incumbent: 1 }, free])).toThrow(RangeError);
  });
});

describe('planning', () => {
  const random = (): ReturnType<typeof createSeededRandom> => createSeededRandom(41);

  test('planUnits() finds the medians of the log grid', () => {
    const plan = planUnits({ margin: 0.03, discordance: 0.1, threshold: 20, runs: 300 }, random());
    expect(plan.median).toBeGreaterThan(650);
    expect(plan.median).toBeLessThan(1000);
    const cheaper = planUnits({ margin: 0.05, discordance: 0.1, threshold: 20, runs: 300 }, random());
    expect(cheaper.median).toBeLessThan(plan.median / 1.8);
    const never = planUnits(
      { margin: 0.03, discordance: 0.1, difference: -0.06, threshold: 20, runs: 10 },
      random(),
    );
    expect(never.median).toBe(Infinity);
    expect(planUnitsMax({ margin: 0.05, discordance: 0.1, threshold: 20, runs: 50 }, random())).toBeLessThan(
      5000,
    );
  });

  test('planDetection() and planPairedShare() keep the promise they are given', () => {
    const outlook = { margin: 0.03, discordance: 0.2, loss: 0.08, alarmThreshold: 10_000, runs: 100 };
    const units = planDetection(outlook, random());
    expect(units.median).toBeGreaterThan(150);
    expect(units.median).toBeLessThan(1200);
    const share = planPairedShare({ ...outlook, days: 5, unitsPerDay: 1000 }, random());
    expect(share.share).toBeCloseTo(units.quantile80 / 5000, 12);
  });

  test('margins and least sizes', () => {
    expect(toMarginFromErrorRatio(0.97, 2)).toBeCloseTo(0.03, 12);
    expect(toUnitsMin(0.03)).toBe(700);
    expect(toUnitsMin(0.06)).toBe(175);
    expect(() =>
      planUnits({ margin: 0.03, discordance: 0.1, difference: 0.2, threshold: 20 }, random()),
    ).toThrow(RangeError);
  });
});

test('display sequences cover, and testQuantiles() sees no difference between equal arms', () => {
  const random = createSeededRandom(2);
  const values = Array.from({ length: 400 }, () => Number(random.unit() < 0.3));
  for (const intervals of [toBettingSequence(values, { breaks: 200 }), toBernsteinSequence(values)]) {
    expect(intervals.every(({ lower, upper }) => lower <= 0.3 && upper >= 0.3)).toBe(true);
    const last = intervals.at(-1);
    expect((last?.upper ?? 1) - (last?.lower ?? 0)).toBeLessThan(0.25);
  }
  const latencies = Array.from({ length: 300 }, () => 100 * random.unit());
  const others = Array.from({ length: 300 }, () => 100 * random.unit());
  expect(testQuantiles(latencies, others, { p: 0.95 })).toBeGreaterThan(0.2);
  expect(
    testQuantiles(
      latencies,
      others.map((value) => value * 3),
      { p: 0.5 },
    ),
  ).toBeLessThan(0.01);
  expect(() => toBettingSequence([1.2])).toThrow(RangeError);
  expect(() => testQuantiles([], [1], { p: 0.5 })).toThrow(RangeError);
});
