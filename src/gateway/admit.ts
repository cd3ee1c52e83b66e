import { toCost } from '../catalog/index.ts';
import {
  type Failure,
  failure,
  type Hold,
  limits,
  type Meter,
  type Recorder,
  type Result,
  success,
} from '../kernel/index.ts';
import { type CostEstimate, decide, mayUseOffer } from '../policy/index.ts';
import {
  type HealthMap,
  type Plan,
  planOffer,
  planRoute,
  type Route,
  type Serving,
  type Snapshot,
} from '../routing/index.ts';
import type { AcceptedCall } from './call.ts';

/** A call that may go on: what it holds of the meter, and where it may go. */
export interface Admission {
  readonly route: Route;
  readonly serving: Serving;
  readonly plan: Plan;
  readonly hold: Hold;
  readonly reason: string;
}

/** A refusal that still knows the route, so that the ledger can say which one was asked for. */
export interface AdmitRefusal {
  readonly failure: Failure;
  readonly reason: string;
  readonly routeVersion: number;
}

export interface AdmitInput {
  readonly snapshot: Snapshot;
  readonly meter: Meter;
  readonly recorder: Recorder;
  readonly health: HealthMap;
  /** Stable number of the conversation in [0, 1). */
  readonly stickyUnit: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Output tokens assumed when a request sets no bound; enough for nearly every chat answer. */
const assumedOutputTokens = 1_000;
/** Bytes of JSON per token, low enough to estimate on the safe side for most scripts. */
const bytesPerToken = 3;

export type Admitted =
  | { readonly ok: true; readonly value: Admission }
  | { readonly ok: false; readonly refusal: AdmitRefusal };

function refuse(failed: Failure, reason: string, routeVersion = 0): Admitted {
  return { ok: false, refusal: { failure: failed, reason, routeVersion } };
}

/**
 * An upper estimate of the call's cost at the dearest offer of the plan. Null when an offer has no price or
 * prices differ in currency: a budget that one offer of the plan would by-pass is not a budget.
 */
function estimateCost(call: AcceptedCall, plan: Plan): CostEstimate | null {
  const { choices, maxOutputTokens } = call.features;
  const perChoice = maxOutputTokens ?? assumedOutputTokens;
  const usage = {
    inputTokens: Math.ceil(call.body.length / bytesPerToken),
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    // Clients write what they like here, 0.5 and 1e300 too.
    outputTokens: Math.min(Math.ceil(perChoice) * choices, limits.callTokens),
    reasoningTokens: 0,
  };
  let estimate: CostEstimate | null = null;
  for (const { offer } of plan.offers) {
    if (offer.tariff === null) return null;
    const { currency } = offer.tariff;
    if (estimate !== null && estimate.currency !== currency) return null;
    const amount = toCost(usage, offer.tariff);
    if (estimate === null || amount > estimate.amount) estimate = { amount, currency };
  }
  return estimate;
}

/** Replay, shadow and judge calls pass this too: content may not slip to a place where its client's calls never go. */
function checkUse(call: AcceptedCall, plan: Plan, input: AdmitInput): Result<true> {
  const { snapshot } = input;
  const route = snapshot.routes.get(plan.route);
  const serving = snapshot.serving.get(plan.route);
  const incumbentName = serving?.shares[0]?.offer ?? '';
  const incumbent = snapshot.endpoints.get(snapshot.offers.get(incumbentName)?.endpoint ?? '');
  if (route === undefined || serving === undefined || incumbent === undefined) return success(true);
  const routeOffers = [...serving.shares.map((share) => share.offer), ...route.fallback];
  for (const planned of plan.offers) {
    const verdict = mayUseOffer({
      purpose: call.purpose,
      allow: route.allow,
      routeOffers,
      offer: planned.offer.name,
      offered: planned.endpoint,
      incumbent,
    });
    if (!verdict.allowed) return failure('CHG_POLICY_REFUSED', { reason: verdict.reason });
  }
  return success(true);
}

/** Decides whether and where a call may go. Fails closed, with a public code and a reason. */
export function admit(call: AcceptedCall, input: AdmitInput): Admitted {
  const { snapshot, recorder, now } = input;
  if (recorder.pressure() === 'behind' && recorder.whenBehind === 'refuse') {
    return refuse(failure('CHG_LEDGER_BEHIND').failure, 'ledger behind');
  }
  const route = snapshot.routes.get(call.target.route);
  const serving = snapshot.serving.get(call.target.route);
  if (route === undefined || serving === undefined) {
    const shown = call.target.route.slice(0, 128);
    return refuse(failure('CHG_ROUTE_UNKNOWN', { route: shown }).failure, 'route unknown');
  }
  const request = { dialect: call.features.dialect, stickyUnit: input.stickyUnit, now };
  const planInput = { state: { route, serving }, parts: snapshot, health: input.health };
  const exact = call.target.offer;
  const planned = exact === null ? planRoute(request, planInput) : planOffer(request, exact, planInput);
  const isMetered = call.principal.limits.budget !== null;
  const estimate = planned.ok && isMetered ? estimateCost(call, planned.value) : null;
  const { principal, key, purpose } = call;
  const facts = { principal, key, purpose, route: route.name, estimate };
  const balances = input.meter.balances(principal.keyId, principal.limits.budget, now);
  const verdict = decide(facts, balances, now);
  // Who may not use a route learns that before learning what the route lacks.
  if (!planned.ok && (verdict.verdict === 'admit' || verdict.failure.code !== 'CHG_ROUTE_FORBIDDEN')) {
    return refuse(planned.failure, 'no offer', serving.version);
  }
  if (verdict.verdict === 'refuse') return refuse(verdict.failure, verdict.reason, serving.version);
  if (!planned.ok) return refuse(planned.failure, 'no offer', serving.version);
  const use = checkUse(call, planned.value, input);
  if (!use.ok) return refuse(use.failure, 'place not named by the route', serving.version);
  const reservation = verdict.reservations[0];
  if (reservation === undefined) throw new Error('Policy admitted a call without a reservation');
  const hold = input.meter.reserve(reservation, now);
  return { ok: true, value: { route, serving, plan: planned.value, hold, reason: verdict.reason } };
}
