import { randomBytes } from 'node:crypto';
import { createIdSource, type EventRecord, type IdSource } from '../../kernel/index.ts';
import type { Database } from '../database.ts';
import type { Change } from '../state-store.ts';

export interface EventDraft {
  readonly event: string;
  readonly subject: string;
  readonly data: EventRecord['data'];
}

/** What every change works on: the tables, and the way into the outbox. */
export interface StateFile {
  readonly database: Database;
  /** Writes an event into the outbox, in the transaction of the change that it tells of. */
  readonly writeEvent: (change: Change, draft: EventDraft) => void;
}

/** Ids carry the time of their change, so that this folder needs no clock. */
function createEventIds(): (at: number) => string {
  let now = 0;
  const clock = { now: () => now, monotonicMs: () => now, after: () => ({ cancel: () => undefined }) };
  const random = { bytes: (size: number) => new Uint8Array(randomBytes(size)), unit: () => 0 };
  const ids: IdSource = createIdSource(clock, random);
  return (at) => {
    now = at;
    return ids.next('evt');
  };
}

export function createStateFile(database: Database): StateFile {
  const nextId = createEventIds();
  return {
    database,
    writeEvent: (change, draft) => {
      const id = nextId(change.at);
      const { actor, at, org = 'main' } = change;
      const record: EventRecord = { kind: 'event', id, at, org, actor, ...draft };
      database.run('INSERT INTO outbox (id, record) VALUES ($1, $2)', [id, JSON.stringify(record)]);
    },
  };
}

export function readOutbox({ database }: StateFile, limit: number): readonly EventRecord[] {
  return database
    .query<{ record: string }>('SELECT record FROM outbox ORDER BY sequence LIMIT $1', [limit])
    .map((row) => JSON.parse(row.record) as EventRecord);
}

export function acknowledgeOutbox({ database }: StateFile, ids: readonly string[]): null {
  return database.transaction(() => {
    for (const id of ids) database.run('DELETE FROM outbox WHERE id = $1', [id]);
    return null;
  });
}
