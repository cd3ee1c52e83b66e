import { type Allowance, type Endpoint, findObjection, unknownPlace } from '../catalog/index.ts';
import type { Purpose } from '../kernel/index.ts';

/** Which offer is to be called, for what, and on behalf of which route. */
export interface OfferUse {
  readonly purpose: Purpose;
  readonly allow: Allowance;
  /** Offers that the route names: what it serves, and its fallback. */
  readonly routeOffers: readonly string[];
  /** The offer to be called, `model@endpoint`, and its endpoint. */
  readonly offer: string;
  readonly offered: Endpoint;
  /** The endpoint that serves the route now. */
  readonly incumbent: Endpoint;
}

export type UseVerdict = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

const allowed: UseVerdict = { allowed: true };

/**
 * Says whether an offer may be called with a route's traffic. The route's `allow` binds every purpose.
 * Replay, shadow and judge calls carry customers' content to a place that the customers' own calls do not
 * go to, so another operator, country of inference or country of data than the incumbent's must moreover be
 * named by the route: as one of its offers, or in the list of its `allow` that concerns it.
 */
export function mayUseOffer(use: OfferUse): UseVerdict {
  const objection = findObjection(use.allow, use.offered.jurisdiction);
  if (objection !== null) return { allowed: false, reason: `${use.offer}: ${objection}` };
  // A client's call goes where the route sends it, and a probe carries nothing of a customer.
  if (use.purpose === 'client' || use.purpose === 'probe') return allowed;
  if (use.offered.name === use.incumbent.name || use.routeOffers.includes(use.offer)) return allowed;
  const difference = findUnnamedDifference(use);
  if (difference === null) return allowed;
  return {
    allowed: false,
    reason: `${use.offer}: ${difference}; name the offer or the place in the route to allow it`,
  };
}

/** Two unknowns are not known to be the same. */
function isSame(left: string, right: string): boolean {
  return left === right && left !== unknownPlace;
}

/** What differs from the incumbent and is not in the list that would allow it. Passing `allow` has been checked. */
function findUnnamedDifference({ allow, offered, incumbent }: OfferUse): string | null {
  const place = offered.jurisdiction;
  const usual = incumbent.jurisdiction;
  const isSameOperator =
    isSame(place.operator, usual.operator) && isSame(place.operatorCountry, usual.operatorCountry);
  if (!isSameOperator && allow.operators === null) {
    return `its operator "${place.operator}" of "${place.operatorCountry}" is not the incumbent's`;
  }
  if (!isSame(place.runsIn, usual.runsIn) && allow.runsIn === null) {
    return `its inference in "${place.runsIn}" is not where the incumbent's runs`;
  }
  if (!isSame(place.dataIn, usual.dataIn) && allow.dataIn === null) {
    return `its data in "${place.dataIn}" does not rest where the incumbent's does`;
  }
  return null;
}
