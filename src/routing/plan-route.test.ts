import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Failure, limits, type Result } from '../kernel/index.ts';
import {
  type HealthMap,
  type OfferHealth,
  type Plan,
  planOffer,
  planRoute,
  type RouteRequest,
  toPlanText,
} from './index.ts';
import { allowAll, type OfferSketch, toParts, toState } from './parts.case.ts';

const now = 1_700_000_000_000;
const request: RouteRequest = { dialect: 'openai-chat', stickyUnit: 0.5, now };

function orderOf(result: Result<Plan>): string[] {
  if (!result.ok) throw new Error(`Expected a plan, got ${JSON.stringify(result.failure)}`);
  return result.value.offers.map(({ offer, why }) => `${offer.name} ${why}`);
}

function skippedOf(result: Result<Plan>): string[] {
  if (!result.ok) throw new Error(`Expected a plan, got ${JSON.stringify(result.failure)}`);
  return result.value.skipped.map(({ name, reason }) => `${name} ${reason}`);
}

function failureOf(result: Result<Plan>): Failure {
  if (result.ok) throw new Error(`Expected a failure, got ${orderOf(result).join()}`);
  return result.failure;
}

const three: readonly OfferSketch[] = [{ name: 'a@a' }, { name: 'b@b' }, { name: 'c@c' }];

function toHealth(forMs: number): OfferHealth {
  return { coolUntil: now + forMs, consecutiveFailures: 3, lastFailureAt: now };
}

function cooling(...entries: readonly (readonly [name: string, forMs: number])[]): HealthMap {
  return new Map(entries.map(([name, forMs]) => [name, toHealth(forMs)]));
}

