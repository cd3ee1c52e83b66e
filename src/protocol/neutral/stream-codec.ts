import type { EndCause, StreamEvent } from './answer.ts';

/**
 * Reads the data of one dialect's stream, one SSE event at a time. Never throws on what an endpoint sends.
 */
export interface StreamDecoder {
  /** Takes the data of one SSE event and the value of its `event:` line; gives what it means, in order. */
  push(data: string, event: string): readonly StreamEvent[];
  /** What is still open when the connection ends: closing events after an honest end, none after a cut. */
  end(cause: EndCause): readonly StreamEvent[];
  /** The endpoint's own word for why it finished. */
  readonly finishWord: string | null;
  /** The answer has come to its own end; a connection that closes now was not cut. */
  readonly complete: boolean;
}

/** Writes the SSE text of one dialect. Holds back what the dialect may not say yet. */
export interface StreamEncoder {
  push(event: StreamEvent): string;
  /** Why the stream cannot be written on, or null. */
  readonly fault: string | null;
}
