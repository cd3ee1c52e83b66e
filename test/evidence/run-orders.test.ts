import { createSeededRandom } from '../../src/kernel/index.ts';
import { createEProcess, hasReached, placeBet } from '../../src/trial/statistics/index.ts';
import { expect, test } from 'vitest';

import {
  drawOrders,
  type OrderResult,
  type Rule,
  runOrders,
  summarise,
  toDifferences,
} from '../../bench/evidence/run-orders.ts';

const rule: Rule = { margin: 0.03, switchAt: 20, stayAt: 100, grid: 'linear', pairsMin: 100 };

/** The same rule, bet by bet with the processes that a trial uses. */
function runSlowly(values: readonly number[], order: Uint32Array, given: Rule): OrderResult {
  let proof = createEProcess('not-worse', given.margin, given.grid);
  let harm = createEProcess('worse', given.margin, given.grid);
  let pairs = 0;
  for (const row of order) {
    const value = values[row] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    pairs++;
    proof = placeBet(proof, value);
    harm = placeBet(harm, value);
    if (hasReached(harm, given.stayAt)) return { verdict: 'stay', pairs };
    if (pairs >= given.pairsMin && hasReached(proof, given.switchAt)) return { verdict: 'switch', pairs };
  }
  return { verdict: 'undecided', pairs };
}

/** Scores of a model that is right in this share of the rows, and does not run in a few. */
function drawScores(seed: number, share: number): Float32Array {
  const random = createSeededRandom(seed);
  return Float32Array.from({ length: 900 }, () => {
    if (random.unit() < 0.02) return Number.NaN;
    return random.unit() < share ? 1 : 0;
  });
}

test.each([['linear'], ['log']] as const)(
  'runOrders() decides as the processes of a trial do, %s grid',
  (grid) => {
    for (const share of [0.95, 0.9, 0.8, 0.6]) {
      const incumbent = drawScores(1, 0.9);
      const candidate = drawScores(2, share);
      const given = { ...rule, grid };
      const orders = drawOrders(900, 5, 3);
      const values = [...candidate].map((score, row) => score - (incumbent[row] ?? Number.NaN));
      const fast = runOrders(toDifferences(incumbent, candidate), orders, given);
      expect(fast).toEqual(orders.map((order) => runSlowly(values, order, given)));
    }
  },
);

test('runOrders() runs one order when no pair differs, and it ends with Switch', () => {
  const scores = drawScores(1, 0.7);
  const results = runOrders(toDifferences(scores, scores), drawOrders(900, 50, 1), rule);
  expect(results).toHaveLength(1);
  expect(results[0]?.verdict).toBe('switch');
});

test('drawOrders() gives permutations that a seed reproduces', () => {
  const orders = drawOrders(50, 3, 7);
  for (const order of orders) {
    expect([...order].toSorted((left, right) => left - right)).toEqual([...order.keys()]);
  }
  expect(drawOrders(50, 3, 7)).toEqual(orders);
  expect(drawOrders(50, 3, 8)).not.toEqual(orders);
});

test('toDifferences() leaves out rows that a model did not run, and reads shares', () => {
  const differences = toDifferences(Float32Array.of(1, Number.NaN, 0.5), Float32Array.of(0, 1, 0.75));
  expect(differences).toMatchObject({ pairs: 2, mean: -0.375 });
  expect(differences.values).toEqual([-1, 0.25]);
});

test('summarise() counts verdicts that the full table contradicts', () => {
  const results: readonly OrderResult[] = [
    { verdict: 'switch', pairs: 100 },
    { verdict: 'switch', pairs: 300 },
    { verdict: 'switch', pairs: 200 },
    { verdict: 'stay', pairs: 50 },
  ];
  expect(summarise(results, 0, 0.03)).toMatchObject({
    verdict: 'switch',
    share: 0.75,
    medianPairs: 200,
    pairs95: 300,
    wrong: 0.25,
  });
  expect(summarise(results, -0.05, 0.03)).toMatchObject({ wrong: 0.75 });
  expect(summarise([{ verdict: 'undecided', pairs: 9 }], -0.05, 0.03)).toMatchObject({
    verdict: 'undecided',
    medianPairs: 9,
    wrong: 0,
  });
});
