import type { Dialect, Failure, Result, Usage } from '../../kernel/index.ts';
import type { RequestFeatures } from './features.ts';

/** A JSON object as parsed; unknown fields stay as they are. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for a JSON object (not an array, not null). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What one SSE frame is for the relay: `comment` keep-alive · `prelude` carries no content yet, so that
 * failover is still legal · `content` · `usage` figures only, no content · `finish` ends the content ·
 * `done` the last frame · `error` the upstream's own error.
 */
export type FrameKind = 'comment' | 'prelude' | 'content' | 'usage' | 'finish' | 'done' | 'error';

/** An error as the upstream wrote it. `code` is the vendor's inner code or type; `text` is capped. */
export interface WireError {
  readonly code: string;
  readonly text: string;
}

/** Watches a stream of whole frames go by without changing them. */
export interface StreamTap {
  /** Looks at one whole SSE frame (with its blank line). */
  see(frame: Uint8Array): FrameKind;
  readonly usage: Usage | null;
  readonly finish: string | null;
  readonly reportedModel: string | null;
  /** True once the dialect's own end has been seen; without it the stream was cut. */
  readonly complete: boolean;
  readonly error: WireError | null;
  /** Content events so far; the estimate of output tokens when usage is missing. */
  readonly contentEvents: number;
}

/** What a whole (non-streamed) answer says of itself. */
export interface AnswerFacts {
  readonly usage: Usage | null;
  readonly finish: string | null;
  readonly reportedModel: string | null;
  readonly error: WireError | null;
}

/** The native side of a dialect: reading without changing, and our own errors in its shape. */
export interface DialectCodec {
  readonly dialect: Dialect;
  readFeatures(body: JsonObject): Result<RequestFeatures>;
  readAnswer(body: unknown): AnswerFacts;
  /** `choices`: answers asked for in the call; the stream is complete when each of them is. */
  createTap(choices: number): StreamTap;
  /** The body of an error answer. */
  encodeError(failure: Failure, callId: string): string;
  /** An SSE frame that ends a stream with an error. */
  encodeStreamError(failure: Failure, callId: string): string;
}
