import { type AttemptFailure, toAnswerFailure } from '../endpoint/index.ts';
import { limits } from '../kernel/index.ts';
import {
  type AnswerFacts,
  createFrameSplitter,
  type FrameKind,
  type FrameRun,
  type StreamTap,
} from '../protocol/index.ts';
import { toAnswerHeaders } from './answer-headers.ts';
import type { AttemptInput, AttemptResult, PushVerdict } from './attempt.ts';
import { redactError, redactSecrets } from './redact.ts';

const waiting: PushVerdict = { kind: 'waiting', pause: false };
const content: PushVerdict = { kind: 'content', pause: false };
const contentPaused: PushVerdict = { kind: 'content', pause: true };

/** What the relay needs beside the attempt's input. */
interface RelayContext {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly upstreamId: string | null;
  onFirstContent(): void;
}

/**
 * Relays an SSE answer in whole frames, byte for byte. Frames before the first content are held, so
 * that a stream that begins badly can still be answered by another offer; after it every frame goes out
 * as it comes, and a stream that ends without its dialect's end is reported as cut.
 */
export class StreamRelay {
  readonly #input: AttemptInput;
  readonly #context: RelayContext;
  readonly #tap: StreamTap;
  readonly #splitter = createFrameSplitter(limits.frameBytes);
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** An error frame of the upstream that has gone out already; a second one of ours would confuse clients. */
  errorRelayed = false;
  /** The dialect's own last frame has been seen: nothing is missing, however the connection ends. */
  isDone = false;

  constructor(input: AttemptInput, context: RelayContext) {
    this.#input = input;
    this.#context = context;
    this.#tap = input.call.codec.createTap(input.call.features.choices);
  }

  get contentEvents(): number {
    return this.#tap.contentEvents;
  }

  facts(): AnswerFacts {
    const { usage, finish, reportedModel, error } = this.#tap;
    return { usage, finish, reportedModel, error };
  }

  push(chunk: Uint8Array): PushVerdict {
    let run: FrameRun | null;
    try {
      run = this.#splitter.push(chunk);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return { kind: 'failed', failed: this.#toMalformed(error.message), pause: false };
    }
    return run === null ? this.#idleVerdict() : this.#relay(run);
  }

  #idleVerdict(): PushVerdict {
    return this.#input.answer.committed ? content : waiting;
  }

  /** Looks at each frame and sends the longest runs of bytes that need no change. */
  #relay(run: FrameRun): PushVerdict {
    const { bytes, ends } = run;
    let from = 0;
    let start = 0;
    let flushed = true;
    for (const end of ends) {
      const kind = this.#tap.see(bytes.subarray(start, end));
      if (kind === 'error') return this.#meetError(bytes.subarray(from, start), bytes.subarray(start, end));
      if (kind === 'done') {
        this.isDone = this.#tap.complete;
        flushed = this.#send(bytes.subarray(from, start)) && flushed;
        from = start;
        this.#holdEnd();
      }
      if (this.#isWithheld(kind)) {
        flushed = this.#send(bytes.subarray(from, start)) && flushed;
        from = end;
      } else if (!this.#input.answer.committed && this.#isCommitting(kind)) this.#commit();
      start = end;
    }
    flushed = this.#send(bytes.subarray(from, start)) && flushed;
    if (this.#heldBytes > limits.heldBytes) {
      return { kind: 'failed', failed: this.#toMalformed('it begins without content'), pause: false };
    }
    if (!this.#input.answer.committed) return waiting;
    return flushed ? content : contentPaused;
  }

  /** In strict durability a client must not see the end before the call's record is on disk. */
  #holdEnd(): void {
    const { answer, holdsEnd } = this.#input;
    if (!holdsEnd) return;
    if (!answer.committed) this.#commit();
    answer.holdTail();
  }

  /** The usage frame that only the gateway asked for: its empty `choices` break clients that did not. */
  #isWithheld(kind: FrameKind): boolean {
    return kind === 'usage' && this.#input.prepared.usageAdded;
  }

  #isCommitting(kind: FrameKind): boolean {
    return kind === 'content' || kind === 'finish' || kind === 'done';
  }

  #commit(): void {
    const { answer, call, planned } = this.#input;
    answer.start(
      200,
      toAnswerHeaders(call, {
        stream: true,
        offer: planned.offer.name,
        upstreamId: this.#context.upstreamId,
      }),
    );
    answer.committed = true;
    this.#context.onFirstContent();
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    for (const bytes of held) this.#send(bytes);
  }

  #send(bytes: Uint8Array): boolean {
    if (bytes.length === 0) return true;
    const { answer, keep } = this.#input;
    if (!answer.committed) {
      this.#held.push(bytes);
      this.#heldBytes += bytes.length;
      return true;
    }
    keep?.(bytes);
    return answer.write(bytes);
  }

  #meetError(before: Uint8Array, frame: Uint8Array): PushVerdict {
    const { answer, planned, credential } = this.#input;
    const error = redactError(this.#tap.error, credential);
    const isMalformed = this.#isMalformed;
    if (answer.committed) {
      this.#send(before);
      // The upstream's own error event is in the client's dialect already; a broken chunk is not sent on.
      if (!isMalformed) {
        this.#send(redactSecrets(frame, credential));
        this.errorRelayed = true;
      }
    }
    const failed = isMalformed
      ? this.#toMalformed('a stream chunk is not JSON')
      : toAnswerFailure({
          status: 200,
          error,
          profile: planned.endpoint.profile,
          offer: planned.offer.name,
          retryAfterMs: null,
        });
    return { kind: 'failed', failed, pause: false };
  }

  get #isMalformed(): boolean {
    return this.#tap.error?.code === 'malformed_chunk';
  }

  #toMalformed(reason: string): AttemptFailure {
    return {
      failure: { code: 'CHG_UPSTREAM_MALFORMED', detail: { offer: this.#input.planned.offer.name, reason } },
      cause: 'MALFORMED',
      mayTryNext: true,
      relayBody: false,
      retryAfterMs: null,
    };
  }

  end(): AttemptResult {
    const { answer, planned } = this.#input;
    const isTorn = this.#splitter.pendingBytes > 0;
    const refused = this.#relayLast();
    const facts = this.facts();
    if (refused === null && this.#tap.complete) {
      if (!answer.committed) this.#commit();
      return { kind: 'answered', facts, answer: null };
    }
    const failed: AttemptFailure = refused ?? {
      failure: { code: 'CHG_UPSTREAM_CUT', detail: { offer: planned.offer.name } },
      cause: isTorn ? 'CUT_IN_FRAME' : 'CUT',
      mayTryNext: true,
      relayBody: false,
      retryAfterMs: null,
    };
    return answer.committed
      ? { kind: 'cut', failed, facts, isTold: this.errorRelayed }
      : { kind: 'failed', failed, answer: null };
  }

  /**
   * Several hosts end with their last line and no empty line after it. Such a frame counts when it is whole;
   * a torn one is dropped. Returns the failure that the frame tells, or null.
   */
  #relayLast(): AttemptFailure | null {
    const rest = this.#splitter.takeRest();
    if (rest === null) return null;
    const kind = this.#tap.see(rest);
    if (kind === 'comment' || (kind === 'error' && this.#isMalformed)) return null;
    if (kind === 'error') {
      const met = this.#meetError(new Uint8Array(), rest);
      return met.kind === 'failed' ? met.failed : null;
    }
    if (this.#isWithheld(kind)) return null;
    if (!this.#input.answer.committed && this.#isCommitting(kind)) this.#commit();
    if (kind === 'done') this.#holdEnd();
    this.#send(rest);
    return null;
  }
}
