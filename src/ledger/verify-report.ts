/** One thing that is wrong, and exactly where. */
export interface VerifyFinding {
  readonly kind:
    | 'chain-broken'
    | 'row-missing'
    | 'record-unreadable'
    | 'column-differs'
    | 'commitment-differs'
    | 'erasure-unexplained'
    | 'body-missing'
    | 'body-unreadable'
    | 'head-differs'
    | 'checkpoint-signature'
    | 'checkpoint-differs'
    | 'checkpoint-missing'
    | 'set-back'
    | 'rollup-differs'
    | 'file-damaged';
  readonly org: string | null;
  readonly writer: string | null;
  readonly seq: number | null;
  /** Id of the record, when it could be read. */
  readonly id: string | null;
  /** A sentence with the column, the expected and the found value. */
  readonly text: string;
}

export interface VerifyProgress {
  readonly rows: number;
  /** Rows to check in all; 0 when not known. */
  readonly totalRows: number;
}

/** The outcome of a verification. `findings` holds the first 100; `findingCount` counts all. */
export interface VerifyReport {
  readonly ok: boolean;
  readonly rows: number;
  readonly chains: number;
  readonly checkpoints: number;
  /** Checkpoints signed by a key that was given as trusted. */
  readonly trustedCheckpoints: number;
  /** Rows after the last trusted checkpoint: chained, but not yet signed. */
  readonly unsignedRows: number;
  readonly erasedRows: number;
  readonly bodies: number;
  /** Ids of calls that were opened and neither closed nor noted as interrupted (first 1,000). */
  readonly open: readonly string[];
  /** Ids of calls that a crash interrupted (first 1,000). */
  readonly interrupted: readonly string[];
  /** Calls that were served but not recorded, as counted by `ledger.gap` events. */
  readonly gapCalls: number;
  readonly findings: readonly VerifyFinding[];
  readonly findingCount: number;
}
