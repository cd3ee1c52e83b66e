export { DatabaseError } from '../database-error.ts';
export {
  type EntryRow,
  type LedgerReadStore,
  type LedgerSnapshot,
  openLedgerReadStore,
  type PagePosition,
  type RollUpRow,
} from './read-store.ts';
export {
  type ChainRow,
  type CheckpointRow,
  type EntryValues,
  type ErasableRow,
  type LedgerWriteStore,
  openLedgerWriteStore,
  type RollUpKey,
  type RollUpSums,
  type SpendingRow,
} from './write-store.ts';
