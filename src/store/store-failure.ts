import { failure, type Failure, type Result } from '../kernel/index.ts';
import { DatabaseError } from './database-error.ts';

/**
 * Thrown inside a transaction to leave it with nothing written; the worker's edge turns it back into the
 * failure that it carries. It never leaves this folder.
 */
export class Refusal extends Error {
  readonly failure: Failure;
  constructor(reason: { readonly failure: Failure }) {
    super(reason.failure.code);
    this.name = 'Refusal';
    this.failure = reason.failure;
  }
}

/** What the owner of the machine can do, by kind; kinds that are missing here are mistakes of ours. */
const remedies: Partial<Record<DatabaseError['kind'], string>> = {
  full: 'free some disk space',
  busy: 'another program holds the file; close it',
  'read-only': 'make the data folder writable for this user',
  'cannot-open': 'check that the data folder exists and belongs to this user',
  corrupt: 'restore the file from a backup',
  io: 'check the disk and the size limits of this user',
  locked: 'stop the other process, or give another folder with --data',
};

function toReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const remedy = error instanceof DatabaseError ? remedies[error.kind] : undefined;
  return remedy === undefined ? message : `${message}; ${remedy}`;
}

/** A failure at start: the data folder cannot be used as it is. */
export function toOpenFailure<Value>(error: unknown): Result<Value> {
  return failure('CHG_START_REFUSED', { reason: toReason(error) });
}

/**
 * A failure while running; its text says what the disk or the worker did. Values that were bound are never in
 * it.
 */
export function toStoreFailure<Value>(error: unknown): Result<Value> {
  if (error instanceof Refusal) return { ok: false, failure: error.failure };
  return failure('CHG_STORE_FAILED', { reason: toReason(error) });
}
