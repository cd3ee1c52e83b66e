import type { Endpoint, PhaseLimits } from '../catalog/index.ts';
import { type AttemptFailure, type Egress } from '../endpoint/index.ts';
import {
  type AttemptRecord,
  type CallBodies,
  type CallRecord,
  type Clock,
  type Failure,
  failure,
  limits,
  type Meter,
  type NanoMoney,
  type Recorder,
  toFailureSpec,
} from '../kernel/index.ts';
import type { AnswerFacts } from '../protocol/index.ts';
import {
  afterFailure,
  afterSuccess,
  type OfferHealth,
  type PlannedOffer,
  type Route,
  type Snapshot,
} from '../routing/index.ts';
import { type Admission, admit } from './admit.ts';
import { toAnswerHeaders } from './answer-headers.ts';
import { Attempt, type AttemptResult, type UpstreamAnswer } from './attempt.ts';
import type { AcceptedCall } from './call.ts';
import type { ClientAnswer } from './client-answer.ts';
import { type Fingerprint, toFingerprint } from './fingerprint.ts';
import { prepareRequest } from './prepare-request.ts';
import { redactSecrets } from './redact.ts';
import { Roster } from './roster.ts';
import { toCallRecord } from './settle.ts';

/** What the engine works with; joined by `assembly`. */
export interface EnginePorts {
  readonly snapshot: () => Snapshot;
  readonly egress: Egress;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly recorder: Recorder;
  /** A mistake inside a call: the call ends with CHG_INTERNAL, the process goes on. */
  readonly onMistake: (error: unknown, callId: string) => void;
}

/** How a call ended. */
export interface EndedRun {
  readonly record: CallRecord;
  /** With its details, which the record leaves out. */
  readonly failure: Failure | null;
}

/** Runs calls through admit → plan → attempt → relay → settle. */
export interface Engine {
  /** Never rejects. Resolves with the record after the answer has ended and the record is queued. */
  run(call: AcceptedCall, answer: ClientAnswer): Promise<EndedRun>;
  /** Ends every call that still runs, each with an error event or body that says the process stops. */
  stop(): void;
  readonly health: ReadonlyMap<string, OfferHealth>;
}

/** How the attempts of one call went, for settle. */
interface Course {
  /** A whole answer that is sent at the very end, after its record is queued (or on disk in strict durability). */
  whole: WholeReply | null;
  readonly attempts: AttemptRecord[];
  last: PlannedOffer | null;
  facts: AnswerFacts | null;
  contentEvents: number;
  failure: Failure | null;
  status: number;
}

interface WholeReply {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Uint8Array;
}

/** The bytes of an answer that are kept when the route keeps bodies. */
class KeptBody {
  #chunks: Uint8Array[] = [];
  #size = 0;
  #whole = true;

  add(bytes: Uint8Array): void {
    this.#size += bytes.length;
    if (this.#size > limits.answerBytes) {
      // Limit: a body beyond it is not kept at all; half an answer would mislead a trial.
      this.#whole = false;
      this.#chunks = [];
    } else if (this.#whole) this.#chunks.push(bytes);
  }

  toBodies(request: Uint8Array, keepMs: number): CallBodies | null {
    return this.#whole ? { request, response: Buffer.concat(this.#chunks), keepMs } : null;
  }
}

/** `leftMs`: what is left of the caller's own bound on the whole call. */
function toPhases(endpoint: Endpoint, route: Route, leftMs: number): PhaseLimits {
  const { phases } = endpoint;
  const totalMs = route.phases.totalMs ?? phases.totalMs;
  return {
    connectMs: phases.connectMs,
    firstByteMs: route.phases.firstByteMs ?? phases.firstByteMs,
    firstTokenMs: route.phases.firstTokenMs ?? phases.firstTokenMs,
    idleMs: route.phases.idleMs ?? phases.idleMs,
    totalMs: Math.min(totalMs, leftMs),
  };
}

/** Creates the engine. */
export function createEngine(ports: EnginePorts): Engine {
  const health = new Map<string, OfferHealth>();
  const running = new Roster<CallRun>();
  return {
    health,
    async run(call, answer) {
      const callRun = new CallRun({ ports, health }, call, answer);
      const place = running.add(callRun);
      try {
        const record = await callRun.run();
        return { record, failure: callRun.failure };
      } finally {
        running.remove(place, callRun);
      }
    },
    stop() {
      for (const callRun of running.items()) callRun.stop();
    },
  };
}

/** What all calls of one engine share. */
interface Shared {
  readonly ports: EnginePorts;
  readonly health: Map<string, OfferHealth>;
}

/** One call on its way. */
class CallRun {
  readonly #ports: EnginePorts;
  readonly #health: Map<string, OfferHealth>;
  readonly #call: AcceptedCall;
  readonly #answer: ClientAnswer;
  readonly #snapshot: Snapshot;
  readonly #fingerprint: Fingerprint;
  readonly #course: Course = {
    whole: null,
    attempts: [],
    last: null,
    facts: null,
    contentEvents: 0,
    failure: null,
    status: 0,
  };
  #kept: KeptBody | null = null;
  #attempt: Attempt | null = null;
  #stopping = false;

