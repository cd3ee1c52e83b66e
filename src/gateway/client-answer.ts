import { type Clock, limits, type Timer } from '../kernel/index.ts';
import type { AnswerSink } from './call.ts';

const comment = ': changeover is waiting for the model\n\n';

/**
 * The client's side of one call. For streams it holds the status back until content is there, or for
 * `heldStatusMs`; then it says 200 and sends comment lines, so that neither the client nor a proxy
 * between gives up, and failover is still possible because no content has been sent.
 */
export class ClientAnswer {
  readonly #sink: AnswerSink;
  readonly #clock: Clock;
  #timer: Timer | null = null;
  #tail: Uint8Array[] | null = null;
  #lastWriteMs = 0;
  #streamHeaders: readonly string[] = [];
  started = false;
  /** True once content (not only comments) has gone out: from then on another offer may not take over. */
  committed = false;
  bytesSent = 0;
  status = 0;

  constructor(sink: AnswerSink, clock: Clock) {
    this.#sink = sink;
    this.#clock = clock;
  }

  get sink(): AnswerSink {
    return this.#sink;
  }

  /** Begins to count the hold of a stream's status. */
  holdStream(headers: readonly string[]): void {
    this.#streamHeaders = headers;
    if (this.started || this.#timer !== null) return;
    this.#lastWriteMs = this.#clock.monotonicMs();
    this.#beatAfter(limits.heldStatusMs);
  }

  #beatAfter(delayMs: number): void {
    this.#timer = this.#clock.after(delayMs, () => this.#beat());
  }

  #beat(): void {
    this.#timer = null;
    if (this.#sink.gone) return;
    const quietMs = this.#clock.monotonicMs() - this.#lastWriteMs;
    const wanted = this.started ? limits.keepAliveMs : limits.heldStatusMs;
    // One millisecond of tolerance: timers round, and firing early must not skip a beat.
    if (quietMs + 1 < wanted) return this.#beatAfter(wanted - quietMs);
    if (!this.started) this.start(200, this.#streamHeaders);
    this.write(comment);
    this.#beatAfter(limits.keepAliveMs);
  }

  start(status: number, headers: readonly string[]): void {
    if (this.started) return;
    this.started = true;
    this.status = status;
    this.#sink.start(status, headers);
  }

  /** From here on what is written waits for `takeTail`: the stream's end, until its record is on disk. */
  holdTail(): void {
    this.#tail ??= [];
  }

  /** What was held back, or null; it is not held any more. */
  takeTail(): Uint8Array | null {
    const tail = this.#tail;
    this.#tail = null;
    return tail === null || tail.length === 0 ? null : Buffer.concat(tail);
  }

  write(bytes: Uint8Array | string): boolean {
    if (this.#tail !== null) {
      this.#tail.push(Buffer.from(bytes));
      this.bytesSent += bytes.length;
      return true;
    }
    this.#lastWriteMs = this.#clock.monotonicMs();
    this.bytesSent += bytes.length;
    return this.#sink.write(bytes);
  }

  /** Stops the beats; the sink is not ended. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }
}
