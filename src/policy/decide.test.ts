import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Balances, KeyLimits, Purpose } from '../kernel/index.ts';
import { type AdmitFacts, decide, type Verdict } from './index.ts';

const now = 1_700_000_000_000;
const idle: Balances = { inFlight: 0, spent: 0n, reserved: 0n };
const budget = { amount: 100n, currency: 'USD', period: 'month' } as const;

function factsOf(
  limits: Partial<KeyLimits> = {},
  change: Partial<AdmitFacts> & { readonly routes?: readonly string[] } = {},
): AdmitFacts {
  const { routes = null, ...rest } = change;
  return {
    principal: {
      org: 'main',
      team: null,
      keyId: 'key_1',
      keyName: 'shop',
      routes,
      limits: { maxConcurrent: null, budget: null, ...limits },
    },
    key: { expiresAt: null, revokedAt: null },
    purpose: 'client',
    route: 'support',
    estimate: { amount: 10n, currency: 'USD' },
    ...rest,
  };
}

function codeOf(verdict: Verdict): string {
  return verdict.verdict === 'admit' ? 'admit' : verdict.failure.code;
}

describe('decide()', () => {
  test('admits a plain key and reserves its place', () => {
    expect(decide(factsOf(), idle, now)).toEqual({
      verdict: 'admit',
      reservations: [{ keyId: 'key_1', amount: 0n, budget: null }],
      reason: 'within limits',
    });
  });

  test.each([
    ['revoked', { expiresAt: null, revokedAt: now }, 'CHG_KEY_UNKNOWN'],
    ['expired this very millisecond', { expiresAt: now, revokedAt: null }, 'CHG_KEY_UNKNOWN'],
    ['that expires in a millisecond', { expiresAt: now + 1, revokedAt: null }, 'admit'],
    ['to be revoked in a millisecond', { expiresAt: null, revokedAt: now + 1 }, 'admit'],
  ])('judges a key %s', (_name, key, code) => {
    expect(codeOf(decide(factsOf({}, { key }), idle, now))).toBe(code);
  });

  test('admits the system without a key record', () => {
    expect(codeOf(decide(factsOf({}, { key: null, purpose: 'probe' }), idle, now))).toBe('admit');
  });

  test('refuses a route that the key does not list', () => {
    const verdict = decide(factsOf({}, { routes: ['demo'] }), idle, now);
    expect(verdict).toMatchObject({
      verdict: 'refuse',
      failure: { code: 'CHG_ROUTE_FORBIDDEN', detail: { route: 'support', key: 'shop' } },
    });
    expect(codeOf(decide(factsOf({}, { routes: ['demo', 'support'] }), idle, now))).toBe('admit');
    expect(codeOf(decide(factsOf({}, { routes: [] }), idle, now))).toBe('CHG_ROUTE_FORBIDDEN');
  });

  test('speaks of the route before it speaks of money', () => {
    const facts = factsOf({ budget, maxConcurrent: 0 }, { routes: [] });
    expect(codeOf(decide(facts, { ...idle, spent: 100n }, now))).toBe('CHG_ROUTE_FORBIDDEN');
  });

  test.each([
    [0, 'admit'],
    [1, 'admit'],
    [2, 'CHG_CONCURRENCY_LIMIT'],
    [3, 'CHG_CONCURRENCY_LIMIT'],
  ])('with two calls at once allowed and %i in flight: %s', (inFlight, code) => {
    expect(codeOf(decide(factsOf({ maxConcurrent: 2 }), { ...idle, inFlight }, now))).toBe(code);
  });

  test.each([
    ['fits to the last unit', 80n, 10n, 'admit'],
    ['does not fit', 81n, 10n, 'CHG_BUDGET_SPENT'],
    ['is eaten by what is reserved', 0n, 91n, 'CHG_BUDGET_SPENT'],
    ['is spent', 100n, 0n, 'CHG_BUDGET_SPENT'],
  ])('when the estimate %s', (_name, spent, reserved, code) => {
    expect(codeOf(decide(factsOf({ budget }), { ...idle, spent, reserved }, now))).toBe(code);
  });

  test('refuses a call that costs nothing on a budget that is spent', () => {
    const facts = factsOf({ budget }, { estimate: { amount: 0n, currency: 'USD' } });
    expect(codeOf(decide(facts, { ...idle, spent: 100n }, now))).toBe('CHG_BUDGET_SPENT');
  });

  test('reserves the estimate on the budget', () => {
    expect(decide(factsOf({ budget }), idle, now)).toMatchObject({
      reservations: [{ keyId: 'key_1', amount: 10n, budget }],
    });
  });

  test.each([
    ['no price', null, 'has no price'],
    ['another currency', { amount: 1n, currency: 'CNY' }, 'is priced in CNY'],
  ])('fails closed on %s, because the budget cannot be metered', (_name, estimate, words) => {
    const verdict = decide(factsOf({ budget }, { estimate }), idle, now);
    expect(codeOf(verdict)).toBe('CHG_POLICY_REFUSED');
    expect(verdict.verdict === 'refuse' && String(verdict.failure.detail['reason'])).toContain(words);
    expect(codeOf(decide(factsOf({}, { estimate }), idle, now))).toBe('admit');
  });

  test.each(['replay', 'shadow', 'judge', 'probe'] satisfies Purpose[])(
    'does not bill a key for %s, and holds it to everything else',
    (purpose) => {
      const spent = { ...idle, spent: 100n, inFlight: 5 };
      expect(codeOf(decide(factsOf({ budget }, { purpose }), spent, now))).toBe('admit');
      expect(codeOf(decide(factsOf({ maxConcurrent: 5 }, { purpose }), spent, now))).toBe(
        'CHG_CONCURRENCY_LIMIT',
      );
      expect(codeOf(decide(factsOf({}, { purpose, routes: [] }), spent, now))).toBe('CHG_ROUTE_FORBIDDEN');
    },
  );

  test('never lets reservations and spending pass the budget', () => {
    const amounts = fc.array(fc.bigInt({ min: 0n, max: 60n }), { maxLength: 40 });
    fc.assert(
      fc.property(amounts, fc.bigInt({ min: 0n, max: 200n }), (estimates, amount) => {
        let balances = idle;
        for (const estimate of estimates) {
          const facts = factsOf(
            { budget: { ...budget, amount } },
            { estimate: { amount: estimate, currency: 'USD' } },
          );
          const verdict = decide(facts, balances, now);
          if (verdict.verdict === 'refuse') continue;
          const held = verdict.reservations[0]?.amount ?? 0n;
          balances = { ...balances, inFlight: balances.inFlight + 1, reserved: balances.reserved + held };
          expect(balances.reserved + balances.spent <= amount).toBe(true);
        }
      }),
    );
  });
});
