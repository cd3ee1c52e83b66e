import { failure } from '../../kernel/index.ts';
import type { Database } from '../database.ts';
import type { ServingOutcome, ServingPlan, ServingVersion, StoredShare } from '../state-store.ts';
import { Refusal } from '../store-failure.ts';
import type { StateFile } from './outbox.ts';
import { currentServing, servingHistory, writeServing } from './serving.ts';
import { checkShares, decodeShares, encodeShares, isSameShares } from './shares.ts';

interface HeadRow {
  readonly config_shares: string;
  readonly is_active: number;
}

/** Carries the outcome of a dry run out of the transaction that it undoes. */
class DryRun extends Error {
  readonly outcome: ServingOutcome;
  constructor(outcome: ServingOutcome) {
    super('dry run');
    this.outcome = outcome;
  }
}

function hasOffers(serving: ServingVersion, offers: ReadonlySet<string> | null): boolean {
  return offers === null || serving.shares.every(({ offer }) => offers.has(offer));
}

/**
 * Whether what serves goes on. A route that had been taken out and comes back goes on where it was, unless an
 * offer has gone meanwhile: nobody who adds a route expects to be refused over a switch of last year.
 */
function isKept(row: HeadRow, planned: readonly StoredShare[], isServable: boolean): boolean {
  const isUnchanged = isSameShares(decodeShares(row.config_shares), planned);
  return isUnchanged && (row.is_active === 1 || isServable);
}

interface RoutePlan {
  readonly route: string;
  readonly shares: readonly StoredShare[];
}

/** Brings one route in line; returns whether it wrote a version. */
function ensureRoute(state: StateFile, plan: ServingPlan, { route, shares }: RoutePlan): boolean {
  checkShares(shares);
  const { database } = state;
  const [row] = database.query<HeadRow>(
    'SELECT config_shares, is_active FROM serving_head WHERE route = $1',
    [route],
  );
  const head = servingHistory(state, route, 1)[0] ?? null;
  const offers = plan.offers === null ? null : new Set(plan.offers);
  if (row !== undefined && head !== null && isKept(row, shares, hasOffers(head, offers))) {
    database.run('UPDATE serving_head SET is_active = 1 WHERE route = $1', [route]);
    return false;
  }
  const backTo = head !== null && isSameShares(head.shares, shares) ? head.backTo : (head?.version ?? null);
  const reason = head === null ? 'first serving of the configuration' : 'the configuration has changed';
  const next = writeServing(
    state,
    { route, head },
    { shares, reason, origin: 'config', backTo, change: plan },
  );
  database.run(
    `INSERT INTO serving_head (route, version, config_shares, is_active) VALUES ($1, $2, $3, 1)
     ON CONFLICT (route) DO UPDATE
     SET version = excluded.version, config_shares = excluded.config_shares, is_active = 1`,
    [route, next.version, encodeShares(shares)],
  );
  return true;
}

function retireOthers({ database }: StateFile, routes: ReadonlySet<string>): void {
  const active = database.query<{ route: string }>('SELECT route FROM serving_head WHERE is_active = 1');
  for (const { route } of active) {
    if (!routes.has(route)) database.run('UPDATE serving_head SET is_active = 0 WHERE route = $1', [route]);
  }
}

function keepOffers(database: Database, offers: readonly string[] | null): void {
  database.run('DELETE FROM known_offer');
  database.many(
    { table: 'known_offer', columns: ['name'] },
    [...new Set(offers ?? [])].map((offer) => [offer]),
  );
}

function checkOffers(serving: readonly ServingVersion[], known: readonly string[] | null): void {
  if (known === null) return;
  const offers = new Set(known);
  for (const { route, shares } of serving) {
    const gone = shares.find(({ offer }) => !offers.has(offer));
    if (gone === undefined) continue;
    const reason =
      `route "${route}" serves "${gone.offer}", which is not among the offers; ` +
      'keep the offer, or switch the route to another one first';
    throw new Refusal(failure('CHG_CONFIG_INVALID', { reason, route, offer: gone.offer }));
  }
}

/** The part of `ensureServing` that runs within a transaction of its caller. */
export function ensureServingWithin(state: StateFile, plan: ServingPlan): ServingOutcome {
  const routes = new Set(plan.routes.map(({ route }) => route));
  if (routes.size < plan.routes.length) throw new TypeError('Cannot plan serving: a route comes twice');
  const written = plan.routes.filter((route) => ensureRoute(state, plan, route)).map(({ route }) => route);
  retireOthers(state, routes);
  keepOffers(state.database, plan.offers);
  const serving = currentServing(state);
  checkOffers(serving, plan.offers);
  return { serving, written };
}

export function ensureServing(state: StateFile, plan: ServingPlan): ServingOutcome {
  try {
    return state.database.transaction(() => {
      const outcome = ensureServingWithin(state, plan);
      if (plan.dryRun === true) throw new DryRun(outcome);
      return outcome;
    });
  } catch (error) {
    if (error instanceof DryRun) return error.outcome;
    throw error;
  }
}
