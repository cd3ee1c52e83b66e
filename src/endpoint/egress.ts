import { hash } from 'node:crypto';

import type { Endpoint } from '../catalog/index.ts';
import { chooseProxy, type ProxySettings } from './proxy-choice.ts';
import { type Lane, type LaneHolder, Pool } from './pool.ts';

/** One request to an endpoint. Headers are complete: the caller has added the credential. */
export interface OutboundRequest {
  readonly endpoint: Endpoint;
  readonly url: string;
  readonly method: 'GET' | 'POST';
  /** Name and value in turn. */
  readonly headers: string[];
  readonly body: Uint8Array | null;
}

/** Answer headers, lower case; repeated ones joined by undici as a list. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** How an exchange went on. Exactly one of `onEnd` and `onError` is called, once, unless it was aborted. */
export interface ExchangeHandlers {
  /** A connection is up (at once on a reused one); the connect phase is over. */
  onConnected(): void;
  /** The request was sent again because a reused socket reset before the first byte. */
  onResent(): void;
  onHead(status: number, headers: AnswerHeaders): void;
  onData(chunk: Uint8Array): void;
  onEnd(): void;
  onError(error: Error): void;
}

/** A running exchange. */
export interface Exchange {
  pause(): void;
  resume(): void;
  /** Ends it now; no handler is called afterwards. */
  abort(): void;
}

/** The one place from which sockets to endpoints are opened. */
export interface Egress {
  send(request: OutboundRequest, handlers: ExchangeHandlers): Exchange;
  /** Open connections, all origins. */
  connections(): number;
  close(): Promise<void>;
}

/** All connections are in use; a bounded pool is what keeps a slow vendor from eating every socket. */
class PoolExhausted extends Error {
  readonly code = 'POOL_EXHAUSTED';
  constructor(limit: number) {
    super(`All ${limit} connections to this origin are busy`);
    this.name = 'PoolExhausted';
  }
}

const resetCodes = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ECONNABORTED']);
/** Pools beyond which the empty ones are dropped. */
const poolsKept = 256;

const aborted = new Error('Exchange was ended by the gateway');

/** The socket or HTTP client code of an error, or its name. */
export function toErrorCode(error: Error): string {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : error.name;
}

type Controller = { abort(reason: Error): void; pause(): void; resume(): void };

/** Where a URL leads: the pool of its origin, and the path to ask for. */
interface Line {
  readonly pool: Pool;
  readonly path: string;
}

/** One exchange; undici and the lane call it directly, so that a call costs one object here and no closures. */
class RunningExchange implements Exchange, LaneHolder {
  readonly #line: Line;
  readonly #request: OutboundRequest;
  readonly #handlers: ExchangeHandlers;
  #lane: Lane | null = null;
  #controller: Controller | null = null;
  #ended = false;
  #headSeen = false;
  #resent = false;
  #paused = false;
  #reused = false;

  constructor(line: Line, request: OutboundRequest, handlers: ExchangeHandlers) {
    this.#line = line;
    this.#request = request;
    this.#handlers = handlers;
  }

  start(fresh: boolean): void {
    const { pool, path } = this.#line;
    const lane = pool.borrow(fresh);
    if (lane === null) {
      this.#ended = true;
      queueMicrotask(() => this.#handlers.onError(new PoolExhausted(pool.maxConnections)));
      return;
    }
    this.#lane = lane;
    this.#reused = lane.served > 0;
    lane.holder = this;
    if (this.#reused) this.#handlers.onConnected();
    const { method, headers, body } = this.#request;
    lane.client.dispatch({ path, method, headers, body, reset: false }, this);
  }

  onLaneConnected(): void {
    this.#reused = false;
    if (!this.#ended) this.#handlers.onConnected();
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#ended) controller.abort(aborted);
  }

  onResponseStart(controller: Controller, status: number, headers: AnswerHeaders): void {
    if (this.#ended || status < 200) return;
    this.#headSeen = true;
    if (this.#paused) controller.pause();
    this.#handlers.onHead(status, headers);
  }

  onResponseData(_controller: Controller, chunk: Uint8Array): void {
    if (!this.#ended) this.#handlers.onData(chunk);
  }

  onResponseEnd(): void {
    this.#release(true);
    if (this.#ended) return;
    this.#ended = true;
    this.#handlers.onEnd();
  }

  onResponseError(_controller: Controller, error: Error): void {
    const stale = this.#reused && !this.#headSeen && !this.#resent && resetCodes.has(toErrorCode(error));
    this.#release(false);
    if (this.#ended) return;
    if (stale) {
      this.#resent = true;
      this.#handlers.onResent();
      this.start(true);
      return;
    }
    this.#ended = true;
    this.#handlers.onError(error);
  }

  #release(keep: boolean): void {
    const lane = this.#lane;
    this.#lane = null;
    if (lane !== null) this.#line.pool.giveBack(lane, keep);
  }

  pause(): void {
    this.#paused = true;
    this.#controller?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#controller?.resume();
  }

  abort(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#controller?.abort(aborted);
    // Without a controller the request still waits for its connection: the lane is closed under it.
    this.#release(false);
  }
}

/** Creates the egress. `maxConnections` holds per origin. */
export function createEgress(proxies: ProxySettings, maxConnections: number): Egress {
  const pools = new Map<string, Pool>();
  // Keyed by endpoint object first: a reload makes new objects, and looking one up must stay cheap.
  let routes = new WeakMap<Endpoint, Map<string, Line>>();

  /** Origins that a reload has taken out leave pools without connections behind. */
  function dropEmptyPools(): void {
    for (const [key, pool] of pools) if (pool.size === 0) pools.delete(key);
    // Forget the lines too, or an endpoint could go on using a pool that nobody counts or closes.
    routes = new WeakMap();
  }

  function findLine(endpoint: Endpoint, url: string): Line {
    let known = routes.get(endpoint);
    if (known === undefined) {
      known = new Map();
      routes.set(endpoint, known);
    }
    const found = known.get(url);
    if (found !== undefined) return found;
    const target = new URL(url);
    // Hashed, because the texts hold a private key, and keys of a map live as long as the process.
    const key = hash('sha256', JSON.stringify([target.origin, endpoint.privateAllowed, endpoint.tls]));
    let pool = pools.get(key);
    if (pool === undefined) {
      const { tls, privateAllowed } = endpoint;
      pool = new Pool(
        { url: target, tls, privateAllowed, proxy: chooseProxy(target, proxies) },
        maxConnections,
      );
      if (pools.size >= poolsKept) dropEmptyPools();
      pools.set(key, pool);
    }
    const entry = { pool, path: target.pathname + target.search };
    known.set(url, entry);
    return entry;
  }

  return {
    send(request, handlers) {
      const line = findLine(request.endpoint, request.url);
      const exchange = new RunningExchange(line, request, handlers);
      exchange.start(false);
      return exchange;
    },
    connections() {
      let count = 0;
      for (const pool of pools.values()) count += pool.size;
      return count;
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
      pools.clear();
    },
  };
}
