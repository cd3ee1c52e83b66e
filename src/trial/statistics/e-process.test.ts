import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSeededRandom } from '../../kernel/index.ts';
import {
  createControlDetector,
  createDetector,
  createEProcess,
  createHarmDetector,
  createJudgeProcess,
  createRateDetector,
  type EProcess,
  feedControl,
  feedDetector,
  feedHarm,
  feedRate,
  hasReached,
  placeBet,
  placeJudgedBet,
  projectLogE,
  toAlarmThreshold,
  toDetectorValue,
  toE,
  toJudgedBound,
  toJudgedValue,
  toLinearGrid,
  toLogE,
  toLogGrid,
  toLowerBound,
  toTwoSidedBounds,
  toUpperBound,
  toValueCounts,
} from './index.ts';

const margins = fc.double({ min: 0.005, max: 0.5, noNaN: true });
const differences = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 });

/** A law on a few points whose mean is exactly `mean`, made by mixing the points with an end of [−1, 1]. */
function toLaw(points: readonly number[], mean: number): { value: number; chance: number }[] {
  const average = points.reduce((sum, point) => sum + point, 0) / points.length;
  const end = average > mean ? -1 : 1;
  const share = average === end ? 0 : (average - mean) / (average - end);
  const law = points.map((value) => ({ value, chance: (1 - share) / points.length }));
  return [...law, { value: end, chance: share }];
}

function run(process: EProcess, values: readonly number[]): EProcess {
  return values.reduce((state, value) => placeBet(state, value), process);
}

describe('placeBet()', () => {
  test('keeps E a martingale at the boundary of H0, after any past', () => {
    fc.assert(
      fc.property(margins, differences, fc.constantFrom('log', 'linear'), (margin, past, grid) => {
        for (const side of ['not-worse', 'worse'] as const) {
          const before = run(createEProcess(side, margin, grid), past);
          let expected = 0;
          for (const { value, chance } of toLaw(past.slice(0, 4), -margin)) {
            expected += chance * toE(placeBet(before, value));
          }
          expect(expected / toE(before)).toBeCloseTo(1, 9);
        }
      }),
    );
  });

  test('lets E fall on average when the candidate is worse than the margin', () => {
    fc.assert(
      fc.property(
        margins,
        differences,
        fc.double({ min: 0.01, max: 0.4, noNaN: true }),
        (margin, past, more) => {
          const before = run(createEProcess('not-worse', margin), past);
          let expected = 0;
          for (const { value, chance } of toLaw(past.slice(0, 4), Math.max(-1, -margin - more))) {
            expected += chance * toE(placeBet(before, value));
          }
          expect(expected).toBeLessThan(toE(before) * (1 + 1e-9));
        },
      ),
    );
  });

  test('does not care about the order of the units', () => {
    fc.assert(
      fc.property(margins, differences, (margin, values) => {
        const forth = toLogE(run(createEProcess('not-worse', margin), values));
        const back = toLogE(run(createEProcess('not-worse', margin), values.toReversed()));
        expect(back).toBeCloseTo(forth, 9);
      }),
    );
  });

  test('goes on from JSON as if nothing had happened', () => {
    fc.assert(
      fc.property(margins, differences, differences, (margin, first, second) => {
        const half = run(createEProcess('worse', margin), first);
        const stored = JSON.parse(JSON.stringify(half)) as EProcess;
        expect(run(stored, second)).toEqual(run(half, second));
      }),
    );
  });

  test('neither overflows nor dies in 300,000 equal units', () => {
    let up = createEProcess('not-worse', 0.03);
    let down = createEProcess('not-worse', 0.03);
    for (let unit = 0; unit < 300_000; unit++) {
      up = placeBet(up, 1);
      down = placeBet(down, -1);
    }
    expect(toLogE(up)).toBeGreaterThan(100_000);
    expect(Number.isFinite(toLogE(up)) && Number.isFinite(toLogE(down))).toBe(true);
    expect(hasReached(up, 1e300)).toBe(true);
    expect(hasReached(down, 1.1)).toBe(false);
  });

  test('reaches 20 after 186 ties at 3 points (162 on the linear grid): ties alone must never decide', () => {
    for (const [grid, ties] of [['log', 186] as const, ['linear', 162] as const]) {
      let process = createEProcess('not-worse', 0.03, grid);
      while (!hasReached(process, 20)) process = placeBet(process, 0);
      expect(process.count).toBe(ties);
    }
  });

  test('refuses what is no score difference', () => {
    const process = createEProcess('not-worse', 0.03);
    for (const value of [Number.NaN, 1.01, -1.01, Infinity]) {
      expect(() => placeBet(process, value)).toThrow(RangeError);
    }
    for (const margin of [Number.NaN, -0.01, 1]) {
      expect(() => createEProcess('not-worse', margin)).toThrow(RangeError);
    }
    expect(() => toLogGrid(0)).toThrow(RangeError);
    expect(() => toLinearGrid(1, 0)).toThrow(RangeError);
  });
});

