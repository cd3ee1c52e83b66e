import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { failure, type Result, success, workerUrl } from '../kernel/index.ts';
import { toQuantileMs } from './histogram.ts';
import { createHousekeeping } from './housekeeping.ts';
import type { Ledger, LedgerOptions, LedgerStats } from './ledger.ts';
import { createLedgerReader } from './ledger-reader.ts';
import { createRecorder, defaultQueueLimits, type LedgerRecorder } from './recorder.ts';
import type { ReaderData, ReaderRequest } from './reader-messages.ts';
import type { ScanRequest } from './scan-messages.ts';
import { eraseFromLedger, pruneLedger, signCheckpoint, type UpkeepContext } from './upkeep.ts';
import { createWorkerLink, WorkerError, type WorkerLink } from './worker-link.ts';
import type { LedgerSize, OpenOutcome, WriterData, WriterRequest } from './writer-messages.ts';
import { WriterQueue } from './writer-queue.ts';

const checkpointEveryMs = 10 * 60_000;
const checkpointEveryRows = 50_000;

/** How often expired bodies and old rows are looked for. */
const pruneEveryMs = 60 * 60_000;

/** Limit: how long `close` goes on trying when nothing can be written; then it says what was lost. */
const closeMs = 10_000;

/** Starts the threads of the ledger; tests hold them to end one in the middle of its work. */
export interface LedgerThreads {
  readonly startWriter: (data: WriterData) => Worker;
  readonly startReader: (data: ReaderData) => Worker;
  readonly startScan: (data: ReaderData) => Worker;
}

const threads: LedgerThreads = {
  startWriter: (data) => new Worker(workerUrl(import.meta.url, './writer-worker'), { workerData: data }),
  startReader: (data) => new Worker(workerUrl(import.meta.url, './reader-worker'), { workerData: data }),
  startScan: (data) => new Worker(workerUrl(import.meta.url, './scan-worker'), { workerData: data }),
};

/**
 * Opens or creates the ledger of a data folder; fails with a value when the file cannot be opened or is not
 * ours.
 */
export function openLedger(options: LedgerOptions): Promise<Result<Ledger>> {
  return openLedgerWith(options, threads);
}

/** `openLedger` with the threads given. */
export async function openLedgerWith(
  options: LedgerOptions,
  { startWriter, startReader, startScan }: LedgerThreads,
): Promise<Result<Ledger>> {
  const { folder, clock, ids } = options;
  const file = path.join(folder, 'ledger.db');
  const data: WriterData = {
    path: file,
    now: clock.now(),
    session: ids.next('ses'),
    ledger: ids.next('ldg'),
    writer: ids.next('wr'),
  };
  const link = createWorkerLink<WriterRequest>(() => startWriter(data));
  try {
    const outcome = await link.ask<OpenOutcome>({ type: 'open', at: clock.now() });
    const reader = createWorkerLink<ReaderRequest>(() => startReader({ path: file }));
    const startScanLink = () => createWorkerLink<ScanRequest>(() => startScan({ path: file }));
    return success(new OpenedLedger(options, { link, reader, startScan: startScanLink, outcome }));
  } catch (error) {
    await link.close();
    if (!(error instanceof WorkerError) || error.kind === 'mistake') throw error;
    return failure('CHG_CONFIG_INVALID', { reason: error.message });
  }
}

interface LedgerParts {
  readonly link: WorkerLink<WriterRequest>;
  readonly reader: WorkerLink<ReaderRequest>;
  readonly startScan: () => WorkerLink<ScanRequest>;
  readonly outcome: OpenOutcome;
}

class OpenedLedger implements Ledger {
  readonly recorder: LedgerRecorder;
  readonly calls: Ledger['calls'];
  readonly call: Ledger['call'];
  readonly events: Ledger['events'];
  readonly overview: Ledger['overview'];
  readonly spending: Ledger['spending'];
  readonly verify: Ledger['verify'];
  readonly export: Ledger['export'];
  readonly #options: LedgerOptions;
  readonly #parts: LedgerParts;
  readonly #queue: WriterQueue;
  readonly #upkeep: UpkeepContext;
  readonly #housekeeping: ReturnType<typeof createHousekeeping>;
  #rows: number;
  #fileBytes: number;
  #unsignedRows: number;
  #lastCheckpointAt: number | null;
  #isClosed = false;

