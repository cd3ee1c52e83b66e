import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import type { Transform } from 'node:stream';

import type { PhaseLimits } from '../catalog/index.ts';
import {
  type AnswerHeaders,
  type AttemptFailure,
  type Egress,
  type Exchange,
  type ExchangeHandlers,
  toTransportFailure,
} from '../endpoint/index.ts';
import type { BoundCredential, Clock } from '../kernel/index.ts';
import type { AnswerFacts } from '../protocol/index.ts';
import type { PlannedOffer } from '../routing/index.ts';
import type { AcceptedCall, SinkListener } from './call.ts';
import type { ClientAnswer } from './client-answer.ts';
import { pickHeader, readUpstreamId } from './forward-headers.ts';
import { type Phase, phaseNames, PhaseTimer } from './phase-timer.ts';
import type { PreparedRequest } from './prepare-request.ts';
import { StreamRelay } from './stream-relay.ts';
import { WholeAnswer } from './whole-answer.ts';

/** A whole answer of the upstream that waits to be sent to the client. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly upstreamId: string | null;
}

/** How an attempt ended. `cut`: content had already gone out, so nothing can take over. */
export type AttemptResult =
  | { readonly kind: 'answered'; readonly facts: AnswerFacts; readonly answer: UpstreamAnswer | null }
  | { readonly kind: 'failed'; readonly failed: AttemptFailure; readonly answer: UpstreamAnswer | null }
  | {
      readonly kind: 'cut';
      readonly failed: AttemptFailure;
      readonly facts: AnswerFacts;
      /** The upstream's own error event has gone out; a second one of ours would confuse clients. */
      readonly isTold: boolean;
    }
  | { readonly kind: 'gone'; readonly facts: AnswerFacts | null };

/** What the record needs of an attempt. */
export interface AttemptTimes {
  readonly startMs: number;
  firstByteMs: number | null;
  firstTokenMs: number | null;
  status: number | null;
  resent: boolean;
  /** Content events relayed, for an estimate when usage is missing. */
  contentEvents: number;
  upstreamId: string | null;
}

export interface AttemptInput {
  readonly call: AcceptedCall;
  readonly planned: PlannedOffer;
  readonly prepared: PreparedRequest;
  /** Masked wherever the upstream repeats it. */
  readonly credential: BoundCredential | undefined;
  readonly phases: PhaseLimits;
  readonly answer: ClientAnswer;
  /** Where the relayed bytes are kept when the route keeps bodies; null = not kept. */
  readonly keep: ((bytes: Uint8Array) => void) | null;
  readonly answerBytes: number;
  /** The stream's last event waits for the record (strict durability). */
  readonly holdsEnd: boolean;
}

export interface AttemptPorts {
  readonly egress: Egress;
  readonly clock: Clock;
}

const decompressors: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/**
 * Time for an upstream to close its answer after the dialect's own end. Without it one that forgets would
 * hold the call, and a failure of its connection would spoil a whole answer.
 */
const afterDoneMs = 1_000;

/** One try at one offer: sends, watches the phases, relays or collects, and says how it ended. */
export class Attempt implements ExchangeHandlers, SinkListener {
  readonly #input: AttemptInput;
  readonly #ports: AttemptPorts;
  readonly times: AttemptTimes;
  readonly #timer: PhaseTimer;
  #exchange: Exchange | null = null;
  #decompressor: Transform | null = null;
  #reader: StreamRelay | WholeAnswer | null = null;
  #resolve: (result: AttemptResult) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  /** The client does not take more for now: its slowness is not the upstream's. */
  #paused = false;
  #done = false;
  #headSeen = false;

