import {
  type CallOptions,
  type CallRequest,
  type Caller,
  type Clock,
  type Failure,
  failure,
  type IdSource,
  type Outcome,
  type Recorder,
  type Result,
  success,
} from '../kernel/index.ts';
import { codecs, type DialectCodec } from '../protocol/index.ts';
import type { Snapshot } from '../routing/index.ts';
import type { AcceptedCall, AnswerSink, SinkListener } from './call.ts';
import { ClientAnswer } from './client-answer.ts';
import type { Engine } from './engine.ts';
import { parseRequest } from './parse-request.ts';

/** Collects an answer in memory, up to a limit: streams have none of their own. */
class MemorySink implements AnswerSink {
  chunks: Buffer[] = [];
  isTooLarge = false;
  status = 0;
  headers: readonly string[] = [];
  gone = false;
  listener: SinkListener | null = null;

  readonly #limitBytes: number;
  #size = 0;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.destroy();

  constructor(limitBytes: number, signal: AbortSignal | undefined) {
    this.#limitBytes = limitBytes;
    this.#signal = signal;
    if (signal?.aborted === true) this.gone = true;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Lets go of the signal: a trial's lives for thousands of calls, and would keep every answer of theirs. */
  release(): void {
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }

  start(status: number, headers: readonly string[]): void {
    this.status = status;
    this.headers = headers;
  }

  write(bytes: Uint8Array | string): boolean {
    this.#size += bytes.length;
    this.isTooLarge = this.#size > this.#limitBytes;
    if (this.isTooLarge) {
      this.chunks = [];
      this.destroy();
    } else this.chunks.push(Buffer.from(bytes));
    return true;
  }

  end(bytes: Uint8Array | null): void {
    if (bytes !== null) this.chunks.push(Buffer.from(bytes));
  }

  destroy(): void {
    this.gone = true;
    this.listener?.onGone();
  }
}

export interface CallerPorts {
  readonly engine: Engine;
  readonly snapshot: () => Snapshot;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly recorder: Recorder;
}

/** The route on whose behalf a call is made: named, or the first that may serve the offer. */
function findRoute(request: CallRequest, options: CallOptions, snapshot: Snapshot): Result<string> {
  if ('route' in request.target) return success(request.target.route);
  const { offer } = request.target;
  if (!snapshot.offers.has(offer)) return failure('CHG_OFFER_UNKNOWN', { offer });
  if (options.onBehalfOfRoute !== undefined) return success(options.onBehalfOfRoute);
  for (const [name, route] of snapshot.routes) {
    const serving = snapshot.serving.get(name)?.shares ?? [];
    if (serving.some((share) => share.offer === offer) || route.fallback.includes(offer)) {
      return success(name);
    }
  }
  return failure('CHG_ROUTE_UNKNOWN', { route: `for offer ${offer}` });
}

function toHeader(headers: readonly string[], name: string): string {
  const at = headers.indexOf(name);
  return at === -1 ? '' : (headers[at + 1] ?? '');
}

/** Creates the in-process door to the call engine; the same admit, plan, attempt and settle as a client's call. */
export function createCaller(ports: CallerPorts): Caller {
  async function run(call: AcceptedCall, signal: AbortSignal | undefined): Promise<Outcome> {
    const limitBytes = ports.snapshot().limits.answerBytes;
    const sink = new MemorySink(limitBytes, signal);
    const { record, failure: failed } = await ports.engine.run(call, new ClientAnswer(sink, ports.clock));
    sink.release();
    const tooLarge = failure('CHG_UPSTREAM_TOO_LARGE', { offer: record.offer ?? '', limitBytes }).failure;
    return {
      status: record.status,
      body: Buffer.concat(sink.chunks),
      contentType: toHeader(sink.headers, 'content-type'),
      failure: sink.isTooLarge ? tooLarge : failed,
      record,
    };
  }
  function accept(request: CallRequest, options: CallOptions, codec: DialectCodec): Result<AcceptedCall> {
    const startedMs = ports.clock.monotonicMs();
    const bytes = Buffer.from(request.body);
    const parsed = parseRequest(bytes, codec);
    if (!parsed.ok) return parsed;
    const route = findRoute(request, options, ports.snapshot());
    if (!route.ok) return route;
    return success({
      id: ports.ids.next('call'),
      at: ports.clock.now(),
      startedMs,
      codec,
      body: bytes,
      ...parsed.value,
      principal: options.principal,
      key: null,
      purpose: options.purpose,
      session: null,
      forwardHeaders: [],
      target: { route: route.value, offer: 'offer' in request.target ? request.target.offer : null },
      timeoutMs: options.timeoutMs ?? null,
    });
  }
  return {
    async call(request, options) {
      const codec = codecs.get(request.dialect);
      const accepted =
        codec === undefined
          ? failure('CHG_DIALECT_UNSERVED', { dialect: request.dialect, route: '' })
          : accept(request, options, codec);
      if (!accepted.ok) throw new CallRefused(accepted.failure);
      return run(accepted.value, options.signal);
    },
  };
}

/** The request never became a call: its body or target is wrong. */
class CallRefused extends Error {
  readonly failure: Failure;
  constructor(failed: Failure) {
    super(failed.code);
    this.name = 'CallRefused';
    this.failure = failed;
  }
}
