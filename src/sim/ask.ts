import type { Dialect } from '../kernel/index.ts';
import type { JsonObject } from './json.ts';
import type { Problem } from './problem.ts';

/** A piece of the prompt, in the order in which a model reads it. Pieces are the steps of the prefix cache. */
export interface PromptPart {
  readonly text: string;
  /** Tokens beside the text's own: images, and four for a message's frame. */
  readonly extraTokens: number;
  /** An Anthropic cache_control breakpoint after this piece. */
  readonly isBreakpoint: boolean;
}

export interface AskTool {
  readonly name: string;
  readonly schema: unknown;
}

/** What a request asks for, whatever dialect it came in. */
export interface Ask {
  readonly dialect: Dialect;
  /** The parsed body, for what only this dialect's writer looks at. */
  readonly raw: JsonObject;
  /** As the client wrote it; answers carry the same name. */
  readonly model: string;
  readonly stream: boolean;
  readonly prompt: readonly PromptPart[];
  /** Isolates the prefix cache (DeepSeek `user_id`); '' for none. */
  readonly cacheScope: string;
  readonly lastUserText: string;
  /** Results of the tools called in the turn before; empty when the user spoke last. */
  readonly toolResults: readonly { readonly name: string; readonly text: string }[];
  readonly imageCount: number;
  readonly tools: readonly AskTool[];
  readonly toolChoice: 'auto' | 'none' | 'any' | { readonly name: string };
  readonly parallelTools: boolean;
  readonly maxTokens: number | null;
  readonly stops: readonly string[];
  /** JSON output: with a schema, any object (null), or not asked (undefined). */
  readonly jsonSchema: unknown;
  /** Reasoning is written before the answer. */
  readonly thinking: boolean;
  /** Reasoning is counted but not shown (OpenAI). */
  readonly hiddenThinking: boolean;
  readonly choices: number;
}

/** What reading a request gives: the ask, or the reason why not. */
export type Reading =
  | { readonly ok: true; readonly ask: Ask }
  | { readonly ok: false; readonly problem: Problem };