describe('planRoute()', () => {
  test('takes the serving offer, then the fallback in its order', () => {
    const state = toState([{ offer: 'a@a', share: 1 }], { fallback: ['c@c', 'b@b'] });
    const plan = planRoute(request, { state, parts: toParts(three), health: new Map() });
    expect(orderOf(plan)).toEqual(['a@a serving', 'c@c fallback', 'b@b fallback']);
    expect(skippedOf(plan)).toEqual([]);
  });

  test('names the version of the serving that it used', () => {
    const state = toState([{ offer: 'a@a', share: 1 }]);
    const plan = planRoute(request, { state, parts: toParts(three), health: new Map() });
    expect(plan).toMatchObject({ ok: true, value: { route: 'support', routeVersion: 3 } });
  });

  test('puts the other serving offers after the fallback while the picked one is well', () => {
    const state = toState(
      [
        { offer: 'a@a', share: 1_000_000 },
        { offer: 'b@b', share: 0.000_001 },
      ],
      { fallback: ['c@c'] },
    );
    const plan = planRoute(request, { state, parts: toParts(three), health: new Map() });
    expect(orderOf(plan)).toEqual(['a@a serving', 'c@c fallback', 'b@b last-resort']);
  });

  test('puts the other serving offers before the fallback when the picked one is cooling', () => {
    const state = toState(
      [
        { offer: 'a@a', share: 1_000_000 },
        { offer: 'b@b', share: 0.000_001 },
      ],
      { fallback: ['c@c'] },
    );
    const plan = planRoute(request, { state, parts: toParts(three), health: cooling(['a@a', 9000]) });
    expect(orderOf(plan)).toEqual(['b@b next-serving', 'c@c fallback']);
    expect(skippedOf(plan)).toEqual(['a@a cooling']);
  });

  test('tries the offer that is due soonest when all are cooling', () => {
    const state = toState([{ offer: 'a@a', share: 1 }], { fallback: ['b@b', 'c@c'] });
    const health = cooling(['a@a', 9000], ['b@b', 2000], ['c@c', 5000]);
    const plan = planRoute(request, { state, parts: toParts(three), health });
    expect(orderOf(plan)).toEqual(['b@b all-cooling']);
    expect(skippedOf(plan)).toEqual(['a@a cooling', 'c@c cooling']);
  });

  test('takes an offer again from the millisecond on at which its pause ends', () => {
    const state = toState([{ offer: 'a@a', share: 1 }], { fallback: ['b@b'] });
    const plan = planRoute(request, { state, parts: toParts(three), health: cooling(['a@a', 0]) });
    expect(orderOf(plan)).toEqual(['a@a serving', 'b@b fallback']);
  });

  test('skips offers whose endpoint does not speak the dialect', () => {
    const parts = toParts([{ name: 'a@a', dialects: ['anthropic-messages'] }, { name: 'b@b' }]);
    const plan = planRoute(request, {
      state: toState([{ offer: 'a@a', share: 1 }], { fallback: ['b@b'] }),
      parts,
      health: new Map(),
    });
    expect(orderOf(plan)).toEqual(['b@b fallback']);
    expect(skippedOf(plan)).toEqual(['a@a dialect']);
  });

  test('gives the door of the dialect with each offer', () => {
    const parts = toParts([{ name: 'a@a', dialects: ['anthropic-messages', 'openai-chat'] }]);
    const state = toState([{ offer: 'a@a', share: 1 }]);
    const plan = planRoute(request, { state, parts, health: new Map() });
    expect(plan.ok && plan.value.offers[0]?.door.dialect).toBe('openai-chat');
  });

  test('skips offers whose endpoint needs a key that is missing', () => {
    const parts = toParts([
      { name: 'a@a', key: 'missing' },
      { name: 'b@b', key: 'present' },
    ]);
    const plan = planRoute(request, {
      state: toState([{ offer: 'a@a', share: 1 }], { fallback: ['b@b'] }),
      parts,
      health: new Map(),
    });
    expect(orderOf(plan)).toEqual(['b@b fallback']);
    expect(skippedOf(plan)).toEqual(['a@a no-credential']);
  });

  test('lists an offer once when it serves and is a fallback too', () => {
    const state = toState([{ offer: 'a@a', share: 1 }], { fallback: ['a@a', 'b@b'] });
    const plan = planRoute(request, { state, parts: toParts(three), health: new Map() });
    expect(orderOf(plan)).toEqual(['a@a serving', 'b@b fallback']);
  });

  test('stops at the limit of attempts and says so', () => {
    const sketches = Array.from({ length: limits.attempts + 2 }, (_, index) => ({ name: `m@e${index}` }));
    const fallback = sketches.slice(1).map(({ name }) => name);
    const state = toState([{ offer: 'm@e0', share: 1 }], { fallback });
    const plan = planRoute(request, { state, parts: toParts(sketches), health: new Map() });
    expect(orderOf(plan)).toHaveLength(limits.attempts);
    expect(skippedOf(plan)).toEqual(['m@e6 attempts', 'm@e7 attempts']);
  });

  test('fails with CHG_DIALECT_UNSERVED when no offer speaks the dialect', () => {
    const parts = toParts([{ name: 'a@a', dialects: ['anthropic-messages'] }]);
    const state = toState([{ offer: 'a@a', share: 1 }]);
    const found = failureOf(planRoute(request, { state, parts, health: new Map() }));
    expect(found.code).toBe('CHG_DIALECT_UNSERVED');
    expect(found.detail).toEqual({ dialect: 'openai-chat', route: 'support' });
  });

  test('fails with CHG_POLICY_REFUSED when the route allows none of its offers', () => {
    const state = toState([{ offer: 'a@a', share: 1 }], { allow: { ...allowAll, runsIn: ['DE'] } });
    const found = failureOf(planRoute(request, { state, parts: toParts(three), health: new Map() }));
    expect(found.code).toBe('CHG_POLICY_REFUSED');
    expect(found.detail['reason']).toContain('a@a');
  });

  test('fails with CHG_NO_OFFER and every reason when they are mixed', () => {
    const parts = toParts([{ name: 'a@a', key: 'missing' }]);
    const state = toState([{ offer: 'a@a', share: 1 }], { fallback: ['gone@x'] });
    const found = failureOf(planRoute(request, { state, parts, health: new Map() }));
    expect(found.code).toBe('CHG_NO_OFFER');
    expect(found.detail['reason']).toBe('a@a: no-credential, gone@x: unknown');
  });
});

describe('planOffer()', () => {
  test('plans the one offer, also while it is cooling', () => {
    const state = toState([{ offer: 'a@a', share: 1 }]);
    const input = { state, parts: toParts(three), health: cooling(['b@b', 100]) };
    expect(orderOf(planOffer(request, 'b@b', input))).toEqual(['b@b named']);
  });

  test('never goes past what the route allows', () => {
    const parts = toParts([{ name: 'a@a' }, { name: 'b@b', place: { runsIn: 'unknown' } }]);
    const state = toState([{ offer: 'a@a', share: 1 }], { allow: { ...allowAll, runsIn: ['SG'] } });
    const found = failureOf(planOffer(request, 'b@b', { state, parts, health: new Map() }));
    expect(found.code).toBe('CHG_POLICY_REFUSED');
  });
});