  constructor(input: AttemptInput, ports: AttemptPorts) {
    this.#input = input;
    this.#ports = ports;
    this.times = {
      startMs: this.#elapsed(),
      firstByteMs: null,
      firstTokenMs: null,
      status: null,
      resent: false,
      contentEvents: 0,
      upstreamId: null,
    };
    this.#timer = new PhaseTimer(ports.clock, input.phases.totalMs, (phase, limitMs) =>
      this.#expire(phase, limitMs),
    );
  }

  /** Rejects only for a mistake of ours. */
  run(): Promise<AttemptResult> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      const { answer, phases, prepared } = this.#input;
      if (answer.sink.gone) return this.#finish({ kind: 'gone', facts: null });
      answer.sink.listener = this;
      this.#timer.enter('connect', phases.connectMs);
      this.#exchange = this.#ports.egress.send(prepared.outbound, this);
    });
  }

  onConnected(): void {
    this.#timer.enter('firstByte', this.#input.phases.firstByteMs);
  }

  onResent(): void {
    this.times.resent = true;
  }

  onError(error: Error): void {
    this.#fail(toTransportFailure(error, this.#input.planned.offer.name, this.#headSeen));
  }

  /** Ends the attempt now; nothing else may take over. */
  cancel(failed: AttemptFailure): void {
    this.#fail(failed);
  }

  #elapsed(): number {
    return this.#ports.clock.monotonicMs() - this.#input.call.startedMs;
  }

  onHead(status: number, headers: AnswerHeaders): void {
    if (this.#done) return;
    this.#headSeen = true;
    this.times.status = status;
    this.times.firstByteMs = this.#elapsed();
    this.times.upstreamId = readUpstreamId(headers);
    const contentType = pickHeader(headers, 'content-type') ?? '';
    const isStream = status >= 200 && status < 300 && /^text\/event-stream\b/i.test(contentType);
    const { phases, call } = this.#input;
    if (isStream && call.features.stream) {
      this.#reader = new StreamRelay(this.#input, {
        now: this.#ports.clock.now(),
        upstreamId: this.times.upstreamId,
        onFirstContent: () => {
          this.times.firstTokenMs = this.#elapsed();
        },
      });
      this.#timer.enter('firstToken', phases.firstTokenMs);
    } else {
      const now = this.#ports.clock.now();
      this.#reader = new WholeAnswer(this.#input, { status, headers, contentType, now });
      this.#timer.enter('idle', phases.idleMs);
    }
    this.#decompress(pickHeader(headers, 'content-encoding'));
  }

  /** We ask for identity; a host that compresses all the same is undone here, under the same limits. */
  #decompress(encoding: string | null): void {
    const name = encoding?.trim().toLowerCase() ?? 'identity';
    if (name === 'identity' || name === '') return;
    const create = Object.hasOwn(decompressors, name) ? decompressors[name] : undefined;
    if (create === undefined) {
      return this.#failMalformed(`content-encoding "${name.slice(0, 40)}" is unknown`);
    }
    const stream = create();
    stream.on('data', (chunk: Buffer) => this.#read(chunk));
    stream.on('end', () => this.#endReader());
    stream.on('error', () => this.#failMalformed('its compression is broken'));
    this.#decompressor = stream;
  }

  onData(chunk: Uint8Array): void {
    if (this.#done) return;
    if (this.#decompressor === null) return this.#read(chunk);
    if (!this.#decompressor.write(chunk)) {
      this.#exchange?.pause();
      this.#decompressor.once('drain', () => this.#exchange?.resume());
    }
  }

  #read(chunk: Uint8Array): void {
    const reader = this.#reader;
    if (this.#done || reader === null) return;
    try {
      this.#heed(reader.push(chunk), reader.isDone);
    } catch (error) {
      this.#abandon(error);
    }
  }

  #heed(verdict: PushVerdict, isDone: boolean): void {
    const { idleMs } = this.#input.phases;
    if (verdict.kind === 'failed') return this.#fail(verdict.failed);
    if (isDone) this.#timer.enter('idle', Math.min(idleMs, afterDoneMs));
    // Before the first content the clock of the first token runs on, whatever keep-alive lines come.
    else if (verdict.kind === 'content' && !this.#paused) this.#timer.enter('idle', idleMs);
    if (verdict.pause) this.#pause();
  }

  /** Only the total time goes on while the client is slow. */
  #pause(): void {
    this.#paused = true;
    this.#timer.enter('idle', Number.POSITIVE_INFINITY);
    this.#exchange?.pause();
    // What is compressed grows on its way out: the tap must be closed behind that.
    this.#decompressor?.pause();
  }

  onDrain(): void {
    if (this.#paused) this.#timer.enter('idle', this.#input.phases.idleMs);
    this.#paused = false;
    this.#decompressor?.resume();
    this.#exchange?.resume();
  }

  onEnd(): void {
    if (this.#decompressor === null) this.#endReader();
    else this.#decompressor.end();
  }

  #endReader(): void {
    if (this.#done || this.#reader === null) return;
    try {
      this.#finish(this.#reader.end());
    } catch (error) {
      this.#abandon(error);
    }
  }

  /** Many clients hang up at the dialect's own end: such a call has been answered. */
  onGone(): void {
    const reader = this.#reader;
    const facts = reader?.facts() ?? null;
    if (facts !== null && reader?.isDone === true) this.#finish({ kind: 'answered', facts, answer: null });
    else this.#finish({ kind: 'gone', facts });
  }

  #expire(phase: Phase, limitMs: number): void {
    const offer = this.#input.planned.offer.name;
    if (this.#paused) {
      // The client has not read for the whole time: it is as good as gone, and the upstream is not to blame.
      this.#input.answer.sink.destroy();
      return this.onGone();
    }
    this.#fail({
      failure: { code: 'CHG_UPSTREAM_TIMEOUT', detail: { offer, phase: phaseNames[phase], limitMs } },
      cause: `TIMEOUT_${phase.toUpperCase()}`,
      mayTryNext: true,
      relayBody: false,
      retryAfterMs: null,
    });
  }

  #failMalformed(reason: string): void {
    this.#fail({
      failure: { code: 'CHG_UPSTREAM_MALFORMED', detail: { offer: this.#input.planned.offer.name, reason } },
      cause: 'MALFORMED',
      mayTryNext: true,
      relayBody: false,
      retryAfterMs: null,
    });
  }

  #fail(failed: AttemptFailure): void {
    if (this.#done) return;
    const reader = this.#reader;
    if (reader?.isDone === true) this.#finish({ kind: 'answered', facts: reader.facts(), answer: null });
    else if (this.#input.answer.committed && reader !== null) {
      this.#finish({ kind: 'cut', failed, facts: reader.facts(), isTold: reader.errorRelayed });
    } else this.#finish({ kind: 'failed', failed, answer: null });
  }

  #finish(result: AttemptResult): void {
    if (this.#done) return;
    this.#close();
    this.#resolve(result);
  }

  /** A mistake of ours, met in a callback of a socket or decompressor, must end this call only. */
  #abandon(error: unknown): void {
    if (this.#done) return;
    this.#close();
    this.#reject(error);
  }

  #close(): void {
    this.#done = true;
    this.#timer.stop();
    this.times.contentEvents = this.#reader?.contentEvents ?? 0;
    const { sink } = this.#input.answer;
    sink.listener = null;
    this.#decompressor?.destroy();
    // After a whole exchange this does nothing; otherwise the upstream must stop working for nobody.
    this.#exchange?.abort();
  }
}

/** What a reader says to one chunk. */
export type PushVerdict =
  | { readonly kind: 'waiting' | 'content'; readonly pause: boolean }
  | { readonly kind: 'failed'; readonly failed: AttemptFailure; readonly pause: false };
