import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSeededRandom } from '../kernel/index.ts';
import { planRoute } from './index.ts';
import { toParts, toState } from './parts.case.ts';
import { toDraw } from './pick-offer.ts';
import type { Share } from './route.ts';

function pick(unit: number, shares: readonly Share[]): string {
  const parts = toParts(shares.map(({ offer }) => ({ name: offer })));
  const input = { state: toState(shares), parts, health: new Map() };
  const plan = planRoute({ dialect: 'openai-chat', stickyUnit: unit, now: 0 }, input);
  return plan.ok ? (plan.value.offers[0]?.offer.name ?? '') : '';
}

function units(count: number, seed: number): number[] {
  const random = createSeededRandom(seed);
  return Array.from({ length: count }, () => random.unit());
}

function toShares(weights: readonly number[]): Share[] {
  return weights.map((share, index) => ({ offer: `model-${index}@host-${index}`, share }));
}

const weights = fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 2, maxLength: 6 });
const count = 4000;

describe('picking by share', () => {
  test('gives each offer its share of many conversations', () => {
    fc.assert(
      fc.property(weights, fc.integer(), (given, seed) => {
        const shares = toShares(given);
        const found = new Map<string, number>();
        for (const unit of units(count, seed)) {
          const name = pick(unit, shares);
          found.set(name, (found.get(name) ?? 0) + 1);
        }
        const sum = given.reduce((total, share) => total + share, 0);
        for (const { offer, share } of shares) {
          const expected = share / sum;
          // Five standard deviations: one false alarm in about two million.
          const spread = 5 * Math.sqrt((expected * (1 - expected)) / count) + 1 / count;
          expect(Math.abs((found.get(offer) ?? 0) / count - expected)).toBeLessThan(spread);
        }
      }),
      { numRuns: 25 },
    );
  });

  test('gives its share to offers with nearly equal names and to units that are close together', () => {
    const shares = toShares([1, 1]);
    const close = Array.from({ length: count }, (_, index) => index / count);
    const first = close.filter((unit) => pick(unit, shares) === 'model-0@host-0').length;
    expect(first / count).toBeGreaterThan(0.46);
    expect(first / count).toBeLessThan(0.54);
  });

  test('keeps a conversation on its offer, whatever the order of the list', () => {
    fc.assert(
      fc.property(weights, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (given, unit) => {
        const shares = toShares(given);
        expect(pick(unit, shares)).toBe(pick(unit, shares.toReversed()));
      }),
    );
  });

  test('moves conversations only to the offer whose share grew', () => {
    fc.assert(
      fc.property(weights, fc.double({ min: 1.1, max: 10, noNaN: true }), (given, factor) => {
        const before = toShares(given);
        const after = before.map((entry, index) =>
          index === 0 ? { ...entry, share: entry.share * factor } : entry,
        );
        for (const unit of units(300, 7)) {
          const [from, to] = [pick(unit, before), pick(unit, after)];
          if (from !== to) expect(to).toBe('model-0@host-0');
        }
      }),
    );
  });

  test('moves as many conversations as the shares of two offers moved, and no more', () => {
    const before = [
      { offer: 'old@a', share: 90 },
      { offer: 'new@b', share: 10 },
    ];
    const after = [
      { offer: 'old@a', share: 60 },
      { offer: 'new@b', share: 40 },
    ];
    const all = units(20_000, 3);
    const moved = all.filter((unit) => pick(unit, before) !== pick(unit, after)).length / all.length;
    expect(moved).toBeGreaterThan(0.28);
    expect(moved).toBeLessThan(0.32);
  });

  test('moves only the conversations of an offer that is removed', () => {
    const before = toShares([3, 2, 1]);
    const after = before.slice(0, 2);
    for (const unit of units(3000, 11)) {
      const from = pick(unit, before);
      if (from !== 'model-2@host-2') expect(pick(unit, after)).toBe(from);
    }
  });

  test.each([0, Number.MIN_VALUE, 1 - Number.EPSILON])('has a finite draw for the unit %s', (unit) => {
    const draw = toDraw(unit, { offer: 'a@a', share: 1 });
    expect(draw).toBeGreaterThan(0);
    expect(draw).toBeLessThan(Number.POSITIVE_INFINITY);
  });
});
