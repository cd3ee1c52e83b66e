import { type Budget, failure, type KeyRecord, limits, toMoneyText } from '../../kernel/index.ts';
import type { Change } from '../state-store.ts';
import { Refusal } from '../store-failure.ts';
import type { StateFile } from './outbox.ts';

interface KeyRow {
  readonly id: string;
  readonly org: string;
  readonly team: string | null;
  readonly name: string;
  readonly hash: string;
  readonly hint: string;
  readonly routes: string | null;
  readonly max_concurrent: number | null;
  readonly budget_nano: bigint | null;
  readonly budget_currency: string | null;
  readonly budget_period: Budget['period'] | null;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
  readonly created_at: number;
}

const columns = [
  'id',
  'org',
  'team',
  'name',
  'hash',
  'hint',
  'routes',
  'max_concurrent',
  'budget_nano',
  'budget_currency',
  'budget_period',
  'expires_at',
  'revoked_at',
  'created_at',
] as const satisfies readonly (keyof KeyRow)[];

const selectKeys = `SELECT ${columns.join(', ')} FROM client_key`;

function toBudget(row: KeyRow): Budget | null {
  if (row.budget_nano === null || row.budget_currency === null || row.budget_period === null) return null;
  return { amount: row.budget_nano, currency: row.budget_currency, period: row.budget_period };
}

function toKeyRecord(row: KeyRow): KeyRecord {
  return {
    id: row.id,
    org: row.org,
    team: row.team,
    name: row.name,
    hash: row.hash,
    hint: row.hint,
    routes: row.routes === null ? null : (JSON.parse(row.routes) as readonly string[]),
    limits: { maxConcurrent: row.max_concurrent, budget: toBudget(row) },
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    createdAt: row.created_at,
  };
}

function toKeyRow(key: KeyRecord): KeyRow {
  const { budget, maxConcurrent } = key.limits;
  return {
    id: key.id,
    org: key.org,
    team: key.team,
    name: key.name,
    hash: key.hash,
    hint: key.hint,
    routes: key.routes === null ? null : JSON.stringify(key.routes),
    max_concurrent: maxConcurrent,
    budget_nano: budget?.amount ?? null,
    budget_currency: budget?.currency ?? null,
    budget_period: budget?.period ?? null,
    expires_at: key.expiresAt,
    revoked_at: key.revokedAt,
    created_at: key.createdAt,
  };
}

/** What the ledger may know of a key: never its hash, by which a found token could be confirmed. */
function toEventData(key: KeyRecord): Record<string, unknown> {
  const { budget, maxConcurrent } = key.limits;
  return {
    name: key.name,
    hint: key.hint,
    team: key.team,
    routes: key.routes,
    expiresAt: key.expiresAt,
    maxConcurrent,
    budget: budget && { ...budget, amount: toMoneyText(budget.amount) },
  };
}

export function listKeys({ database }: StateFile): readonly KeyRecord[] {
  return database.query<KeyRow>(`${selectKeys} ORDER BY id`).map(toKeyRecord);
}

export function createKey({ database, writeEvent }: StateFile, key: KeyRecord, change: Change): KeyRecord {
  return database.transaction(() => {
    const [found] = database.query<{ count: number }>('SELECT count(*) AS count FROM client_key');
    if ((found?.count ?? 0) >= limits.keys) {
      throw new Refusal(failure('CHG_BUSY', { what: 'the number of keys', limit: limits.keys }));
    }
    const row = toKeyRow(key);
    database.many({ table: 'client_key', columns }, [columns.map((column) => row[column])]);
    writeEvent(
      { ...change, org: key.org },
      { event: 'key.created', subject: key.id, data: toEventData(key) },
    );
    return key;
  });
}

export function revokeKey({ database, writeEvent }: StateFile, id: string, change: Change): KeyRecord {
  return database.transaction(() => {
    const [row] = database.query<KeyRow>(`${selectKeys} WHERE id = $1`, [id]);
    if (row === undefined) throw new Refusal(failure('CHG_NOT_FOUND', { what: 'key', id }));
    const key = toKeyRecord(row);
    if (key.revokedAt !== null) return key;
    database.run('UPDATE client_key SET revoked_at = $1 WHERE id = $2', [change.at, id]);
    const data = { name: key.name, hint: key.hint };
    writeEvent({ ...change, org: key.org }, { event: 'key.revoked', subject: id, data });
    return { ...key, revokedAt: change.at };
  });
}
