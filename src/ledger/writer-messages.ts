import type { ChainHead } from './checkpoint.ts';

/**
 * Rows that are committed together. Texts and not objects: cloning 200 records between threads costs 7 µs a
 * row, cloning their texts 0.5 µs. All arrays but `bodies` run along `heads`.
 */
export interface Batch {
  /** Grows by one within a session; a number that was committed already is not committed again. */
  readonly number: number;
  /** When it was sent, epoch milliseconds. */
  readonly at: number;
  /** Canonical texts; of calls without their last two fields, see `completeCall`. */
  readonly heads: readonly string[];
  readonly conversations: readonly (string | null)[];
  readonly costs: readonly (bigint | null)[];
  readonly currencies: readonly (string | null)[];
  readonly bodies: BatchBodies;
}

/** Bodies of some rows, one after the other in one buffer that changes its owner without being copied. */
export interface BatchBodies {
  /** Positions in `heads` of calls whose bodies were dropped. */
  readonly shed: readonly number[];
  /** Positions in `heads`; the three lists below run along it. */
  readonly rows: readonly number[];
  readonly keepMs: readonly number[];
  readonly requestLengths: readonly number[];
  readonly responseLengths: readonly number[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface CommitOutcome extends LedgerSize {
  readonly rows: number;
  readonly duplicates: number;
  /** Rows that could not be written whatever the disk; a chained `ledger.gap` event counts them. */
  readonly unwritable: number;
}

/** An event that the writer itself completes and chains. */
export interface EventSeed {
  readonly id: string;
  readonly at: number;
  readonly org: string;
  readonly actor: string;
}

export interface EraseStep {
  readonly seed: EventSeed;
  readonly ids: readonly string[];
  readonly reason: string;
  /**
   * What was asked for: `calls`, `conversation`, or the key's id. Never a conversation: it may be personal.
   */
  readonly selector: string;
}

export interface CheckpointSeed {
  readonly number: number;
  readonly ledger: string;
  /** Hash of the checkpoint before, or null. */
  readonly previous: string | null;
  readonly place: number;
  readonly heads: readonly ChainHead[];
}

/** How much is in the file. */
export interface LedgerSize {
  readonly totalRows: number;
  readonly fileBytes: number;
}

export interface OpenOutcome extends LedgerSize {
  readonly interrupted: number;
  readonly lastCheckpointAt: number | null;
  /** Rows since the last checkpoint. */
  readonly unsignedRows: number;
}

export interface PruneTarget {
  readonly place: number;
  readonly block: number;
}

/** What the writer can be asked. Each is one transaction. */
export type WriterRequest =
  | { readonly type: 'open'; readonly at: number }
  | { readonly type: 'commit'; readonly batch: Batch }
  | { readonly type: 'seed-checkpoint' }
  | {
      readonly type: 'store-checkpoint';
      readonly content: string;
      readonly signature: Uint8Array;
      readonly outsideFile: string | null;
    }
  | { readonly type: 'erase'; readonly step: EraseStep }
  | { readonly type: 'finish-erase' }
  | { readonly type: 'measure' }
  | { readonly type: 'mark-pruned'; readonly before: number; readonly seed: EventSeed }
  | { readonly type: 'prune-rows'; readonly place: number }
  | { readonly type: 'prune-blocks'; readonly now: number; readonly block: number };

/** Given to the writer when it starts. */
export interface WriterData {
  readonly path: string;
  /** Time of the start, for the table of migrations. */
  readonly now: number;
  /** One run of the process; batch numbers count within it. */
  readonly session: string;
  /** Names for a new file; an old one keeps its own. */
  readonly ledger: string;
  readonly writer: string;
}