describe('toPlanText()', () => {
  test('says for each offer why it is tried or skipped', () => {
    const state = toState([{ offer: 'a@a', share: 1 }], { fallback: ['b@b', 'c@c'] });
    const plan = planRoute(request, { state, parts: toParts(three), health: cooling(['b@b', 2500]) });
    expect(plan.ok && toPlanText(plan.value, now)).toBe(
      [
        'route support, version 3',
        '1. a@a: serves this conversation',
        '2. c@c: fallback of the route',
        '-  b@b: skipped, failed lately, tried again in 3 s',
      ].join('\n'),
    );
  });
});

const places = ['SG', 'CN', 'US', 'unknown'] as const;
const listOfPlaces = fc.option(fc.subarray([...places]), { nil: null });

const anyCase = fc.record({
  sketches: fc.array(
    fc.record({
      runsIn: fc.constantFrom(...places),
      dataIn: fc.constantFrom(...places),
      operator: fc.constantFrom('acme', 'unknown'),
      operatorCountry: fc.constantFrom(...places),
      chat: fc.boolean(),
      key: fc.constantFrom('none' as const, 'present' as const, 'missing' as const),
      coolMs: fc.constantFrom(-1, 0, 500, 1000),
    }),
    { minLength: 1, maxLength: 9 },
  ),
  servingCount: fc.integer({ min: 1, max: 9 }),
  allow: fc.record({
    runsIn: listOfPlaces,
    dataIn: listOfPlaces,
    operators: fc.option(fc.subarray(['acme', 'SG', 'CN', 'unknown']), { nil: null }),
  }),
  unit: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

describe('planRoute() with any offers', () => {
  test('never contains an offer that is not allowed, mute, without a key, doubled, or too many', () => {
    fc.assert(
      fc.property(anyCase, ({ sketches, servingCount, allow, unit }) => {
        const named = sketches.map((sketch, index) => ({ ...sketch, name: `m@e${index}` }));
        const parts = toParts(
          named.map(({ name, chat, key, ...place }) => ({
            name,
            key,
            place,
            dialects: [chat ? 'openai-chat' : 'anthropic-messages'],
          })),
        );
        const serving = named.slice(0, servingCount).map(({ name }) => ({ offer: name, share: 1 }));
        const fallback = named.slice(servingCount).map(({ name }) => name);
        const health = new Map(named.map(({ name, coolMs }) => [name, toHealth(coolMs)]));
        const state = toState(serving, { fallback, allow });
        const plan = planRoute({ ...request, stickyUnit: unit }, { state, parts, health });
        const usable = named.filter(
          (sketch) =>
            sketch.chat &&
            sketch.key !== 'missing' &&
            (allow.runsIn === null ||
              (sketch.runsIn !== 'unknown' && allow.runsIn.includes(sketch.runsIn))) &&
            (allow.dataIn === null ||
              (sketch.dataIn !== 'unknown' && allow.dataIn.includes(sketch.dataIn))) &&
            (allow.operators === null ||
              (sketch.operator !== 'unknown' && allow.operators.includes(sketch.operator)) ||
              (sketch.operatorCountry !== 'unknown' && allow.operators.includes(sketch.operatorCountry))),
        );
        expect(plan.ok).toBe(usable.length > 0);
        if (!plan.ok) return;
        const names = plan.value.offers.map(({ offer }) => offer.name);
        const well = usable.filter(({ coolMs }) => coolMs <= 0).map(({ name }) => name);
        const expected = well.length > 0 ? Math.min(well.length, limits.attempts) : 1;
        expect(names).toHaveLength(expected);
        expect(new Set(names).size).toBe(names.length);
        for (const name of names) expect(usable.map((sketch) => sketch.name)).toContain(name);
        if (well.length > 0) for (const name of names) expect(well).toContain(name);
        // Every offer of the route is accounted for: tried or skipped with a reason.
        expect(names.length + plan.value.skipped.length).toBe(named.length);
      }),
      { numRuns: 2000 },
    );
  });
});
