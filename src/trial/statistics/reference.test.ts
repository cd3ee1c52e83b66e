// Every figure of test/recordings/statistics/reference.json, to its printed digits: made by other people's
// code (confseq, ppi_py), so that an error of ours cannot hide in a golden of ours.
import { describe, expect, test } from 'vitest';
import reference from '../../../test/recordings/statistics/reference.json' with { type: 'json' };
import {
  createBetaBinomialMixture,
  createGammaExponentialMixture,
  createGammaPoissonMixture,
  createNormalMixture,
  planFixedUnits,
  testMcNemar,
  testQuantiles,
  toAsymptoticMargin,
  toBernsteinSequence,
  toBettingSequence,
  toDistributionBand,
  toHoeffdingSequence,
  toJudgedMean,
  toLogBettingMartingale,
  toMixtureBound,
  toNormalRho,
  toPairedDifference,
  toPredictableBets,
  toQuantileBound,
  toShareSequence,
  toStitchedBound,
  toTangoInterval,
  toTangoScore,
} from './index.ts';

const sequences: Record<string, number[]> = {
  x: Array.from({ length: 1000 }, (_, index) => ((37 * (index + 1)) % 100 < 62 ? 1 : 0)),
  z: Array.from({ length: 1000 }, (_, index) => ((53 * (index + 1)) % 101) / 100),
};

function sequence(name: string): number[] {
  const values = sequences[name];
  if (values === undefined) throw new Error(`Cannot find the sequence "${name}"`);
  return values;
}

/** Equal to the digits that the reference prints: `digits` significant ones. */
function expectDigits(actual: number | undefined, wanted: number, digits: number): void {
  const tolerance = Math.max(Math.abs(wanted) * 0.6 * 10 ** (1 - digits), 1e-300);
  expect(Math.abs((actual ?? Number.NaN) - wanted), `${actual} against ${wanted}`).toBeLessThanOrEqual(
    tolerance,
  );
}

describe('betting and empirical Bernstein', () => {
  test('toPredictableBets() equals confseq', () => {
    for (const name of ['x', 'z'] as const) {
      const bets = toPredictableBets(sequence(name), 0.05);
      for (const [index, t] of reference.times.entries()) {
        expectDigits(bets[t - 1], reference.predictableBets[name][index] as number, 10);
      }
    }
    expectDigits(toPredictableBets([1], 0.05)[0], reference.firstBet, 14);
  });

  test('toLogBettingMartingale() equals confseq for every mean and side', () => {
    for (const row of reference.bettingMartingale) {
      const sides = row.sides as 'max' | 'mean' | 'positive';
      const log = toLogBettingMartingale(sequence(row.sequence), row.mean, { sides });
      for (const [index, t] of reference.times.entries()) {
        const wanted = row.log[index] as number;
        expect(Math.abs((log[t - 1] as number) - wanted)).toBeLessThanOrEqual(
          6e-10 * Math.max(1, Math.abs(wanted)),
        );
      }
    }
  });

  test('confidence sequences equal confseq', () => {
    const makers = {
      betting: toBettingSequence,
      bernstein: toBernsteinSequence,
      hoeffding: toHoeffdingSequence,
    };
    for (const row of reference.sequences) {
      const intervals = makers[row.kind as keyof typeof makers](sequence(row.sequence));
      for (const [index, t] of reference.times.entries()) {
        expect(intervals[t - 1]?.lower).toBeCloseTo(row.lower[index] as number, 9);
        expect(intervals[t - 1]?.upper).toBeCloseTo(row.upper[index] as number, 9);
      }
    }
  });

  test('toAsymptoticMargin() equals the formula', () => {
    for (const row of reference.asymptoticMargins) {
      const margin = toAsymptoticMargin({
        count: row.n,
        variance: row.variance,
        alpha: row.alpha,
        optimalCount: 100,
      });
      expectDigits(margin, row.margin, 10);
    }
  });
});