describe('hasReached()', () => {
  test('agrees with E at every threshold', () => {
    fc.assert(
      fc.property(differences, fc.double({ min: 1.01, max: 50, noNaN: true }), (values, threshold) => {
        const process = run(createEProcess('not-worse', 0.2), values);
        fc.pre(Math.abs(toE(process) / threshold - 1) > 1e-9);
        expect(hasReached(process, threshold)).toBe(toE(process) >= threshold);
      }),
    );
  });
});

describe('projectLogE()', () => {
  test('rises with hope and says at once that a lost case is lost', () => {
    const lost = run(
      createEProcess('not-worse', 0.03),
      Array.from({ length: 500 }, (_, t) => (t % 10 === 0 ? -1 : 0)),
    );
    const calm = projectLogE(lost, { units: 500, deviation: 0.3, sigmas: 0 });
    const hopeful = projectLogE(lost, { units: 500, deviation: 0.3, sigmas: 3 });
    expect(hopeful).toBeGreaterThan(calm);
    expect(calm).toBeLessThan(0);
  });
});

describe('toLowerBound()', () => {
  test('lies above −Δ exactly when E at Δ has reached the threshold', () => {
    fc.assert(
      fc.property(differences, margins, fc.constantFrom(1.5, 5, 20, 40), (values, margin, threshold) => {
        const process = run(createEProcess('not-worse', margin), values);
        const bound = toLowerBound(toValueCounts(values), threshold);
        fc.pre(Math.abs(bound + margin) > 1e-9);
        expect(bound >= -margin).toBe(hasReached(process, threshold));
      }),
    );
  });

  test('stays below the mean, and falls when more is asked', () => {
    fc.assert(
      fc.property(differences, (values) => {
        const data = toValueCounts(values);
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        expect(toLowerBound(data, 20)).toBeLessThanOrEqual(mean + 1e-9);
        expect(toUpperBound(data, 20)).toBeGreaterThanOrEqual(mean - 1e-9);
        expect(toLowerBound(data, 40)).toBeLessThanOrEqual(toLowerBound(data, 20) + 1e-12);
        const [low, high] = toTwoSidedBounds(data, 0.05);
        expect(low).toBeLessThanOrEqual(high);
      }),
    );
  });

  test('covers the mean at a stopping time chosen to hurt, in at least 95 %', () => {
    const random = createSeededRandom(11);
    let missed = 0;
    for (let trial = 0; trial < 300; trial++) {
      let process = createEProcess('not-worse', 0.1);
      const values: number[] = [];
      // Stops as soon as H0 "mean ≤ −.1", which is true here, looks rejected.
      while (values.length < 400 && !hasReached(process, 20)) {
        const u = random.unit();
        const value = Number(u < 0.1) - Number(u >= 0.8);
        values.push(value);
        process = placeBet(process, value);
      }
      if (toLowerBound(toValueCounts(values), 20) >= -0.1) missed += 1;
    }
    expect(missed / 300).toBeLessThan(0.075);
  });
});

