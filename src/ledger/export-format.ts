// An export is JSON Lines: a head, the checkpoints, then chains and records in the order of writing, and an
// end. docs/reference/ledger-format.md describes it for those who write a verifier of their own.

export interface ExportHead {
  readonly changeover: 'ledger-export';
  readonly version: 1;
  readonly ledger: string | null;
  /** When it was made, epoch milliseconds. */
  readonly at: number;
}

/** Comes before the first record of a chain: what that record follows. */
export interface ExportChain {
  /** How records name this chain. */
  readonly chain: number;
  readonly org: string;
  readonly writer: string;
  readonly seq: number;
  readonly hash: string;
}

export interface ExportRecord {
  readonly c: number;
  readonly seq: number;
  readonly hash: string;
  /** The canonical text: its UTF-8 bytes are what is hashed. */
  readonly record: string;
}

export interface ExportEnd {
  readonly end: true;
  readonly records: number;
  readonly checkpoints: number;
}
