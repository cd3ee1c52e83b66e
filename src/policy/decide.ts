import {
  type Balances,
  type Failure,
  failure,
  type KeyRecord,
  type NanoMoney,
  type Principal,
  type Purpose,
  type Reservation,
} from '../kernel/index.ts';

/** What a call may cost at most, as far as is known before it is made. */
export interface CostEstimate {
  readonly amount: NanoMoney;
  readonly currency: string;
}

/** What is known of a call when it asks to be admitted. */
export interface AdmitFacts {
  readonly principal: Principal;
  /** The key as the snapshot has it now; null when the system itself calls (trials, probes). */
  readonly key: Pick<KeyRecord, 'expiresAt' | 'revokedAt'> | null;
  readonly purpose: Purpose;
  readonly route: string;
  /** Null when no offer of the route has a tariff. */
  readonly estimate: CostEstimate | null;
}

/** What policy says to a call. `reason` is a short clause for the ledger; it never holds content. */
export type Verdict =
  | { readonly verdict: 'admit'; readonly reservations: readonly Reservation[]; readonly reason: string }
  | { readonly verdict: 'refuse'; readonly failure: Failure; readonly reason: string };

/**
 * Decides whether a call may go on: the key's life, its routes, its calls in flight and its money budget,
 * in this order, so that a stranger to a route learns nothing of budgets. Fails closed: a budget that
 * cannot be metered (no tariff, or one in another currency) admits nothing.
 *
 * Pure: `balances` are those of the key now, and the caller must hold the reservations in the same step.
 */
export function decide(facts: AdmitFacts, balances: Balances, now: number): Verdict {
  return checkKey(facts, now) ?? checkRoute(facts) ?? checkLimits(facts, balances);
}

/** A key that has been revoked or has expired looks like an unknown one, so that probing teaches nothing. */
function checkKey({ key }: AdmitFacts, now: number): Verdict | null {
  if (key === null) return null;
  if (key.revokedAt !== null && key.revokedAt <= now) return refuse('CHG_KEY_UNKNOWN', {}, 'key revoked');
  if (key.expiresAt !== null && key.expiresAt <= now) return refuse('CHG_KEY_UNKNOWN', {}, 'key expired');
  return null;
}

function checkRoute({ principal, route }: AdmitFacts): Verdict | null {
  if (principal.routes === null || principal.routes.includes(route)) return null;
  return refuse('CHG_ROUTE_FORBIDDEN', { route, key: principal.keyName }, 'route not listed by the key');
}

function checkLimits(facts: AdmitFacts, balances: Balances): Verdict {
  const { principal, purpose, estimate } = facts;
  const { maxConcurrent, budget } = principal.limits;
  const key = principal.keyName;
  if (maxConcurrent !== null && balances.inFlight >= maxConcurrent) {
    return refuse('CHG_CONCURRENCY_LIMIT', { key, limit: maxConcurrent }, 'too many calls in flight');
  }
  // Only clients' calls are billed to a key; the others have the budget of their trial.
  if (budget === null || purpose !== 'client') {
    return admit({ keyId: principal.keyId, amount: 0n, budget: null });
  }
  if (estimate === null || estimate.currency !== budget.currency) {
    const cost = estimate === null ? 'has no price' : `is priced in ${estimate.currency}`;
    const reason = `key "${key}" has a budget in ${budget.currency}, and route "${facts.route}" ${cost}`;
    return refuse('CHG_POLICY_REFUSED', { reason }, 'budget cannot be metered');
  }
  // What is spent to the last unit is spent: an estimate of zero must not slip through an empty budget.
  const used = balances.spent + balances.reserved;
  if (used >= budget.amount || used + estimate.amount > budget.amount) {
    return refuse('CHG_BUDGET_SPENT', { key, period: budget.period }, `${budget.period} budget spent`);
  }
  return admit({ keyId: principal.keyId, amount: estimate.amount, budget });
}

function admit(reservation: Reservation): Verdict {
  return { verdict: 'admit', reservations: [reservation], reason: 'within limits' };
}

function refuse(code: Failure['code'], detail: Failure['detail'], reason: string): Verdict {
  return { verdict: 'refuse', failure: failure(code, detail).failure, reason };
}
