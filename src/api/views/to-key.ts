import { type KeyRecord, toMoneyText } from '../../kernel/index.ts';
import type { Key } from '../contract.ts';

/** A key as the API shows it: everything but its hash. */
export function toKey(record: KeyRecord): Key {
  const { budget, maxConcurrent } = record.limits;
  return {
    id: record.id,
    name: record.name,
    hint: record.hint,
    org: record.org,
    team: record.team,
    routes: record.routes === null ? null : [...record.routes],
    maxConcurrent,
    budget: budget === null ? null : { ...budget, amount: toMoneyText(budget.amount) },
    expiresAt: record.expiresAt,
    revokedAt: record.revokedAt,
    createdAt: record.createdAt,
  };
}
