export { DatabaseError } from '../database-error.ts';
export {
  type EntryRow,
  type LedgerReadStore,
  type LedgerSnapshot,
  openLedgerReadStore,
  type PagePosition,
  type RollUpColumn,
  type RollUpQuery,
  type RollUpRow,
  type RollUpTotal,
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
