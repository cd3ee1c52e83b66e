import {
  type Budget,
  failure,
  type KeyRecord,
  limits,
  parseMoney,
  type Result,
  success,
} from '../../kernel/index.ts';
import type { z } from 'zod';
import type { NewKey } from '../control-plane.ts';
import { createdKey, createKeyBody, key, keyPage, keyQuery } from '../schemas/keys.ts';
import { toKey } from '../views/to-key.ts';
import { defineOperation, json, type OperationContext } from './operation.ts';

type CreateKeyFields = z.output<typeof createKeyBody>;

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function fieldFailure(field: string, reason: string): Result<never> {
  return failure('CHG_FIELD_INVALID', { field: `"${field}"`, reason });
}

function toExpiry(fields: CreateKeyFields, now: number): Result<number | null> {
  const expiresAt = fields.expiresAt ?? null;
  const expiresIn = fields.expiresIn ?? null;
  if (expiresAt !== null && expiresIn !== null) {
    return fieldFailure('expiresIn', 'cannot stand beside "expiresAt"');
  }
  if (typeof expiresIn === 'number') return success(now + expiresIn * 1000);
  if (expiresIn !== null) {
    return success(now + Number.parseInt(expiresIn, 10) * (unitMs[expiresIn.slice(-1)] ?? 0));
  }
  if (expiresAt === null) return success(null);
  const at = typeof expiresAt === 'number' ? expiresAt : Date.parse(expiresAt);
  // Seconds instead of milliseconds are the usual slip; the key would be dead at birth without a word.
  return at > now ? success(at) : fieldFailure('expiresAt', 'must lie in the future (epoch milliseconds)');
}

function toBudget(fields: CreateKeyFields['budget']): Result<Budget | null> {
  if (fields === undefined || fields === null) return success(null);
  const amount = parseMoney(String(fields.amount));
  if (amount === null || amount === 0n) {
    return fieldFailure('budget.amount', 'must be a positive decimal with at most nine places');
  }
  return success({ ...fields, amount });
}

function toNewKey(fields: CreateKeyFields, { controlPlane, clock }: OperationContext): Result<NewKey> {
  const expiry = toExpiry(fields, clock.now());
  if (!expiry.ok) return expiry;
  const budget = toBudget(fields.budget);
  if (!budget.ok) return budget;
  const { routes } = controlPlane.snapshot();
  const unknown = fields.routes?.find((route) => !routes.has(route));
  if (unknown !== undefined) return failure('CHG_ROUTE_UNKNOWN', { route: unknown });
  return success({
    name: fields.name,
    org: fields.org ?? 'main',
    team: fields.team ?? null,
    routes: fields.routes ?? null,
    maxConcurrent: fields.maxConcurrent ?? null,
    budget: budget.value,
    expiresAt: expiry.value,
  });
}

/** Newest first; the id decides among keys of one millisecond, so that paging skips none. */
function compareKeys(left: KeyRecord, right: KeyRecord): number {
  if (left.createdAt !== right.createdAt) return right.createdAt - left.createdAt;
  if (left.id === right.id) return 0;
  return left.id < right.id ? 1 : -1;
}

const createKey = defineOperation({
  id: 'createKey',
  method: 'POST',
  path: '/api/keys',
  summary: 'Creates a client key and shows it this once',
  access: 'admin',
  query: null,
  body: createKeyBody,
  answer: { status: 200, description: 'The key', schema: createdKey },
  failures: ['CHG_ROUTE_UNKNOWN', 'CHG_BUSY'],
  async handle({ body }, context) {
    const wanted = toNewKey(body, context);
    if (!wanted.ok) return wanted;
    const created = await context.controlPlane.createKey(wanted.value, context.actor);
    if (!created.ok) return created;
    return json({ ...toKey(created.value.record), key: created.value.key.reveal() });
  },
});

const listKeys = defineOperation({
  id: 'listKeys',
  method: 'GET',
  path: '/api/keys',
  summary: `Lists keys (at most ${limits.keys} exist), revoked ones too`,
  access: 'admin',
  query: keyQuery,
  body: null,
  answer: { status: 200, description: 'One page', schema: keyPage },
  failures: [],
  async handle({ query }, { controlPlane }) {
    const all = await controlPlane.listKeys();
    if (!all.ok) return all;
    const sorted = all.value.toSorted(compareKeys);
    // Keys are never removed, so the id after which a page starts is still there.
    const start = query.cursor === undefined ? 0 : sorted.findIndex(({ id }) => id === query.cursor) + 1;
    if (query.cursor !== undefined && start === 0) return fieldFailure('cursor', 'is not one of this list');
    const page = sorted.slice(start, start + query.limit);
    const isMore = start + page.length < sorted.length;
    return json({ keys: page.map(toKey), next: isMore ? (page.at(-1)?.id ?? null) : null });
  },
});

const revokeKey = defineOperation({
  id: 'revokeKey',
  method: 'DELETE',
  path: '/api/keys/{id}',
  summary: 'Revokes a key; no call starts with it once this has answered',
  access: 'admin',
  query: null,
  body: null,
  answer: { status: 200, description: 'The key, revoked', schema: key },
  failures: ['CHG_NOT_FOUND'],
  async handle({ path }, { controlPlane, actor }) {
    const revoked = await controlPlane.revokeKey(path.id, actor);
    return revoked.ok ? json(toKey(revoked.value)) : revoked;
  },
});

export const keyOperations = [createKey, listKeys, revokeKey];
