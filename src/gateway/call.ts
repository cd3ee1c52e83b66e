import type { Principal, Purpose } from '../kernel/index.ts';
import type { DialectCodec, ObjectScan, RequestFeatures } from '../protocol/index.ts';

/** One call after accept and identify: everything the engine needs, nothing of the socket. */
export interface AcceptedCall {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Monotonic milliseconds at accept; all times of the record count from here. */
  readonly startedMs: number;
  readonly codec: DialectCodec;
  /** The body as the client sent it, decompressed. */
  readonly body: Uint8Array;
  readonly scan: ObjectScan;
  /** Present stream_options of a chat body, to be merged when usage is asked for. */
  readonly streamOptions: unknown;
  readonly features: RequestFeatures;
  readonly principal: Principal;
  /** Life of the key, or null when the system itself calls. */
  readonly key: { readonly expiresAt: number | null; readonly revokedAt: number | null } | null;
  readonly purpose: Purpose;
  /** Names of a session that the client gave, or null. */
  readonly session: string | null;
  /** Allowed client headers, name and value in turn. */
  readonly forwardHeaders: readonly string[];
  /** The route asked for, or an exact offer on behalf of a route. */
  readonly target: { readonly route: string; readonly offer: string | null };
  /** The caller's own bound on the whole call, or null. */
  readonly timeoutMs: number | null;
}

/** Who wants to know how the client fares. */
export interface SinkListener {
  onGone(): void;
  onDrain(): void;
}

/** What the client's side of a call must be able to do; HTTP listener and in-process callers implement it. */
export interface AnswerSink {
  /** Sends status and headers (name and value in turn). Called once, before any write. */
  start(status: number, headers: readonly string[]): void;
  /** False when the caller should wait for the listener's `onDrain`. */
  write(bytes: Uint8Array | string): boolean;
  /** Ends the answer, with these last bytes if any. */
  end(bytes: Uint8Array | null): void;
  /** Cuts the connection: an honest end is no longer possible. */
  destroy(): void;
  /** True once the client has left. */
  readonly gone: boolean;
  /** Whom to tell; one object instead of a closure per event, as this is set for each attempt of each call. */
  listener: SinkListener | null;
}