  constructor(options: LedgerOptions, parts: LedgerParts) {
    const { clock, ids } = options;
    this.#options = options;
    this.#parts = parts;
    this.#rows = parts.outcome.totalRows;
    this.#fileBytes = parts.outcome.fileBytes;
    this.#unsignedRows = parts.outcome.unsignedRows;
    this.#lastCheckpointAt = parts.outcome.lastCheckpointAt;
    this.#queue = new WriterQueue({
      link: parts.link,
      clock,
      onCommit: (outcome) => this.#takeCommit(outcome),
    });
    this.recorder = createRecorder({
      durability: options.durability,
      whenBehind: options.whenBehind,
      queue: this.#queue,
      limits: options.queue ?? defaultQueueLimits,
      clock,
      ids,
    });
    const reader = createLedgerReader({
      link: parts.reader,
      startScan: parts.startScan,
      clock,
      publicKey: options.signer.signer.publicKey,
      flush: () => (this.#queue.writeError === null ? this.#queue.flush() : Promise.resolve()),
    });
    ({
      calls: this.calls,
      call: this.call,
      events: this.events,
      overview: this.overview,
      spending: this.spending,
      verify: this.verify,
      export: this.export,
    } = reader);
    this.#upkeep = { link: parts.link, clock, ids };
    this.#housekeeping = createHousekeeping(clock);
    this.#housekeeping.repeat(options.checkpoint?.everyMs ?? checkpointEveryMs, () => this.checkpoint());
    this.#housekeeping.repeat(pruneEveryMs, () => this.prune());
  }

  #takeCommit(outcome: {
    readonly rows: number;
    readonly totalRows: number;
    readonly fileBytes: number;
  }): void {
    this.#rows = outcome.totalRows;
    this.#fileBytes = outcome.fileBytes;
    this.#unsignedRows += outcome.rows;
    this.recorder.chainGaps();
    if (this.#unsignedRows < (this.#options.checkpoint?.everyRows ?? checkpointEveryRows)) return;
    this.#unsignedRows = 0;
    // A failure is kept by the timed repetition, which tries again.
    this.checkpoint().catch(() => undefined);
  }

  async erase(request: Parameters<Ledger['erase']>[0]): ReturnType<Ledger['erase']> {
    // What is still queued must be found too.
    await this.#queue.flush();
    return this.#housekeeping.run(async () => {
      const scan = this.#parts.startScan();
      try {
        const summary = await eraseFromLedger(this.#upkeep, scan, request);
        await this.#measure();
        return summary;
      } finally {
        await scan.close();
      }
    });
  }

  checkpoint(): Promise<boolean> {
    return this.#housekeeping.run(async () => {
      const { signer, checkpoint } = this.#options;
      const at = await signCheckpoint(this.#upkeep, signer, checkpoint?.outsideFile ?? null);
      this.#lastCheckpointAt = at ?? this.#lastCheckpointAt;
      return at !== null;
    });
  }

  prune(): ReturnType<Ledger['prune']> {
    return this.#housekeeping.run(async () => {
      const summary = await pruneLedger(this.#upkeep, this.#options.keepRowsMs ?? null);
      await this.#measure();
      return summary;
    });
  }

  async backup(to: string): Promise<void> {
    const scan = this.#parts.startScan();
    try {
      await scan.ask({ type: 'backup', path: to });
    } finally {
      await scan.close();
    }
  }

  flush(): Promise<void> {
    return this.#queue.flush();
  }

  stats(): LedgerStats {
    const queue = this.#queue;
    return {
      pressure: this.recorder.pressure(),
      queuedRows: queue.rows,
      queuedBodyBytes: queue.bodyBytes,
      lagMs: queue.lagMs,
      committedRows: queue.committedRows,
      commits: queue.commits,
      shedBodies: this.recorder.shedBodies,
      gapCalls: this.recorder.gapCalls + queue.unwritable,
      duplicates: queue.duplicates,
      writerRestarts: this.#parts.link.restarts,
      writeError: queue.writeError,
      upkeepError: this.#housekeeping.lastError,
      interrupted: this.#parts.outcome.interrupted,
      rows: this.#rows,
      fileBytes: this.#fileBytes,
      lastCheckpointAt: this.#lastCheckpointAt,
      durableLagMsP50: toQuantileMs(queue.lag, 0.5),
      durableLagMsP99: toQuantileMs(queue.lag, 0.99),
    };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.recorder.chainGaps(true);
    const isFlushed = await this.#flushWithin(closeMs);
    if (isFlushed) await this.checkpoint().catch(() => false);
    await this.#housekeeping.close();
    const lost = this.#queue.abandon();
    await this.#parts.reader.close();
    await this.#parts.link.close();
    if (lost > 0) {
      throw new Error(
        `Cannot write the last ${lost} rows of the ledger: ${this.#queue.writeError ?? 'closed'}`,
      );
    }
  }

  async #measure(): Promise<void> {
    const size = await this.#parts.link.ask<LedgerSize>({ type: 'measure' });
    this.#rows = size.totalRows;
    this.#fileBytes = size.fileBytes;
  }

  #flushWithin(limitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(limitMs, () => resolve(false));
      void this.#queue.flush().then(() => {
        timer.cancel();
        resolve(true);
      });
    });
  }
}
