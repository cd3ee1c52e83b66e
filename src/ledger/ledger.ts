import type {
  CallRecord,
  Clock,
  EventRecord,
  IdSource,
  LedgerPressure,
  NanoMoney,
  Purpose,
  Recorder,
  Result,
} from '../kernel/index.ts';
import type { Vault } from '../vault/index.ts';
import type { VerifyProgress, VerifyReport } from './verify-report.ts';

/**
 * Signs checkpoints: the part of the vault that the ledger needs. The private key never enters this folder.
 */
export type CheckpointSigner = Pick<Vault, 'sign' | 'signer'>;

export interface LedgerOptions {
  /** The data folder; the ledger is its file `ledger.db`. The process lock must already be held. */
  readonly folder: string;
  readonly durability: Recorder['durability'];
  readonly whenBehind: Recorder['whenBehind'];
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly signer: CheckpointSigner;
  readonly checkpoint?: CheckpointOptions;
  /** Rows older than this are pruned behind a checkpoint; null or left out = kept for ever. */
  readonly keepRowsMs?: number | null;
  /** Limits of the queue; left out = `limits.ledgerQueue…` of the kernel. */
  readonly queue?: QueueLimits;
}

export interface CheckpointOptions {
  /** A checkpoint is written when this much time has passed and something was written. Default 10 minutes. */
  readonly everyMs?: number;
  /** … or when this many rows were written since the last one. Default 50,000. */
  readonly everyRows?: number;
  /** Also appended here, one JSON line each; put it where this process's user cannot rewrite it. */
  readonly outsideFile?: string | null;
}

export interface QueueLimits {
  /** Rows waiting beyond which bodies are dropped. */
  readonly shedRows: number;
  /** Rows waiting beyond which `pressure()` is `behind`. */
  readonly maxRows: number;
  /** Body bytes waiting beyond which bodies are dropped. */
  readonly maxBodyBytes: number;
}

/**
 * `none`: the route does not keep them · `kept` · `shed`: dropped because the queue was too long ·
 * `expired`: their time to keep is over · `erased`: deleted on request.
 */
export type BodiesState = 'none' | 'kept' | 'shed' | 'expired' | 'erased';

/** Where a record stands in its chain. */
export interface ChainPosition {
  readonly writer: string;
  /** From 1, without holes. */
  readonly seq: number;
  /** Lower-case hex of the SHA-256 chain hash. */
  readonly hash: string;
}

/** A call as read back. `conversation` is null also after an erasure; `erasedBy` then names the event. */
export interface StoredCall extends Omit<CallRecord, 'bodies'> {
  readonly position: ChainPosition;
  readonly bodies: BodiesState;
  /** Id of the `ledger.erased` event, or null. */
  readonly erasedBy: string | null;
}

/** One call with its bodies, when they are still kept. */
export interface StoredCallWithBodies {
  readonly call: StoredCall;
  readonly bodies: { readonly request: Uint8Array; readonly response: Uint8Array } | null;
}

export interface StoredEvent extends EventRecord {
  readonly position: ChainPosition;
}

/** All given fields must match. Times are epoch milliseconds, `fromMs` inclusive, `toMs` exclusive. */
export interface CallFilter {
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly team?: string;
  readonly key?: string;
  readonly route?: string;
  readonly offer?: string;
  readonly purpose?: Purpose;
  readonly task?: string;
  readonly conversation?: string;
  /** Only calls that failed (true) or only those that did not (false). */
  readonly failed?: boolean;
}

export interface PageRequest {
  /** Left out = all orgs. */
  readonly org?: string;
  /** 1 to 500; default 50. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly cursor?: string;
}

export interface CallPageRequest extends PageRequest {
  readonly filter?: CallFilter;
}

export interface EventPageRequest extends PageRequest {
  /** Only events whose name is this or begins with it and a dot: `serving` finds `serving.switched`. */
  readonly event?: string;
  readonly subject?: string;
}

/**
 * Newest first. `next` is null at the end. A page may be short (even empty) with `next` set: a filter that
 * matches rarely looks at a bounded number of rows per page.
 */
export interface CallPage {
  readonly calls: readonly StoredCall[];
  readonly next: string | null;
}

export interface EventPage {
  readonly events: readonly StoredEvent[];
  readonly next: string | null;
}

export type OverviewGroup = 'team' | 'route' | 'offer' | 'purpose' | 'status';

/** Reads roll-ups only. Times are rounded outward to whole hours. */
export interface OverviewRequest {
  readonly org?: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Width of a point of the series; default 1 hour. A multiple of an hour. */
  readonly stepMs?: number;
  /** One group per distinct combination; default none. */
  readonly groupBy?: readonly OverviewGroup[];
  readonly filter?: {
    readonly team?: string;
    readonly route?: string;
    readonly offer?: string;
    readonly purpose?: Purpose;
  };
}

