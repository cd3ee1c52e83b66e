import { failure, type Result } from '../../kernel/index.ts';
import type { Change, ServingBack, ServingSwitch, ServingVersion, StoredShare } from '../state-store.ts';
import { Refusal } from '../store-failure.ts';
import type { StateFile } from './outbox.ts';
import { checkShares, decodeShares, encodeShares, isSameShares } from './shares.ts';

interface ServingRow extends Omit<ServingVersion, 'shares' | 'backTo'> {
  readonly shares: string;
  readonly back_to: number | null;
}

const columns = 'v.route, v.version, v.shares, v.reason, v.actor, v.at, v.origin, v.back_to';
const fromHeads = 'FROM serving_head h JOIN serving_version v ON v.route = h.route AND v.version = h.version';

/** Limit: characters of a reason or a route's name in a row and in the ledger. */
const textChars = 4_000;

function toServing(row: ServingRow): ServingVersion {
  const { shares, back_to: backTo, ...rest } = row;
  return { ...rest, shares: decodeShares(shares), backTo };
}

function refuse(reason: Extract<Result<never>, { ok: false }>): never {
  throw new Refusal(reason);
}

/** The head of every route of the configuration. */
export function currentServing({ database }: StateFile): readonly ServingVersion[] {
  return database
    .query<ServingRow>(`SELECT ${columns} ${fromHeads} WHERE h.is_active = 1 ORDER BY v.route`)
    .map(toServing);
}

export function servingHistory(
  { database }: StateFile,
  route: string,
  limit: number,
): readonly ServingVersion[] {
  const sql = `SELECT ${columns} FROM serving_version v WHERE v.route = $1 ORDER BY v.version DESC LIMIT $2`;
  return database.query<ServingRow>(sql, [route, limit]).map(toServing);
}

function findHead({ database }: StateFile, route: string): ServingVersion {
  const sql = `SELECT ${columns} ${fromHeads} WHERE h.route = $1 AND h.is_active = 1`;
  const [row] = database.query<ServingRow>(sql, [route]);
  return row === undefined ? refuse(failure('CHG_ROUTE_UNKNOWN', { route })) : toServing(row);
}

function findVersion({ database }: StateFile, route: string, version: number): ServingVersion {
  const sql = `SELECT ${columns} FROM serving_version v WHERE v.route = $1 AND v.version = $2`;
  const [row] = database.query<ServingRow>(sql, [route, version]);
  if (row === undefined) throw new Error(`Cannot find version ${version} of a serving that points to it`);
  return toServing(row);
}

/** Compare: the caller decided on what it saw; if that has changed, it must look again. */
function expectVersion(head: ServingVersion, expected: number | null): void {
  if (expected === null || expected === head.version) return;
  refuse(failure('CHG_SERVING_CONFLICT', { route: head.route, actual: head.version, expected }));
}

/**
 * Checked in the transaction that writes: a reload of the configuration may just have taken the offer away.
 */
function expectOffers({ database }: StateFile, shares: readonly StoredShare[]): void {
  const [known] = database.query<{ count: number }>('SELECT count(*) AS count FROM known_offer');
  if ((known?.count ?? 0) === 0) return;
  for (const { offer } of shares) {
    const found = database.query('SELECT name FROM known_offer WHERE name = $1', [offer]);
    if (found.length === 0) refuse(failure('CHG_OFFER_UNKNOWN', { offer }));
  }
}

export interface NextServing {
  readonly shares: readonly StoredShare[];
  readonly reason: string;
  readonly origin: ServingVersion['origin'];
  readonly backTo: number | null;
}

const events = { config: 'serving.reset', switch: 'serving.switched', back: 'serving.returned' } as const;

/** Writes the next version and its event; the head is moved by `moveHead` or by its caller. */
export function writeServing(
  state: StateFile,
  after: { readonly route: string; readonly head: ServingVersion | null },
  next: NextServing & { readonly change: Change },
): ServingVersion {
  const { route, head } = after;
  const { shares, reason, origin, backTo, change } = next;
  const version = (head?.version ?? 0) + 1;
  state.database.run('INSERT INTO serving_version VALUES ($1, $2, $3, $4, $5, $6, $7, $8)', [
    route,
    version,
    encodeShares(shares),
    reason,
    change.actor,
    change.at,
    origin,
    backTo,
  ]);
  state.writeEvent(change, {
    event: head === null ? 'serving.started' : events[origin],
    subject: route,
    data: {
      version,
      shares,
      reason,
      replacedVersion: head?.version ?? null,
      replacedShares: head?.shares ?? null,
    },
  });
  return { route, version, shares, reason, actor: change.actor, at: change.at, origin, backTo };
}

/** Set: the condition on the version makes a second writer lose, whatever isolation the engine gives. */
function moveHead(state: StateFile, head: ServingVersion, next: ServingVersion): ServingVersion {
  const sql = 'UPDATE serving_head SET version = $1 WHERE route = $2 AND version = $3';
  if (state.database.run(sql, [next.version, head.route, head.version]) !== 1) {
    const { route, version: expected } = head;
    refuse(failure('CHG_SERVING_CONFLICT', { route, actual: findHead(state, route).version, expected }));
  }
  return next;
}

function checkTexts(change: ServingBack): void {
  const { route, reason } = change;
  for (const [field, text] of Object.entries({ route, reason })) {
    if (text.length <= textChars) continue;
    refuse(failure('CHG_FIELD_INVALID', { field, reason: `must have at most ${textChars} characters` }));
  }
}

export function switchServing(state: StateFile, change: ServingSwitch): ServingVersion {
  const { route, shares, reason } = change;
  checkTexts(change);
  checkShares(shares);
  return state.database.transaction(() => {
    const head = findHead(state, route);
    expectVersion(head, change.expectedVersion);
    expectOffers(state, shares);
    // A switch to what serves already is no step that anybody would want to go back over.
    const backTo = isSameShares(shares, head.shares) ? head.backTo : head.version;
    const next = writeServing(state, { route, head }, { shares, reason, origin: 'switch', backTo, change });
    return moveHead(state, head, next);
  });
}

/**
 * Each version points to the one that going back leads to: a switch to the version before it, a way back to
 * where its target points. So going back walks down a chain that only gets shorter.
 */
export function backServing(state: StateFile, change: ServingBack): ServingVersion {
  const { route, reason } = change;
  checkTexts(change);
  return state.database.transaction(() => {
    const head = findHead(state, route);
    expectVersion(head, change.expectedVersion);
    if (head.backTo === null) return refuse(failure('CHG_SERVING_NO_PREVIOUS', { route }));
    const { shares, backTo } = findVersion(state, route, head.backTo);
    expectOffers(state, shares);
    const next = writeServing(state, { route, head }, { shares, reason, origin: 'back', backTo, change });
    return moveHead(state, head, next);
  });
}
