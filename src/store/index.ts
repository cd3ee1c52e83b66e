export { type Database, type ManyTarget, openDatabase, type OpenOptions, type Row } from './database.ts';
export { DatabaseError, type DatabaseErrorKind } from './database-error.ts';
export { migrate, type Migration } from './migrate.ts';
export { holdsState, openStateStore, stateFileName, type StateStoreOptions } from './open-state-store.ts';
export { acquireProcessLock, type ProcessLock } from './process-lock.ts';
export type { SqlParameter, SqlValue } from './sql-value.ts';
export type {
  Change,
  ConfigDraft,
  ConfigVersion,
  ServingBack,
  ServingOutcome,
  ServingPlan,
  ServingSwitch,
  ServingVersion,
  Spending,
  StateStore,
  StoredShare,
} from './state-store.ts';