/** Sums over calls. Latencies come from histograms whose buckets are 9 % wide; null without data. */
export interface OverviewSums {
  readonly calls: number;
  /** Calls whose client saw a status of 400 or above. */
  readonly failures: number;
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  /** By currency, nano-units. */
  readonly cost: Readonly<Record<string, NanoMoney>>;
  /** Calls with usage but no known price. */
  readonly unpriced: number;
  readonly totalMsP50: number | null;
  readonly totalMsP95: number | null;
  readonly totalMsP99: number | null;
  readonly firstTokenMsP50: number | null;
  readonly firstTokenMsP95: number | null;
}

export interface Overview {
  readonly fromMs: number;
  readonly toMs: number;
  readonly total: OverviewSums;
  readonly series: readonly (OverviewSums & { readonly atMs: number })[];
  readonly groups: readonly (OverviewSums & { readonly by: Readonly<Record<string, string>> })[];
}

/** What a key spent on one UTC day; only `client` calls count. */
export interface KeySpending {
  readonly org: string;
  readonly key: string;
  /** Epoch milliseconds of the day's start in UTC. */
  readonly dayMs: number;
  readonly currency: string;
  readonly calls: number;
  readonly cost: NanoMoney;
}

export interface ExportRequest {
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Gets pieces of JSON Lines; the next one is made when the promise resolves. */
  write(piece: Uint8Array): Promise<void>;
}

export interface ExportSummary {
  readonly records: number;
  readonly checkpoints: number;
  readonly bytes: number;
}

/** What to erase: bodies, conversation and their salts. Give exactly one of the three. */
export interface EraseRequest {
  readonly org: string;
  readonly calls?: readonly string[];
  readonly key?: string;
  readonly conversation?: string;
  readonly reason: string;
  readonly actor: string;
}

export interface EraseSummary {
  /** Calls from which something was erased now. */
  readonly calls: number;
  /** Ids of the `ledger.erased` events. */
  readonly events: readonly string[];
}

export interface PruneSummary {
  readonly rows: number;
  readonly bodyBlocks: number;
}

export interface LedgerStats {
  readonly pressure: LedgerPressure;
  /** Rows not yet on disk. */
  readonly queuedRows: number;
  readonly queuedBodyBytes: number;
  /** Age of the oldest row not yet on disk, milliseconds. */
  readonly lagMs: number;
  /** Rows committed since the start of this process. */
  readonly committedRows: number;
  readonly commits: number;
  /** Calls whose bodies were dropped by a long queue. */
  readonly shedBodies: number;
  /** Calls served but not recorded, chained as `ledger.gap` events when the queue recovers. */
  readonly gapCalls: number;
  /** Records given twice and kept once. */
  readonly duplicates: number;
  readonly writerRestarts: number;
  /** What keeps the writer from writing, or null. */
  readonly writeError: string | null;
  /** What kept checkpoints or pruning from succeeding at the last try, or null. */
  readonly upkeepError: string | null;
  /** Calls found open at start: the process before this one ended while they ran. */
  readonly interrupted: number;
  /** Rows in the file. */
  readonly rows: number;
  /** Size of ledger.db and its write-ahead log. */
  readonly fileBytes: number;
  readonly lastCheckpointAt: number | null;
  readonly durableLagMsP50: number | null;
  readonly durableLagMsP99: number | null;
}

export interface VerifyRequest {
  /** Compare with the checkpoints that were written outside; finds a ledger that was set back. */
  readonly outsideFile?: string;
  onProgress?(progress: VerifyProgress): void;
}

/**
 * Opens or creates the ledger of a data folder; fails with a value when the file cannot be opened or is not
 * ours.
 */
export type OpenLedger = (options: LedgerOptions) => Promise<Result<Ledger>>;

/**
 * The append-only record of calls and decisions. Opened by `assembly`, read by `api`, written through
 * `recorder`.
 */
export interface Ledger {
  readonly recorder: Recorder;
  /**
   * Fails with CHG_FIELD_INVALID for a cursor or limit that is not ours; the other reads reject only on a
   * damaged file.
   */
  calls(request: CallPageRequest): Promise<Result<CallPage>>;
  call(id: string): Promise<StoredCallWithBodies | null>;
  events(request: EventPageRequest): Promise<Result<EventPage>>;
  overview(request: OverviewRequest): Promise<Overview>;
  /** Per key and UTC day since the start of the day of `sinceMs`, to rebuild budgets. */
  spending(sinceMs: number): Promise<readonly KeySpending[]>;
  verify(request?: VerifyRequest): Promise<VerifyReport>;
  export(request: ExportRequest): Promise<ExportSummary>;
  erase(request: EraseRequest): Promise<EraseSummary>;
  /** Signs all heads now; false when nothing was written since the last one. */
  checkpoint(): Promise<boolean>;
  /** Deletes expired bodies and, behind a checkpoint, rows older than `keepRowsMs`. Also runs by itself. */
  prune(): Promise<PruneSummary>;
  /** Writes a consistent copy of ledger.db while writing goes on. The file must not exist. */
  backup(path: string): Promise<void>;
  /** Resolves when everything recorded so far is on disk. */
  flush(): Promise<void>;
  stats(): LedgerStats;
  /** Writes what is queued, signs a last checkpoint and ends the workers. */
  close(): Promise<void>;
}
