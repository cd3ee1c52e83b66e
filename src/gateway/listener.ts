import type { IncomingMessage, ServerResponse } from 'node:http';

import {
  type Clock,
  type Dialect,
  type Failure,
  failure,
  type IdSource,
  type KeyRecord,
  limits,
  type Result,
  toFailureSpec,
  toPrincipal,
} from '../kernel/index.ts';
import { codecs, type DialectCodec } from '../protocol/index.ts';
import type { Snapshot } from '../routing/index.ts';
import { type BodyBudget, createBodyBudget } from './body-budget.ts';
import type { AcceptedCall } from './call.ts';
import { ClientAnswer } from './client-answer.ts';
import type { Engine } from './engine.ts';
import { readSession, toForwardHeaders } from './forward-headers.ts';
import { HttpSink } from './http-sink.ts';
import { createKeyring, readClientKey } from './identify.ts';
import { toModelsList } from './models-list.ts';
import { parseRequest } from './parse-request.ts';
import { findOperation, type Operation, toAllowedMethods } from './paths.ts';
import { readBody } from './read-body.ts';

export interface ListenerPorts {
  readonly engine: Engine;
  readonly snapshot: () => Snapshot;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly hashKey: (token: string) => string;
  /** True when the store is open and the config valid. */
  readonly isReady: () => boolean;
  readonly onMistake: (error: unknown, callId: string) => void;
}

export interface ListenerStats {
  readonly inFlight: number;
  readonly calls: number;
  readonly unauthorised: number;
  readonly bodyBytesInFlight: number;
}

/** The data plane's HTTP side. */
export interface Listener {
  /** Takes the request when its path is the data plane's; false otherwise. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** From now on new calls are refused with 503; resolves when those in flight have ended. */
  drain(): Promise<void>;
  stats(): ListenerStats;
}

/** Creates the data plane's request handler. */
export function createListener(ports: ListenerPorts): Listener {
  return new DataPlane(ports);
}

const openaiCodec = codecs.get('openai-chat');

/** One request with its response and decoded query. */
interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams | null;
}

/** A failure to be told, with headers beyond the usual ones. */
interface Refusal {
  readonly failed: Failure;
  readonly extra?: readonly string[];
}

class DataPlane implements Listener {
  readonly #ports: ListenerPorts;
  readonly #keyring: ReturnType<typeof createKeyring>;
  readonly #bodies: BodyBudget;
  #inFlight = 0;
  #calls = 0;
  #unauthorised = 0;
  #draining = false;
  #onQuiet: (() => void) | null = null;

  constructor(ports: ListenerPorts) {
    this.#ports = ports;
    this.#keyring = createKeyring(ports.hashKey);
    this.#bodies = createBodyBudget(() => ports.snapshot().limits.bodyBytesInFlight);
  }

  stats(): ListenerStats {
    return {
      inFlight: this.#inFlight,
      calls: this.#calls,
      unauthorised: this.#unauthorised,
      bodyBytesInFlight: this.#bodies.inUse,
    };
  }

