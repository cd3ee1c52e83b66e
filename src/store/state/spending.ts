import type { Spending } from '../state-store.ts';
import type { StateFile } from './outbox.ts';

interface SpendingRow {
  readonly key_id: string;
  readonly period: string;
  readonly currency: string;
  readonly spent_nano: bigint;
}

/** A key's old periods go with its new rows; else each key would leave one row a day for ever. */
export function saveSpending({ database }: StateFile, rows: readonly Spending[]): null {
  return database.transaction(() => {
    for (const keyId of new Set(rows.map((row) => row.keyId))) {
      database.run('DELETE FROM spending WHERE key_id = $1', [keyId]);
    }
    database.many(
      { table: 'spending', columns: ['key_id', 'period', 'currency', 'spent_nano'] },
      rows.map(({ keyId, period, currency, spent }) => [keyId, period, currency, spent]),
    );
    return null;
  });
}

export function loadSpending({ database }: StateFile): readonly Spending[] {
  return database
    .query<SpendingRow>('SELECT key_id, period, currency, spent_nano FROM spending ORDER BY key_id, period')
    .map((row) => ({ keyId: row.key_id, period: row.period, currency: row.currency, spent: row.spent_nano }));
}
