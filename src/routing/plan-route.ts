import { type Endpoint, isAllowed, type Offer } from '../catalog/index.ts';
import { failure, limits, type Result, success } from '../kernel/index.ts';
import { toDraw } from './pick-offer.ts';
import type {
  HealthMap,
  Plan,
  PlannedOffer,
  PlanParts,
  PlanReason,
  RouteRequest,
  RouteState,
  SkippedOffer,
} from './plan.ts';
import type { Share } from './route.ts';

/** One plan in the making. */
interface Draft {
  readonly request: RouteRequest;
  readonly state: RouteState;
  readonly parts: PlanParts;
  readonly health: HealthMap;
  readonly offers: PlannedOffer[];
  readonly skipped: SkippedOffer[];
  /** The cooling offer that is due soonest. */
  soonest: PlannedOffer | null;
  soonestAt: number;
}

/** Everything that `planRoute` reads. */
export interface PlanInput {
  readonly state: RouteState;
  readonly parts: PlanParts;
  readonly health: HealthMap;
}

/**
 * Orders the offers to try for one call: the serving offer that the conversation falls on, the route's
 * fallback in its order, then the other serving offers as a last resort. When the picked offer is cooling,
 * the conversation goes to the other serving offers first, because they are what the admin serves, and
 * then to the fallback. Offers without a door for the dialect, outside the route's `allow`, without a
 * credential or cooling are skipped; when all usable ones are cooling, the one that is due soonest is tried.
 *
 * Does no I/O and reads no clock, so that a trial can plan yesterday's traffic under today's rules.
 * Fails with CHG_DIALECT_UNSERVED, CHG_POLICY_REFUSED or CHG_NO_OFFER. Invariant: a plan is never empty.
 */
export function planRoute(request: RouteRequest, input: PlanInput): Result<Plan> {
  const { route, serving } = input.state;
  const draft = toDraft(request, input);
  const { shares } = serving;
  if (shares.length === 1 && shares[0] !== undefined) {
    consider(draft, shares[0].offer, 'serving');
    for (const name of route.fallback) consider(draft, name, 'fallback');
    return finish(draft);
  }
  const ordered = toDrawOrder(request.stickyUnit, shares);
  const picked = ordered[0];
  if (picked !== undefined && consider(draft, picked.offer, 'serving')) {
    for (const name of route.fallback) consider(draft, name, 'fallback');
    for (let index = 1; index < ordered.length; index++) {
      consider(draft, ordered[index]?.offer ?? '', 'last-resort');
    }
    return finish(draft);
  }
  for (let index = 1; index < ordered.length; index++) {
    consider(draft, ordered[index]?.offer ?? '', 'next-serving');
  }
  for (const name of route.fallback) consider(draft, name, 'fallback');
  return finish(draft);
}

/**
 * Plans a call to one exact offer on a route (replay, shadow, probe): that offer or nothing, under the
 * same filters; a cooling offer is still tried, as nothing else can take its place.
 */
export function planOffer(request: RouteRequest, offerName: string, input: PlanInput): Result<Plan> {
  const draft = toDraft(request, input);
  consider(draft, offerName, 'named');
  return finish(draft);
}

function toDraft(request: RouteRequest, input: PlanInput): Draft {
  const { state, parts, health } = input;
  return { request, state, parts, health, offers: [], skipped: [], soonest: null, soonestAt: 0 };
}

/** Serving offers by their draw for this conversation, lowest first. Ties cannot matter: names differ. */
function toDrawOrder(unit: number, shares: readonly Share[]): readonly Share[] {
  const draws = shares.map((share) => ({ share, draw: toDraw(unit, share) }));
  draws.sort((left, right) => left.draw - right.draw);
  return draws.map((entry) => entry.share);
}

/** Puts an offer on the plan or among the skipped. True when it is on the plan. */
function consider(draft: Draft, name: string, why: PlanReason): boolean {
  for (const planned of draft.offers) if (planned.offer.name === name) return true;
  for (const skipped of draft.skipped) if (skipped.name === name) return false;
  const offer = draft.parts.offers.get(name);
  const endpoint = offer === undefined ? undefined : draft.parts.endpoints.get(offer.endpoint);
  if (offer === undefined || endpoint === undefined) return skip(draft, name, 'unknown');
  return considerKnown(draft, { offer, endpoint, why });
}

function considerKnown(
  draft: Draft,
  candidate: { readonly offer: Offer; readonly endpoint: Endpoint; readonly why: PlanReason },
): boolean {
  const { offer, endpoint, why } = candidate;
  const { allow } = draft.state.route;
  if (!isAllowed(allow, endpoint.jurisdiction)) return skip(draft, offer.name, 'not-allowed');
  const door = findDoor(endpoint, draft.request.dialect);
  if (door === undefined) return skip(draft, offer.name, 'dialect');
  if (door.auth !== 'none' && !draft.parts.credentials.has(endpoint.name)) {
    return skip(draft, offer.name, 'no-credential');
  }
  const coolUntil = draft.health.get(offer.name)?.coolUntil ?? 0;
  if (coolUntil > draft.request.now) {
    if (draft.soonest === null || coolUntil < draft.soonestAt) {
      draft.soonest = { offer, endpoint, door, why: why === 'named' ? why : 'all-cooling' };
      draft.soonestAt = coolUntil;
    }
    draft.skipped.push({ name: offer.name, reason: 'cooling', coolUntil });
    return false;
  }
  if (draft.offers.length >= limits.attempts) return skip(draft, offer.name, 'attempts');
  draft.offers.push({ offer, endpoint, door, why });
  return true;
}

function findDoor(
  endpoint: Endpoint,
  dialect: RouteRequest['dialect'],
): Endpoint['doors'][number] | undefined {
  for (const door of endpoint.doors) if (door.dialect === dialect) return door;
  return undefined;
}

function skip(draft: Draft, name: string, reason: SkippedOffer['reason']): false {
  draft.skipped.push({ name, reason, coolUntil: 0 });
  return false;
}

function finish(draft: Draft): Result<Plan> {
  const { offers, soonest } = draft;
  let { skipped } = draft;
  if (offers.length === 0 && soonest !== null) {
    offers.push(soonest);
    skipped = skipped.filter((entry) => entry.name !== soonest.offer.name);
  }
  if (offers.length === 0) return refuse(draft);
  const { route, serving } = draft.state;
  return success({ route: route.name, routeVersion: serving.version, offers, skipped });
}

function refuse(draft: Draft): Result<Plan> {
  const route = draft.state.route.name;
  const { skipped, request } = draft;
  if (skipped.length > 0 && skipped.every((entry) => entry.reason === 'dialect')) {
    return failure('CHG_DIALECT_UNSERVED', { dialect: request.dialect, route });
  }
  if (skipped.length > 0 && skipped.every((entry) => entry.reason === 'not-allowed')) {
    const names = skipped.map((entry) => entry.name).join(', ');
    return failure('CHG_POLICY_REFUSED', {
      reason: `route "${route}" does not allow the place or operator of ${names}`,
    });
  }
  const reasons = skipped.map((entry) => `${entry.name}: ${entry.reason}`).join(', ');
  return failure('CHG_NO_OFFER', { route, reason: reasons || 'it serves nothing' });
}
