import { describe, expect, test } from 'vitest';
import type { Endpoint, Jurisdiction } from '../catalog/index.ts';
import type { Purpose } from '../kernel/index.ts';
import { mayUseOffer, type OfferUse } from './index.ts';

function endpointAt(name: string, jurisdiction: Jurisdiction): Endpoint {
  return {
    name,
    profile: { name: 'openai-compatible', streamUsage: 'ask', errorCodes: {}, evidence: 'remembered' },
    doors: [],
    modelsUrl: null,
    jurisdiction,
    tls: null,
    privateAllowed: false,
    phases: { connectMs: 1, firstByteMs: 1, firstTokenMs: 1, idleMs: 1, totalMs: 1 },
    simulated: false,
  };
}

const american = { runsIn: 'US', dataIn: 'US', operator: 'acme', operatorCountry: 'US' };
const incumbent = endpointAt('acme', american);
const allow = { runsIn: null, dataIn: null, operators: null };

function use(place: Partial<Jurisdiction>, change: Partial<OfferUse> = {}): OfferUse {
  const offered = endpointAt('other', { ...american, ...place });
  return {
    purpose: 'shadow',
    allow,
    routeOffers: ['m@acme'],
    offer: 'n@other',
    offered,
    incumbent,
    ...change,
  };
}

const carrying: readonly Purpose[] = ['replay', 'shadow', 'judge'];

describe('mayUseOffer()', () => {
  test('holds every purpose to the allow list of the route', () => {
    for (const purpose of ['client', 'probe', ...carrying] as const) {
      const verdict = mayUseOffer(use({ runsIn: 'CN' }, { purpose, allow: { ...allow, runsIn: ['US'] } }));
      expect(verdict).toEqual({
        allowed: false,
        reason: 'n@other: inference runs in "CN", allowed is US',
      });
    }
  });

  test.each(carrying)("lets %s go to a place like the incumbent's", (purpose) => {
    expect(mayUseOffer(use({}, { purpose })).allowed).toBe(true);
  });

  test.each([
    ['another operator', { operator: 'deepseek' }],
    ['an operator of another country', { operatorCountry: 'CN' }],
    ['another country of inference', { runsIn: 'CN' }],
    ['another country of data', { dataIn: 'CN' }],
  ] as const)('keeps replay, shadow and judge from %s that the route does not name', (_name, place) => {
    for (const purpose of carrying) {
      const verdict = mayUseOffer(use(place, { purpose }));
      expect(verdict.allowed).toBe(false);
      expect(!verdict.allowed && verdict.reason).toContain('name the offer or the place');
    }
    expect(mayUseOffer(use(place, { purpose: 'client' })).allowed).toBe(true);
    expect(mayUseOffer(use(place, { purpose: 'probe' })).allowed).toBe(true);
  });

  test('takes an offer of the route as named, at this endpoint only', () => {
    expect(mayUseOffer(use({ runsIn: 'CN' }, { routeOffers: ['m@acme', 'n@other'] })).allowed).toBe(true);
    expect(mayUseOffer(use({ runsIn: 'CN' }, { routeOffers: ['m@acme', 'other@other'] })).allowed).toBe(
      false,
    );
  });

  test('takes a list that allows the place as naming it, each for what it is about', () => {
    const place = { runsIn: 'CN', operator: 'deepseek', operatorCountry: 'CN' };
    const lists = { ...allow, runsIn: ['US', 'CN'] };
    expect(mayUseOffer(use(place, { allow: lists })).allowed).toBe(false);
    expect(mayUseOffer(use(place, { allow: { ...lists, operators: ['US', 'CN'] } })).allowed).toBe(true);
  });

  test('does not take two unknown places for the same', () => {
    const unknown = { runsIn: 'unknown' };
    const from = endpointAt('acme', { ...american, ...unknown });
    expect(mayUseOffer(use(unknown, { incumbent: from })).allowed).toBe(false);
    expect(mayUseOffer(use(unknown, { incumbent: from, offered: from })).allowed).toBe(true);
  });
});
