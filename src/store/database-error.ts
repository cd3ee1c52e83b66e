/**
 * What went wrong with a database, by what its owner can do about it. `locked`: another process has it ·
 * `newer`: written by a newer program · `changed`: a migration that was applied has another text now.
 */
export type DatabaseErrorKind =
  | 'full'
  | 'busy'
  | 'read-only'
  | 'cannot-open'
  | 'corrupt'
  | 'constraint'
  | 'io'
  | 'locked'
  | 'newer'
  | 'changed'
  | 'other';

/**
 * Thrown by the driver, because it happens in the middle of transactions; the worker's edge makes it a
 * failure.
 */
export class DatabaseError extends Error {
  readonly kind: DatabaseErrorKind;
  constructor(kind: DatabaseErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatabaseError';
    this.kind = kind;
  }
}

/** Primary result codes of SQLite. Source: https://sqlite.org/rescode.html */
const kinds: Readonly<Record<number, DatabaseErrorKind>> = {
  5: 'busy',
  6: 'busy',
  8: 'read-only',
  10: 'io',
  11: 'corrupt',
  13: 'full',
  14: 'cannot-open',
  19: 'constraint',
  26: 'corrupt',
};

/** Wraps what `node:sqlite` throws; its mistakes of use (wrong SQL, wrong arguments) stay what they are. */
export function toDatabaseError(error: unknown, action: string): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error;
  const kind = kinds[error.errcode & 0xff];
  if (kind === undefined) return error;
  return new DatabaseError(kind, `Cannot ${action}: ${error.message}`, { cause: error });
}
