import type { Usage } from '../../kernel/index.ts';
import type { WireError } from './codec.ts';
import type { Part } from './request.ts';

/** Why an answer ended. The wire words of each dialect are in its `finish.ts`. */
export type Finish =
  | 'stop'
  | 'stop-sequence'
  | 'length'
  | 'tool-calls'
  | 'filtered'
  | 'paused'
  | 'context-full'
  | 'failed';

/** A whole answer. */
export interface NeutralAnswer {
  readonly id: string;
  readonly model: string;
  readonly parts: readonly Part[];
  readonly finish: Finish;
  /** The sequence that stopped it, where the dialect tells. */
  readonly stopSequence: string | null;
  readonly usage: Usage | null;
  /** Choices beside the first, which dialects with one answer cannot show. */
  readonly otherChoices: number;
}

/**
 * Events of a streamed answer. Text and reasoning are never open at the same time; calls may interleave
 * (`call` counts from 0), and which of them is complete is known at its `tool-call-end` only.
 */
export type StreamEvent =
  | { readonly type: 'start'; readonly id: string; readonly model: string; readonly usage: Usage | null }
  | { readonly type: 'text-start' | 'text-end' | 'reasoning-start' }
  | { readonly type: 'text-delta' | 'reasoning-delta'; readonly text: string }
  | { readonly type: 'reasoning-end'; readonly signature: string | null; readonly redacted: string | null }
  | { readonly type: 'tool-call-start'; readonly call: number; readonly id: string; readonly name: string }
  | { readonly type: 'tool-call-delta'; readonly call: number; readonly text: string }
  | { readonly type: 'tool-call-end'; readonly call: number }
  | { readonly type: 'finish'; readonly finish: Finish; readonly stopSequence: string | null }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'error'; readonly error: WireError }
  | { readonly type: 'end' };

/** How an upstream stream stopped: by its own end, or before it. */
export type EndCause = 'closed' | 'cut';