  drain(): Promise<void> {
    this.#draining = true;
    return new Promise((resolve) => {
      if (this.#inFlight === 0) resolve();
      else this.#onQuiet = resolve;
    });
  }

  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    const path = mark === -1 ? url : url.slice(0, mark);
    const operation = findOperation(path);
    if (operation === null) return false;
    const query = mark === -1 ? null : new URLSearchParams(url.slice(mark + 1));
    const method = request.method ?? 'GET';
    const allowed = toAllowedMethods(operation);
    if (!allowed.includes(method)) {
      const failed = failure('CHG_METHOD_NOT_ALLOWED', { method, path: path.slice(0, 200) }).failure;
      this.#refuse(response, this.#toCodec(operation, request), {
        failed,
        extra: ['allow', allowed.join(', ')],
      });
      return true;
    }
    const visit = { request, response, query };
    if (operation.kind === 'generate') this.#generate(operation.dialect, visit);
    else this.#answerQuestion(operation, visit);
    return true;
  }

  #toCodec(operation: Operation, request: IncomingMessage): DialectCodec {
    const spoken: Dialect =
      request.headers['anthropic-version'] === undefined ? 'openai-chat' : 'anthropic-messages';
    const wanted = operation.kind === 'generate' ? operation.dialect : spoken;
    const codec = codecs.get(wanted) ?? openaiCodec;
    if (codec === undefined) throw new Error('The dialect table is empty');
    return codec;
  }

  #answerQuestion(operation: Operation, { request, response, query }: Visit): void {
    if (operation.kind === 'healthz') return sendJson(response, 200, '{"status":"ok"}');
    if (operation.kind === 'readyz') {
      const isReady = this.#ports.isReady() && !this.#draining;
      return sendJson(
        response,
        isReady ? 200 : 503,
        isReady ? '{"status":"ready"}' : '{"status":"not ready"}',
      );
    }
    const found = this.#identify(request, query);
    if (!found.ok) {
      return this.#refuse(response, this.#toCodec(operation, request), { failed: found.failure });
    }
    const anthropic = request.headers['anthropic-version'] !== undefined;
    sendJson(response, 200, toModelsList(this.#ports.snapshot(), toPrincipal(found.value), anthropic));
  }

  #identify(request: IncomingMessage, query: URLSearchParams | null): Result<KeyRecord> {
    const token = readClientKey(request.headers, query);
    if (token === null) {
      this.#unauthorised++;
      return failure('CHG_KEY_MISSING');
    }
    const found = this.#keyring.find(token, this.#ports.snapshot().keys, this.#ports.clock.now());
    if (!found.ok) this.#unauthorised++;
    return found;
  }

  #generate(dialect: Dialect, visit: Visit): void {
    const { request, response, query } = visit;
    const codec = codecs.get(dialect);
    if (codec === undefined) throw new Error(`No codec for ${dialect}`);
    if (this.#draining) {
      const failed = failure('CHG_DRAINING').failure;
      return this.#refuse(response, codec, { failed, extra: ['retry-after', '1', 'connection', 'close'] });
    }
    // The key is checked before the body is read: strangers must not be able to fill the memory.
    const found = this.#identify(request, query);
    if (!found.ok) return this.#refuse(response, codec, { failed: found.failure });
    this.#inFlight++;
    this.#calls++;
    const callId = this.#ports.ids.next('call');
    this.#serve({ codec, key: found.value, callId }, request, response)
      .catch((error: unknown) => {
        this.#ports.onMistake(error, callId);
        if (response.headersSent) response.destroy();
        else this.#refuse(response, codec, { failed: failure('CHG_INTERNAL', { call: callId }).failure });
      })
      .finally(() => {
        this.#inFlight--;
        if (this.#inFlight === 0 && this.#draining) this.#onQuiet?.();
      });
  }

  async #serve(
    caller: { readonly codec: DialectCodec; readonly key: KeyRecord; readonly callId: string },
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { engine, clock, snapshot } = this.#ports;
    const at = clock.now();
    const startedMs = clock.monotonicMs();
    const { codec, key, callId } = caller;
    const body = await readBody(request, {
      budget: this.#bodies,
      clock,
      limitBytes: snapshot().limits.bodyBytes,
    });
    if (!body.ok) {
      this.#refuse(response, codec, { failed: body.failure, extra: ['connection', 'close'] });
      return;
    }
    try {
      // A body may take minutes to come: a key that was revoked meanwhile must not count as it did before.
      const current = snapshot().keys.get(key.hash);
      if (current === undefined) {
        this.#refuse(response, codec, { failed: failure('CHG_KEY_UNKNOWN').failure });
        return;
      }
      const parsed = parseRequest(body.value.bytes, codec);
      if (!parsed.ok) {
        this.#refuse(response, codec, { failed: parsed.failure });
        return;
      }
      const call: AcceptedCall = {
        id: callId,
        at,
        startedMs,
        codec,
        body: body.value.bytes,
        ...parsed.value,
        principal: toPrincipal(current),
        key: current,
        purpose: 'client',
        session: readSession(request.headers),
        forwardHeaders: toForwardHeaders(request.headers),
        target: { route: parsed.value.features.model, offer: null },
        timeoutMs: null,
      };
      await engine.run(call, new ClientAnswer(new HttpSink(response, () => this.#draining), clock));
    } finally {
      body.value.release();
    }
  }

  /** Answers without a call: nothing reached the engine, so nothing is in the ledger. */
  #refuse(response: ServerResponse, codec: DialectCodec, { failed, extra = [] }: Refusal): void {
    if (failed.code === 'CHG_CLIENT_GONE' || response.destroyed) {
      response.destroy();
      return;
    }
    const id = this.#ports.ids.next('call');
    const body = Buffer.from(codec.encodeError(failed, id));
    response.writeHead(toFailureSpec(failed).status, [
      'content-type',
      'application/json',
      'content-length',
      String(body.length),
      'x-request-id',
      id,
      'x-changeover-error',
      failed.code,
      ...extra,
    ]);
    response.end(body);
  }
}

function sendJson(response: ServerResponse, status: number, body: string): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, ['content-type', 'application/json', 'content-length', String(bytes.length)]);
  response.end(bytes);
}

/** Server options that hold for every listener of the data plane. */
export const serverOptions = {
  maxHeaderSize: limits.headerBytes,
  // A whole request must arrive in this time; node checks coarsely, the body has its own exact timer.
  requestTimeout: limits.bodyReadMs + 30_000,
  headersTimeout: 30_000,
  keepAliveTimeout: 75_000,
  noDelay: true,
  // Of two Authorization headers node would take the first silently; joined, they are no key.
  joinDuplicateHeaders: true,
  insecureHTTPParser: false,
} as const;
