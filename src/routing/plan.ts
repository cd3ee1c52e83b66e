import type { Door, Endpoint, Offer } from '../catalog/index.ts';
import type { Dialect } from '../kernel/index.ts';
import type { OfferHealth } from './health.ts';
import type { Route, Serving } from './route.ts';
import type { Snapshot } from './snapshot.ts';

/** What a plan depends on of the request. */
export interface RouteRequest {
  readonly dialect: Dialect;
  /** The conversation's stable number in [0, 1): the same conversation always brings the same. */
  readonly stickyUnit: number;
  /** Epoch milliseconds, for cooling offers. */
  readonly now: number;
}

/** The parts of a snapshot that a plan reads. A `Snapshot` fits. */
export type PlanParts = Pick<Snapshot, 'offers' | 'endpoints' | 'credentials'>;

/** By offer name; offers that never failed are absent. */
export type HealthMap = ReadonlyMap<string, OfferHealth>;

/**
 * Why an offer stands where it does. `serving`: picked by its share · `named`: the caller asked for this
 * offer · `next-serving`: takes over from a picked offer that is cooling · `fallback`: the route's list ·
 * `last-resort`: serves other conversations of this route, tried when all else failed ·
 * `all-cooling`: every offer is cooling and this one is due soonest.
 */
export type PlanReason = 'serving' | 'named' | 'next-serving' | 'fallback' | 'last-resort' | 'all-cooling';

/** One offer to try. The objects are the snapshot's own, so that the attempt needs no look-up. */
export interface PlannedOffer {
  readonly offer: Offer;
  readonly endpoint: Endpoint;
  readonly door: Door;
  readonly why: PlanReason;
}

/**
 * Why an offer is not tried. `dialect`: its endpoint has no door for the request's dialect · `not-allowed`:
 * the route's `allow` does not name its place · `no-credential`: its endpoint needs a key that is missing ·
 * `cooling`: it failed lately · `unknown`: no such offer · `attempts`: the limit of attempts was reached.
 */
export type SkipReason = 'dialect' | 'not-allowed' | 'no-credential' | 'cooling' | 'unknown' | 'attempts';

/** One offer that is not tried. */
export interface SkippedOffer {
  readonly name: string;
  readonly reason: SkipReason;
  /** Epoch milliseconds until which it cools; 0 for other reasons. */
  readonly coolUntil: number;
}

/** The offers to try for one call, in order; never empty. */
export interface Plan {
  readonly route: string;
  readonly routeVersion: number;
  readonly offers: readonly PlannedOffer[];
  readonly skipped: readonly SkippedOffer[];
}

/** A route with what serves it now. */
export interface RouteState {
  readonly route: Route;
  readonly serving: Serving;
}
