// Small catalogues for the tests of this folder.
import type { Allowance, Endpoint, Jurisdiction, Offer } from '../catalog/index.ts';
import type { BoundCredential, Dialect } from '../kernel/index.ts';
import type { PlanParts, Route, RouteState, Share } from './index.ts';

/** What a test says of one offer; the rest is plain. */
export interface OfferSketch {
  readonly name: string;
  readonly dialects?: readonly Dialect[];
  readonly place?: Partial<Jurisdiction>;
  readonly key?: 'none' | 'present' | 'missing';
}

const here: Jurisdiction = { runsIn: 'SG', dataIn: 'SG', operator: 'acme', operatorCountry: 'SG' };
export const allowAll: Allowance = { runsIn: null, dataIn: null, operators: null };

function toEndpoint({ name, dialects = ['openai-chat'], place = {}, key = 'none' }: OfferSketch): Endpoint {
  return {
    name: name.slice(name.lastIndexOf('@') + 1),
    profile: { name: 'openai-compatible', streamUsage: 'ask', errorCodes: {}, evidence: 'remembered' },
    doors: dialects.map((dialect) => ({
      dialect,
      url: 'http://127.0.0.1:1/x',
      auth: key === 'none' ? ('none' as const) : ('bearer' as const),
      headers: {},
    })),
    modelsUrl: null,
    jurisdiction: { ...here, ...place },
    tls: null,
    privateAllowed: true,
    phases: { connectMs: 1, firstByteMs: 1, firstTokenMs: 1, idleMs: 1, totalMs: 1 },
    simulated: false,
  };
}

/** Endpoints, offers and credentials for sketches; each offer needs an endpoint of its own. */
export function toParts(sketches: readonly OfferSketch[]): PlanParts {
  const endpoints = sketches.map(toEndpoint);
  const offers = sketches.map(({ name }): Offer => {
    const [model = '', endpoint = ''] = name.split('@');
    return { name, model, endpoint, wireModel: model, tariff: null };
  });
  const credential: BoundCredential = { origin: 'http://127.0.0.1:1', headersFor: () => null };
  const keyed = sketches.filter(({ key }) => key === 'present').map(({ name }) => name.split('@')[1] ?? '');
  return {
    endpoints: new Map(endpoints.map((endpoint) => [endpoint.name, endpoint])),
    offers: new Map(offers.map((offer) => [offer.name, offer])),
    credentials: new Map(keyed.map((name) => [name, credential])),
  };
}

/** A route that serves shares. */
export function toState(
  shares: readonly Share[],
  { fallback = [], allow = allowAll }: Partial<Pick<Route, 'fallback' | 'allow'>> = {},
): RouteState {
  return {
    route: { name: 'support', serve: shares, fallback, allow, keepBodiesMs: null, phases: {} },
    serving: { route: 'support', version: 3, shares, reason: '', actor: 'admin', at: 0 },
  };
}