describe('detectors', () => {
  test('feedDetector() grows by one per value in expectation while healthy', () => {
    fc.assert(
      fc.property(margins, differences, (margin, past) => {
        let before = createHarmDetector(margin);
        for (const value of past) before = feedHarm(before, value, margin);
        let expected = 0;
        for (const { value, chance } of toLaw(past.slice(0, 4), -margin)) {
          expected += chance * toDetectorValue(feedHarm(before, value, margin));
        }
        expect(expected / (toDetectorValue(before) + 1)).toBeCloseTo(1, 9);
      }),
    );
  });

  test('hear a loss as fast after 3,000 healthy units as at the start', () => {
    const random = createSeededRandom(5);
    const delays = [0, 3000].map((healthy) => {
      let total = 0;
      for (let trial = 0; trial < 40; trial++) {
        let detector = createHarmDetector(0.03);
        const draw = (mean: number): number => {
          const u = random.unit();
          return Number(u < 0.1 + mean / 2) - Number(u >= 0.1 + mean / 2 && u < 0.2);
        };
        for (let unit = 0; unit < healthy; unit++) detector = feedHarm(detector, draw(0), 0.03);
        while (toDetectorValue(detector) < 1000) {
          detector = feedHarm(detector, draw(-0.08), 0.03);
          total += 1;
        }
      }
      return total / 40;
    });
    expect(delays[1]).toBeLessThan((delays[0] as number) * 1.25);
    expect(delays[0]).toBeLessThan(900);
  });

  test('survive JSON and a hundred thousand alarms worth of evidence', () => {
    let detector = createDetector(1);
    for (let value = 0; value < 5000; value++) detector = feedDetector(detector, 1);
    const stored = JSON.parse(JSON.stringify(detector)) as typeof detector;
    expect(stored).toEqual(detector);
    expect(toDetectorValue(feedDetector(stored, -0.5))).toBeGreaterThan(1e100);
    expect(() => feedDetector(detector, -1.2)).toThrow(RangeError);
  });

  test('feedControl() bets once per block and takes no more of an arm than the block holds', () => {
    let state = createControlDetector(0.02, 5);
    for (let call = 0; call < 50; call++) state = feedControl(state, 'candidate', true);
    expect(state.detector.count).toBe(0);
    expect(state.candidate).toEqual({ seen: 5, bad: 5 });
    for (let call = 0; call < 5; call++) state = feedControl(state, 'control', false);
    expect(state.detector.count).toBe(1);
    expect(state.candidate.seen).toBe(0);
    expect(toDetectorValue(state.detector)).toBeGreaterThan(1);
  });

  test('feedRate() finds a rate of 6 % where 1 % was promised', () => {
    const random = createSeededRandom(3);
    let state = createRateDetector(0.01);
    while (toDetectorValue(state.detector) < 10_000 && state.detector.count < 3000) {
      state = feedRate(state, random.unit() < 0.06);
    }
    expect(state.detector.count).toBeLessThan(1000);
    expect(() => createRateDetector(0)).toThrow(RangeError);
  });

  test('toAlarmThreshold() is in days over all detectors', () => {
    expect(toAlarmThreshold({ days: 100, valuesPerDay: 200, detectors: 3 })).toBe(60_000);
    expect(toAlarmThreshold({ days: 1, valuesPerDay: 2, detectors: 1 })).toBe(20);
  });
});

describe('placeJudgedBet()', () => {
  test('values never leave the bound, which is reached', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.option(fc.double({ min: -1, max: 1, noNaN: true }), { nil: undefined }),
        (...[weight, share, judge, label]) => {
          const bound = toJudgedBound(weight, share);
          const pair = label === undefined ? { judge } : { judge, label };
          expect(Math.abs(toJudgedValue(pair, weight, share))).toBeLessThanOrEqual(bound + 1e-9);
          const worst = Math.max(
            Math.abs(toJudgedValue({ judge: 1, label: -1 }, weight, share)),
            Math.abs(toJudgedValue({ judge: 1 }, weight, share)),
          );
          expect(worst).toBeCloseTo(bound, 9);
        },
      ),
    );
  });

  test('keeps E a martingale whatever the judge says', () => {
    fc.assert(
      fc.property(
        margins,
        differences,
        fc.double({ min: 0.1, max: 1, noNaN: true }),
        (margin, past, share) => {
          let before = createJudgeProcess('not-worse', margin, { labelShare: share });
          for (const [index, value] of past.entries()) {
            before = placeJudgedBet(before, [
              index % 3 === 0 ? { judge: -value, label: value } : { judge: value },
            ]);
          }
          let expected = 0;
          for (const { value, chance } of toLaw(past.slice(0, 3), -margin)) {
            const judge = Math.sin(value * 9);
            const drawn = toE(placeJudgedBet(before, [{ judge, label: value }]).process);
            const rest = toE(placeJudgedBet(before, [{ judge }]).process);
            expected += chance * (share * drawn + (1 - share) * rest);
          }
          expect(expected / toE(before.process)).toBeCloseTo(1, 8);
        },
      ),
    );
  });
});