  constructor({ ports, health }: Shared, call: AcceptedCall, answer: ClientAnswer) {
    this.#ports = ports;
    this.#health = health;
    this.#call = call;
    this.#answer = answer;
    this.#snapshot = ports.snapshot();
    this.#fingerprint = toFingerprint(call);
  }

  async run(): Promise<CallRecord> {
    const { meter, recorder, clock } = this.#ports;
    const admitted = admit(this.#call, {
      snapshot: this.#snapshot,
      meter,
      recorder,
      health: this.#health,
      stickyUnit: this.#fingerprint.stickyUnit,
      now: this.#call.at,
    });
    if (!admitted.ok) {
      const { failure: failed, reason, routeVersion } = admitted.refusal;
      this.#refuse(failed, null);
      return this.#settle({ verdict: 'refuse', reason }, routeVersion, null);
    }
    const admission = admitted.value;
    if (admission.route.keepBodiesMs !== null) this.#kept = new KeptBody();
    try {
      if (await this.#open(admission)) await this.#tryOffers(admission);
    } catch (error) {
      this.#ports.onMistake(error, this.#call.id);
      this.#refuse(failure('CHG_INTERNAL', { call: this.#call.id }).failure, null);
    }
    let cost: NanoMoney = 0n;
    try {
      const decision = { verdict: 'admit', reason: admission.reason } as const;
      const record = await this.#settle(decision, admission.serving.version, admission.route);
      const { budget } = admission.hold.reservation;
      if (budget !== null && record.currency === budget.currency) cost = record.cost ?? 0n;
      return record;
    } finally {
      // Whatever happens above, a hold that is never settled would block its key for ever.
      meter.settle(admission.hold, cost, clock.now());
    }
  }

  get failure(): Failure | null {
    return this.#course.failure;
  }

  stop(): void {
    this.#stopping = true;
    this.#attempt?.cancel(toDraining());
  }