describe('fixed-n statistics', () => {
  test('testMcNemar() equals scipy', () => {
    for (const row of reference.mcnemar) {
      const mcnemar = testMcNemar(row.b, row.c);
      expectDigits(mcnemar.exact, row.exact_two_sided, 11);
      expectDigits(mcnemar.midP, row.mid_p, 11);
      expectDigits(mcnemar.chiSquare, row.chi2, 14);
      expectDigits(mcnemar.chiSquareP, row.p_chi2, 12);
      expectDigits(mcnemar.correctedChiSquare, row.chi2_cc, 14);
      expectDigits(mcnemar.correctedP, row.p_chi2_cc, 12);
    }
  });

  test('toTangoScore() and toTangoInterval() equal the reference', () => {
    for (const row of reference.tango) {
      const counts = { wins: row.b, losses: row.c, pairs: row.n };
      const interval = toTangoInterval(counts);
      expect(interval.lower).toBeCloseTo(row.lower, 10);
      expect(interval.upper).toBeCloseTo(row.upper, 10);
      expectDigits(toTangoScore(counts, -0.03), row.z_noninf_margin_0_03, 12);
      expectDigits(toTangoScore(counts, -0.02), row.z_noninf_margin_0_02, 12);
    }
  });

  test('toPairedDifference() and planFixedUnits() equal the reference', () => {
    for (const row of reference.pairedErrors) {
      const paired = toPairedDifference({ wins: row.b, losses: row.c, pairs: row.n });
      expectDigits(paired.difference, row.diff, 14);
      expectDigits(paired.error, row.se, 14);
    }
    for (const row of reference.fixedUnits) {
      expect(planFixedUnits({ margin: row.margin, discordance: row.psi })).toBe(row.n);
    }
  });

  test('toJudgedMean() equals ppi_py', () => {
    const labels = Array.from({ length: 60 }, (_, index) => ((7 * (index + 1)) % 10 < 6 ? 1 : 0));
    const judged = labels.map(
      (label, index) => 0.8 * ((11 * (index + 1)) % 8 === 0 ? 1 - label : label) + 0.1,
    );
    const unlabelled = Array.from({ length: 600 }, (_, index) => ((13 * (index + 1)) % 20 < 11 ? 0.9 : 0.1));
    const cases = [
      { wanted: reference.judgedMean.one, options: { weight: 1 } },
      { wanted: reference.judgedMean.tuned, options: {} },
      { wanted: reference.judgedMean.none, options: { weight: 0 } },
    ];
    for (const { wanted, options } of cases) {
      const mean = toJudgedMean({ labels, judged, unlabelled }, options);
      expectDigits(mean.mean, wanted.theta, 13);
      expectDigits(mean.error, wanted.se, 13);
      expectDigits(mean.lower, wanted.lower, 12);
      expectDigits(mean.upper, wanted.upper, 12);
      expect(mean.weight).toBeCloseTo(wanted.lambda_, 12);
    }
  });
});

describe('uniform boundaries', () => {
  const { uniform } = reference;
  const tuning = { vOpt: 100 };

  test('mixture bounds equal confseq', () => {
    expectDigits(toNormalRho(tuning), uniform.normalRho, 7);
    expectDigits(createNormalMixture(tuning, 2).logValue(10, 100), uniform.normalLog2, 7);
    expectDigits(toMixtureBound(createNormalMixture(tuning, 2), 100, 0.05), uniform.normalBound2, 7);
    expectDigits(createNormalMixture(tuning, 1).logValue(10, 100), uniform.normalLog1, 7);
    expectDigits(toMixtureBound(createNormalMixture(tuning, 1), 100, 0.05), uniform.normalBound1, 7);
    expectDigits(
      toMixtureBound(createGammaExponentialMixture(tuning, 2), 100, 0.05),
      uniform.gammaExponential,
      7,
    );
    expectDigits(toMixtureBound(createGammaPoissonMixture(tuning, 2), 100, 0.05), uniform.gammaPoisson, 6);
    const range = { g: 0.2, h: 0.8 };
    expectDigits(
      toMixtureBound(createBetaBinomialMixture(tuning, range, 2), 100, 0.05),
      uniform.betaBinomial2,
      6,
    );
    expectDigits(
      toMixtureBound(createBetaBinomialMixture(tuning, range, 1), 100, 0.05),
      uniform.betaBinomial1,
      7,
    );
  });

  test('stitched bounds and bands equal confseq', () => {
    expectDigits(toStitchedBound(100, 0.05, { vMin: 10, c: 3 }), uniform.stitched, 7);
    // Its optimum found to 24 bits only; 50 digits give .08204779, which is ours.
    expect(toDistributionBand(1000, 0.05, { tMin: 100 })).toBeCloseTo(uniform.band, 6);
    expectDigits(toDistributionBand(1000, 0.05, { tMin: 100 }), 0.082_047_787_709, 10);
    expectDigits(toQuantileBound(0.5, 1000, { alpha: 0.05, tOpt: 100 }), uniform.doubleStitched, 7);
  });

  test('toShareSequence() equals confseq', () => {
    // The reference prints five or six digits, cut off rather than rounded.
    for (const row of reference.shareSequences) {
      const interval = toShareSequence(row.successes, row.n, { alpha: row.alpha, tOpt: row.t_opt });
      expect(Math.abs(interval.lower - (row.ci[0] as number))).toBeLessThanOrEqual(2e-6);
      expect(Math.abs(interval.upper - (row.ci[1] as number))).toBeLessThanOrEqual(2e-6);
    }
  });

  test('testQuantiles() equals confseq', () => {
    const first = Array.from({ length: 1000 }, (_, index) => index + 1);
    for (const row of reference.quantileTests) {
      const second = first.map((value) => value + row.offset);
      expectDigits(testQuantiles(first, second, { p: row.p }), row.p_value, 6);
    }
  });
});
