import type { Clock, Dialect, NanoMoney } from '../kernel/index.ts';
import type { Fault, FaultName } from './faults.ts';
import type { Recording } from './recording.ts';

/** Whose wire behaviour is simulated. */
export const simVendors = ['openai', 'anthropic', 'deepseek', 'qwen', 'glm'] as const;
export type SimVendor = (typeof simVendors)[number];

/** How fast answers come. Zero means at once. */
export interface SimSpeed {
  /** From the request's last byte to the first content. */
  readonly firstTokenMs: number;
  /** Pace of streamed content afterwards; 0 = no pause. Non-streamed answers wait for the whole time. */
  readonly tokensPerSecond: number;
}

/** What the simulated vendor would put on its bill, per million tokens. */
export interface SimPrice {
  readonly currency: string;
  readonly inputNanoPerMillion: NanoMoney;
  readonly cacheReadNanoPerMillion: NanoMoney;
  readonly outputNanoPerMillion: NanoMoney;
}

/**
 * The bench's fast path: every POST to a door gets the same precomputed bytes, whatever it asks. The body is
 * not parsed; it is streamed when the bytes `"stream":true` (one optional blank) occur in it. Keys, faults,
 * speed, `requests()` and all counters but `requests` and `openConnections` do nothing here.
 */
export interface SimFixed {
  /** Bytes of answer text, not counting the JSON or SSE around it. */
  readonly fixedAnswerBytes: number;
  /** Content events of a streamed answer. */
  readonly events: number;
}

export interface SimOptions {
  readonly vendor: SimVendor;
  /** One seed and one order of requests give the same bytes (with the same clock). */
  readonly seed: number;
  readonly clock: Clock;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default: `frontier` at openai and anthropic, `value` at deepseek, qwen and glm. */
  readonly models?: readonly string[];
  /** Default: what the vendor really serves. Others can be forced, so that a translation has to happen. */
  readonly dialects?: readonly Dialect[];
  readonly speed?: SimSpeed;
  /** Faults in order; the first that matches a request fires. */
  readonly script?: Fault | readonly Fault[];
  /** Lets a request choose its fault with the header `x-sim-fault: <name>`. */
  readonly allowHeaderFaults?: boolean;
  /** Answers come from here instead of being made up. */
  readonly recorded?: Recording;
  /** What happens to a question that is not recorded: a vendor-shaped 404 (default) or a made-up answer. */
  readonly recordedMiss?: 'error' | 'seeded';
  /** When given, another key is refused with the vendor's 401. Without it any key or none is accepted. */
  readonly apiKey?: string;
  readonly price?: SimPrice;
  /** Requests kept for `requests()`; default 64, 0 keeps none. */
  readonly keepRequests?: number;
  /** Length of made-up answers in tokens when the request names none; default 24 to 72 by seed. */
  readonly answerTokens?: number;
  readonly fixed?: SimFixed;
}

/** A request as it arrived, for byte-exact tests. */
export interface SimRequest {
  readonly method: string;
  /** Path with query. */
  readonly url: string;
  /** Names and values alternating, exactly as sent. */
  readonly rawHeaders: readonly string[];
  readonly body: Uint8Array;
  /** The fault that fired, or null. */
  readonly fault: FaultName | null;
}

export interface SimStats {
  /** Requests whose headers arrived, of any kind. */
  readonly requests: number;
  /** Answers that were streams. */
  readonly streams: number;
  /** Requests that the client left before the answer was complete. */
  readonly abandoned: number;
  /** Answers by HTTP status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** How often each fault fired; names that never fired are absent. */
  readonly faults: Readonly<Partial<Record<FaultName, number>>>;
  readonly openConnections: number;
  /** Tokens billed over all answered calls. `inputTokens` includes `cachedTokens`. */
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  /** The vendor's own bill over all answered calls; 0n without `price`. */
  readonly chargedNano: NanoMoney;
}

/** A running simulated endpoint. */
export interface Sim {
  readonly vendor: SimVendor;
  readonly models: readonly string[];
  /** Origin without a path, e.g. `http://127.0.0.1:40123`. */
  readonly url: string;
  /** What an official SDK takes as its base URL, per served dialect. */
  readonly baseUrls: Readonly<Partial<Record<Dialect, string>>>;
  /** Full URL that requests are POSTed to, per served dialect. */
  readonly doorUrls: Readonly<Partial<Record<Dialect, string>>>;
  /** GET URL of the model list. */
  readonly modelsUrl: string;
  /** The last requests, oldest first, bounded by `keepRequests` and by bytes. */
  requests(): readonly SimRequest[];
  stats(): SimStats;
  /** Replaces the script; null clears it. Counters of `stats()` go on. */
  setFault(script: Fault | readonly Fault[] | null): void;
  /** Stops listening and cuts what is open. */
  close(): Promise<void>;
}