  /** In strict durability the call is on disk before the upstream hears of it. */
  async #open(admission: Admission): Promise<boolean> {
    const { recorder } = this.#ports;
    if (recorder.durability !== 'strict') return true;
    const { id, at, principal, purpose } = this.#call;
    try {
      await recorder.recordDurably({
        kind: 'opened',
        id,
        at,
        org: principal.org,
        key: principal.keyId,
        route: admission.route.name,
        purpose,
      });
      return true;
    } catch (error) {
      this.#ports.onMistake(error, id);
      this.#refuse(failure('CHG_LEDGER_BEHIND').failure, null);
      return false;
    }
  }

  async #tryOffers(admission: Admission): Promise<void> {
    let lastFailed: AttemptFailure | null = null;
    let lastAnswer: UpstreamAnswer | null = null;
    if (this.#call.features.stream) {
      this.#answer.holdStream(toAnswerHeaders(this.#call, { stream: true, offer: null, upstreamId: null }));
    }
    for (const planned of admission.plan.offers) {
      if (this.#stopping) {
        lastFailed = toDraining();
        break;
      }
      const result = await this.#tryOffer(planned, admission.route);
      if (result.kind === 'answered') {
        this.#deliver(planned, result.answer);
        return;
      }
      if (result.kind === 'gone') {
        this.#noteGone();
        return;
      }
      if (result.kind === 'cut') {
        this.#cut(result.failed.failure, result.isTold);
        return;
      }
      lastFailed = result.failed;
      lastAnswer = result.answer;
      if (!result.failed.mayTryNext || this.#leftMs() <= 0) break;
    }
    if (lastFailed !== null) this.#giveUp(lastFailed, lastAnswer);
  }

  async #tryOffer(planned: PlannedOffer, route: Route): Promise<AttemptResult> {
    const credential = this.#snapshot.credentials.get(planned.endpoint.name);
    const prepared = prepareRequest(this.#call, planned, credential);
    this.#course.last = planned;
    if (prepared === null) return this.#toCredentialResult(planned);
    const kept = this.#kept;
    const attempt = new Attempt(
      {
        call: this.#call,
        planned,
        prepared,
        credential,
        phases: toPhases(planned.endpoint, route, this.#leftMs()),
        answer: this.#answer,
        keep: kept === null ? null : (bytes) => kept.add(bytes),
        answerBytes: this.#snapshot.limits.answerBytes,
        holdsEnd: this.#ports.recorder.durability === 'strict',
      },
      this.#ports,
    );
    this.#attempt = attempt;
    const result = await attempt.run();
    this.#attempt = null;
    this.#note(attempt, planned, result);
    return result;
  }

  #leftMs(): number {
    const { timeoutMs, startedMs } = this.#call;
    if (timeoutMs === null) return Number.POSITIVE_INFINITY;
    return timeoutMs - (this.#ports.clock.monotonicMs() - startedMs);
  }

  #toCredentialResult(planned: PlannedOffer): AttemptResult {
    const detail = { offer: planned.offer.name };
    return {
      kind: 'failed',
      answer: null,
      failed: {
        failure: failure('CHG_UPSTREAM_CREDENTIAL', detail).failure,
        cause: 'CREDENTIAL_ORIGIN',
        mayTryNext: true,
        relayBody: false,
        retryAfterMs: null,
      },
    };
  }

  /** Writes down one attempt and what it says about the offer's health. */
  #note(attempt: Attempt, planned: PlannedOffer, result: AttemptResult): void {
    const { clock } = this.#ports;
    const { times } = attempt;
    const failed = result.kind === 'failed' || result.kind === 'cut' ? result.failed : null;
    const name = planned.offer.name;
    this.#course.attempts.push({
      offer: name,
      startMs: round(times.startMs),
      firstByteMs: roundOrNull(times.firstByteMs),
      firstTokenMs: roundOrNull(times.firstTokenMs),
      endMs: round(clock.monotonicMs() - this.#call.startedMs),
      status: times.status,
      failure: failed?.failure.code ?? (result.kind === 'gone' ? 'CHG_CLIENT_GONE' : null),
      cause: failed?.cause ?? null,
      resent: times.resent,
    });
    this.#course.contentEvents = times.contentEvents;
    if (result.kind !== 'failed') this.#course.facts = result.facts;
    if (failed !== null) {
      const { retryAfterMs } = failed;
      const blamed = { code: failed.failure.code, retryAfterMs, now: clock.now() };
      this.#health.set(name, afterFailure(this.#health.get(name), blamed));
    } else if (result.kind === 'answered' && this.#health.size > 0) {
      this.#noteSuccess(name, times.startMs);
    }
  }

  #noteSuccess(name: string, startMs: number): void {
    const kept = afterSuccess(this.#health.get(name), this.#call.at + startMs);
    if (kept === undefined) this.#health.delete(name);
    else this.#health.set(name, kept);
  }

  /** Keeps a whole answer for the end; a streamed one has gone out already. */
  #deliver(planned: PlannedOffer, answer: UpstreamAnswer | null): void {
    this.#course.status = 200;
    if (answer !== null) this.#reply(answer, planned.offer.name, []);
  }

  #reply(answer: UpstreamAnswer, offer: string | null, extra: readonly string[]): void {
    const { status, body, upstreamId, contentType } = answer;
    const headers = toAnswerHeaders(this.#call, { stream: false, offer, upstreamId });
    headers.push(
      'content-type',
      contentType || 'application/json',
      'content-length',
      String(body.length),
      ...extra,
    );
    this.#course.status = status;
    this.#course.whole = { status, headers, body };
  }

  #noteGone(): void {
    this.#course.failure = failure('CHG_CLIENT_GONE').failure;
    this.#course.status = 499;
  }

  /** Content is out: all that is left is an honest end in the dialect's own error event, told once. */
  #cut(failed: Failure, isTold: boolean): void {
    this.#course.failure = failed;
    this.#course.status = this.#answer.status;
    if (!isTold) this.#answer.write(this.#call.codec.encodeStreamError(failed, this.#call.id));
  }

  /** No offer answered. The client's own mistake is answered in the upstream's words, all else in ours. */
  #giveUp(failed: AttemptFailure, answer: UpstreamAnswer | null): void {
    const isFutile = this.#course.attempts.length > 1 || unhealing.has(failed.failure.code);
    const extra = isFutile ? ['x-should-retry', 'false'] : [];
    if (failed.retryAfterMs !== null) {
      extra.push('retry-after', String(Math.ceil(failed.retryAfterMs / 1000)));
    }
    const relays = failed.relayBody && answer !== null && answer.status >= 400 && !this.#answer.started;
    if (!relays) return this.#refuse(failed.failure, extra);
    const credential = this.#snapshot.credentials.get(this.#course.last?.endpoint.name ?? '');
    const redacted = { ...answer, body: redactSecrets(answer.body, credential) };
    this.#course.failure = failed.failure;
    this.#reply(redacted, this.#course.last?.offer.name ?? null, extra);
  }

  #refuse(failed: Failure, extra: readonly string[] | null): void {
    const { codec, id } = this.#call;
    this.#course.failure = failed;
    if (this.#answer.started) {
      // The status is out already (comments were sent): the dialect's error event is the only way to say it.
      this.#course.status = this.#answer.status;
      this.#answer.write(codec.encodeStreamError(failed, id));
      return;
    }
    const { status } = toFailureSpec(failed);
    const body = Buffer.from(codec.encodeError(failed, id));
    const mark = ['x-changeover-error', failed.code, ...(extra ?? [])];
    this.#reply({ status, body, upstreamId: null, contentType: 'application/json' }, null, mark);
  }

  /** Queues the record and ends the answer; in strict durability the last byte waits for the disk. */
  async #settle(
    decision: CallRecord['decision'],
    routeVersion: number,
    route: Route | null,
  ): Promise<CallRecord> {
    const { recorder } = this.#ports;
    this.#answer.close();
    const whole = this.#course.whole;
    if (whole !== null) this.#kept?.add(whole.body);
    const record = this.#toRecord(decision, routeVersion, route);
    if (recorder.durability === 'strict' && decision.verdict === 'admit') {
      try {
        await recorder.recordDurably(record);
      } catch (error) {
        this.#ports.onMistake(error, record.id);
        // The held end is dropped: it would tell a clean stop of a call that is not on record.
        this.#answer.takeTail();
        this.#refuse(failure('CHG_LEDGER_BEHIND').failure, null);
      }
    } else recorder.record(record);
    this.#finish();
    return record;
  }

  #finish(): void {
    const { sink } = this.#answer;
    const { whole } = this.#course;
    if (sink.gone) return;
    if (whole === null || this.#answer.started) return sink.end(this.#answer.takeTail());
    this.#answer.start(whole.status, whole.headers);
    sink.end(whole.body);
  }

  #toRecord(decision: CallRecord['decision'], routeVersion: number, route: Route | null): CallRecord {
    const keepMs = route?.keepBodiesMs ?? null;
    return toCallRecord({
      call: this.#call,
      fingerprint: this.#fingerprint,
      configHash: this.#snapshot.configHash,
      routeVersion,
      decision,
      attempts: this.#course.attempts,
      last: this.#course.last,
      facts: this.#course.facts,
      contentEvents: this.#course.contentEvents,
      status: this.#course.status,
      failure: this.#course.failure,
      totalMs: round(this.#ports.clock.monotonicMs() - this.#call.startedMs),
      responseBytes: this.#answer.bytesSent + (this.#course.whole?.body.length ?? 0),
      bodies: keepMs === null ? null : (this.#kept?.toBodies(this.#call.body, keepMs) ?? null),
    });
  }
}

/** What no second try heals; some vendors lock accounts that go on asking. */
const unhealing: ReadonlySet<string> = new Set(['CHG_UPSTREAM_CREDENTIAL', 'CHG_UPSTREAM_BALANCE']);

function toDraining(): AttemptFailure {
  return {
    failure: failure('CHG_DRAINING').failure,
    cause: 'DRAINING',
    mayTryNext: false,
    relayBody: false,
    retryAfterMs: null,
  };
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}

function roundOrNull(ms: number | null): number | null {
  return ms === null ? null : round(ms);
}
