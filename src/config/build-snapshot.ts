import { findObjection } from '../catalog/index.ts';
import { type BoundCredential, failure, type KeyRecord, type Result, success } from '../kernel/index.ts';
import type { Route, Serving, Snapshot } from '../routing/index.ts';
import type { Settings } from './settings.ts';

/** What a snapshot holds beside the settings. */
export interface SnapshotInput {
  /** One more than that of the snapshot before. */
  readonly version: number;
  readonly keys: readonly KeyRecord[];
  /** By route; each route of the settings needs one. Others are left out. */
  readonly serving: ReadonlyMap<string, Serving>;
  /** By endpoint; each must be bound to the origin of its need in the settings. */
  readonly credentials: ReadonlyMap<string, BoundCredential>;
}

/**
 * Joins settings and state into the snapshot that calls see. Fails with CHG_CONFIG_INVALID when an offer
 * that serves is gone or no longer allowed: the configuration must not take away what answers calls now.
 */
export function buildSnapshot(settings: Settings, input: SnapshotInput): Result<Snapshot> {
  const serving = new Map<string, Serving>();
  for (const route of settings.routes.values()) {
    const now = input.serving.get(route.name);
    if (now === undefined || now.shares.length === 0) {
      return failure('CHG_CONFIG_INVALID', { reason: `route "${route.name}" has no serving` });
    }
    for (const { offer } of now.shares) {
      const objection = findServingObjection(settings, route.name, offer);
      if (objection !== null) return failure('CHG_CONFIG_INVALID', { reason: objection });
    }
    serving.set(route.name, now);
  }
  return success({
    version: input.version,
    configHash: settings.hash,
    keys: new Map(input.keys.map((key) => [key.hash, key])),
    endpoints: settings.endpoints,
    credentials: input.credentials,
    offers: settings.offers,
    routes: settings.routes,
    serving,
    limits: settings.limits,
  });
}

/**
 * Why an offer may not serve a route, as a sentence, or null when it may. Also for a switch before it is
 * written: what passes here will not be refused by the next snapshot.
 */
export function findServingObjection(
  settings: Pick<Settings, 'endpoints' | 'offers' | 'routes'>,
  routeName: string,
  offerName: string,
): string | null {
  const route = settings.routes.get(routeName);
  if (route === undefined) return `there is no route "${routeName}"`;
  const offer = settings.offers.get(offerName);
  const endpoint = offer === undefined ? undefined : settings.endpoints.get(offer.endpoint);
  if (endpoint === undefined) return `"${offerName}" serves route "${routeName}", and there is no such offer`;
  const objection = findObjection(route.allow, endpoint.jurisdiction);
  return objection === null ? null : `route "${routeName}" does not allow "${offerName}": ${objection}`;
}

/** The serving that a route begins with: version 1, as its configuration says. `at` is epoch milliseconds. */
export function toFirstServing(route: Route, at: number): Serving {
  return {
    route: route.name,
    version: 1,
    shares: route.serve,
    reason: 'first value of the configuration',
    actor: 'config',
    at,
  };
}
