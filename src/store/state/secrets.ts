import { failure } from '../../kernel/index.ts';
import type { Change } from '../state-store.ts';
import { Refusal } from '../store-failure.ts';
import type { StateFile } from './outbox.ts';

/** Limit: characters of a secret's name. */
const nameChars = 256;

export function putSecret(
  { database, writeEvent }: StateFile,
  secret: { readonly name: string; readonly sealed: Uint8Array },
  change: Change,
): null {
  const { name, sealed } = secret;
  if (name === '' || name.length > nameChars) {
    const reason = `must have 1 to ${nameChars} characters`;
    throw new Refusal(failure('CHG_FIELD_INVALID', { field: 'name', reason }));
  }
  return database.transaction(() => {
    const sql = `INSERT INTO secret (name, sealed, at) VALUES ($1, $2, $3)
      ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, at = excluded.at`;
    database.run(sql, [name, sealed, change.at]);
    writeEvent(change, { event: 'secret.stored', subject: name, data: {} });
    return null;
  });
}

export function getSecret({ database }: StateFile, name: string): Uint8Array | null {
  const [row] = database.query<{ sealed: Uint8Array }>('SELECT sealed FROM secret WHERE name = $1', [name]);
  return row?.sealed ?? null;
}

export function listSecretNames({ database }: StateFile): readonly string[] {
  return database.query<{ name: string }>('SELECT name FROM secret ORDER BY name').map(({ name }) => name);
}

export function removeSecret({ database, writeEvent }: StateFile, name: string, change: Change): null {
  return database.transaction(() => {
    const removed = database.run('DELETE FROM secret WHERE name = $1', [name]);
    if (removed === 0) throw new Refusal(failure('CHG_NOT_FOUND', { what: 'secret', id: name }));
    writeEvent(change, { event: 'secret.removed', subject: name, data: {} });
    return null;
  });
}
