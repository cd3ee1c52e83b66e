import type { Clock, Timer } from '../kernel/index.ts';
import { type PendingRow, toBatch, toBodyBytes } from './batch-builder.ts';
import { addLatency, createHistogram, type Histogram } from './histogram.ts';
import type { WorkerLink } from './worker-link.ts';
import type { CommitOutcome, WriterRequest } from './writer-messages.ts';

/**
 * A batch is sent at the latest this long after its first row; the rest of the stated 50 ms is for the
 * commit.
 */
const flushMs = 40;

/** … or as soon as so many rows wait. */
const flushRows = 200;

/** Limit: rows of one batch when many have piled up; more would not be faster and would delay strict rows. */
const batchRowsMax = 1_000;

/** Limit: body bytes of one batch, but for a single row that has more. */
const batchBytesMax = 8 * 1024 * 1024;

/** Between tries while the writer cannot write: doubled from the first to the second. */
const retryFirstMs = 100;
const retryLastMs = 5_000;

/**
 * Tries after which those who wait for a row are told that it cannot be written now; the row stays queued.
 */
const triesBeforeTelling = 2;

interface Flusher {
  /** Resolves when so many rows are on disk. */
  readonly target: number;
  readonly resolve: () => void;
}

/** Rows on their way to the writer, in order. A batch leaves when the one before it is on disk. */
export class WriterQueue {
  readonly #link: WorkerLink<WriterRequest>;
  readonly #clock: Clock;
  readonly #onCommit: (outcome: CommitOutcome) => void;
  #waiting: PendingRow[] = [];
  #head = 0;
  /** The batch that is on its way; sent again, as it is, until it is on disk. */
  #sent: readonly PendingRow[] = [];
  #number = 0;
  #timer: Timer | null = null;
  #tries = 0;
  #isUrgent = false;
  #oldestAt = 0;
  #sentAt = 0;
  #pushed = 0;
  #settled = 0;
  #flushers: Flusher[] = [];
  #bodyBytes = 0;
  #commits = 0;
  #duplicates = 0;
  #unwritable = 0;
  #writeError: string | null = null;
  /** Time from push to disk of the oldest row of each commit. */
  readonly lag: Histogram = createHistogram();

  constructor(options: {
    readonly link: WorkerLink<WriterRequest>;
    readonly clock: Clock;
    readonly onCommit: (outcome: CommitOutcome) => void;
  }) {
    this.#link = options.link;
    this.#clock = options.clock;
    this.#onCommit = options.onCommit;
  }

  /** Rows not yet on disk. */
  get rows(): number {
    return this.#pushed - this.#settled;
  }

  /** Bytes of bodies not yet on disk. */
  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  get committedRows(): number {
    return this.#settled;
  }

  get commits(): number {
    return this.#commits;
  }

  get duplicates(): number {
    return this.#duplicates;
  }

  /** Rows that were no records; counted in the chain. */
  get unwritable(): number {
    return this.#unwritable;
  }

  /** What the last try failed with; null when it succeeded. */
  get writeError(): string | null {
    return this.#writeError;
  }

  /** True when those who wait have been told that nothing can be written now. */
  get isStuck(): boolean {
    return this.#tries >= triesBeforeTelling;
  }

  /** Age of the oldest row not yet on disk. */
  get lagMs(): number {
    if (this.rows === 0) return 0;
    return this.#clock.monotonicMs() - (this.#sent.length > 0 ? this.#sentAt : this.#oldestAt);
  }

  push(row: PendingRow): void {
    if (this.#waiting.length === this.#head) this.#oldestAt = this.#clock.monotonicMs();
    this.#waiting.push(row);
    this.#pushed += 1;
    this.#bodyBytes += toBodyBytes(row.bodies);
    if (row.settle !== null) this.#hurry();
    else if (this.#sent.length === 0) this.#plan();
  }

  /** Resolves when all rows pushed so far are on disk. */
  flush(): Promise<void> {
    if (this.rows === 0) return Promise.resolve();
    const flushed = new Promise<void>((resolve) => this.#flushers.push({ target: this.#pushed, resolve }));
    this.#hurry();
    return flushed;
  }

  /** Stops trying; what is queued stays unwritten. Returns how many rows that are. */
  abandon(): number {
    this.#timer?.cancel();
    this.#timer = null;
    return this.rows;
  }

  #hurry(): void {
    this.#isUrgent = true;
    // In a microtask, so that all rows of one turn share a commit.
    if (this.#sent.length === 0) queueMicrotask(() => this.#send());
  }

  #plan(): void {
    if (this.#waiting.length - this.#head >= flushRows) this.#send();
    else this.#timer ??= this.#clock.after(this.#toWait(), () => this.#send());
  }

  #toWait(): number {
    return Math.max(0, flushMs - (this.#clock.monotonicMs() - this.#oldestAt));
  }

  #send(): void {
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#sent.length > 0 || this.#waiting.length === this.#head) return;
    this.#isUrgent = false;
    this.#sentAt = this.#oldestAt;
    this.#sent = this.#take();
    this.#number += 1;
    this.#deliver();
  }

  #take(): readonly PendingRow[] {
    let bytes = 0;
    let end = this.#head;
    while (end < this.#waiting.length && end - this.#head < batchRowsMax) {
      bytes += toBodyBytes(this.#waiting[end]?.bodies ?? null);
      if (bytes > batchBytesMax && end > this.#head) break;
      end += 1;
    }
    const rows = this.#waiting.slice(this.#head, end);
    this.#head = end;
    // The consumed front is dropped in one go; shifting one by one is quadratic on long queues.
    if (end === this.#waiting.length || end > 4_096) {
      this.#waiting = this.#waiting.slice(end);
      this.#head = 0;
    }
    return rows;
  }

  #deliver(): void {
    const batch = toBatch(this.#number, this.#sent, Math.trunc(this.#clock.now()));
    this.#link
      .ask<CommitOutcome>({ type: 'commit', batch }, { transfer: [batch.bodies.bytes.buffer] })
      .then((outcome) => this.#finish(outcome))
      .catch((error: unknown) => this.#retry(error));
  }

  #finish(outcome: CommitOutcome): void {
    const rows = this.#sent;
    this.#sent = [];
    this.#tries = 0;
    this.#writeError = null;
    this.#commits += 1;
    this.#settled += rows.length;
    this.#duplicates += outcome.duplicates;
    this.#unwritable += outcome.unwritable;
    addLatency(this.lag, (this.#clock.monotonicMs() - this.#sentAt) * 1_000);
    for (const row of rows) {
      this.#bodyBytes -= toBodyBytes(row.bodies);
      row.settle?.(null);
    }
    const done = this.#flushers.filter((flusher) => flusher.target <= this.#settled);
    this.#flushers = this.#flushers.filter((flusher) => flusher.target > this.#settled);
    for (const flusher of done) flusher.resolve();
    this.#onCommit(outcome);
    if (this.#waiting.length === this.#head) return;
    if (this.#isUrgent || this.#flushers.length > 0) this.#send();
    else this.#plan();
  }

  #retry(error: unknown): void {
    // Also what goes wrong after a commit lands here; then nothing is on its way any more.
    if (this.#sent.length === 0) throw error;
    this.#tries += 1;
    this.#writeError = error instanceof Error ? error.message : String(error);
    if (this.#tries === triesBeforeTelling) this.#tellWaiting(this.#writeError);
    const delayMs = Math.min(retryLastMs, retryFirstMs * 2 ** Math.min(this.#tries - 1, 10));
    this.#timer = this.#clock.after(delayMs, () => {
      this.#timer = null;
      this.#deliver();
    });
  }

  #tellWaiting(reason: string): void {
    const error = new Error(`Cannot write to the ledger: ${reason}`);
    for (const row of this.#sent) row.settle?.(error);
    for (let index = this.#head; index < this.#waiting.length; index++) this.#waiting[index]?.settle?.(error);
  }
}
