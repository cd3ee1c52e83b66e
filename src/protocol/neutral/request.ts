import type { Dialect } from '../../kernel/index.ts';
import type { JsonObject } from './codec.ts';

// The neutral form of a request: a typed core that every dialect can fill and read, and beside it, on each
// node, the fields of the origin that the core does not know. A codec that encodes to the origin's own
// dialect puts them back; another one reports them as lost. Nothing is closed: an unknown block stays as it
// came.

/** `developer` is OpenAI's newer word for `system`; `tool` holds results only. */
export type TurnRole = 'system' | 'developer' | 'user' | 'assistant' | 'tool';

/** Where an image or document is. `file` is an id at its vendor and means nothing elsewhere. */
export type MediaSource =
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'file'; readonly id: string };

export interface TextPart {
  readonly type: 'text';
  readonly text: string;
  readonly extras: JsonObject;
}

export interface ImagePart {
  readonly type: 'image';
  readonly source: MediaSource;
  readonly detail: string | null;
  readonly extras: JsonObject;
}

export interface DocumentPart {
  readonly type: 'document';
  readonly source: MediaSource | { readonly kind: 'text'; readonly text: string };
  readonly name: string | null;
  readonly extras: JsonObject;
}

/** A call that the model made. `argumentsText` keeps its bytes where the dialect sends text. */
export interface ToolCallPart {
  readonly type: 'tool-call';
  readonly id: string;
  readonly name: string;
  readonly argumentsText: string;
  /** The object as it came where the dialect sends one, else null. */
  readonly input: JsonObject | null;
  readonly extras: JsonObject;
}

export interface ToolResultPart {
  readonly type: 'tool-result';
  readonly callId: string;
  readonly parts: readonly Part[];
  /** The content was one text and not a list. */
  readonly plain: boolean;
  readonly isError: boolean | null;
  readonly extras: JsonObject;
}

/** What the model thought. `signature` proves it to its vendor; `redacted` is a ciphertext in its place. */
export interface ReasoningPart {
  readonly type: 'reasoning';
  readonly text: string;
  readonly signature: string | null;
  readonly redacted: string | null;
  readonly extras: JsonObject;
}

/** A tool whose full definition is to be shown to the model from here on. */
export interface ToolReferencePart {
  readonly type: 'tool-reference';
  readonly name: string;
  readonly extras: JsonObject;
}

/** A block that the core does not know; `what` names its wire type for the loss report. */
export interface OpaquePart {
  readonly type: 'opaque';
  readonly what: string;
  readonly raw: JsonObject;
}

export type Part =
  | TextPart
  | ImagePart
  | DocumentPart
  | ToolCallPart
  | ToolResultPart
  | ReasoningPart
  | ToolReferencePart
  | OpaquePart;

/** One message, in its place. `top`: it stood in a field of its own before the messages. */
export interface Turn {
  readonly role: TurnRole;
  readonly parts: readonly Part[];
  readonly plain: boolean;
  readonly top: boolean;
  readonly extras: JsonObject;
}

/** A function that the model may call, or a tool of the vendor's own (`opaque`). */
export type Tool =
  | {
      readonly type: 'function';
      readonly name: string;
      readonly description: string | null;
      readonly schema: JsonObject | null;
      readonly strict: boolean | null;
      /** Hidden from the model until a result refers to it. */
      readonly deferred: boolean;
      readonly extras: JsonObject;
    }
  | { readonly type: 'opaque'; readonly what: string; readonly raw: JsonObject };

export type ToolChoice =
  | { readonly type: 'auto' | 'none' | 'required' }
  | { readonly type: 'tool'; readonly name: string }
  | { readonly type: 'allowed'; readonly names: readonly string[]; readonly required: boolean };

/** How much to think. `auto` leaves it to the model. */
export interface ReasoningAsk {
  readonly mode: 'off' | 'auto' | 'on';
  readonly effort: string | null;
  readonly budgetTokens: number | null;
  /** The client wants no reasoning text shown. */
  readonly hidden: boolean;
}

/** The form of the answer: free text, any JSON object, or JSON of a schema. */
export type OutputFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | {
      readonly type: 'schema';
      readonly name: string;
      readonly schema: JsonObject;
      readonly strict: boolean | null;
    };

export interface NeutralRequest {
  readonly origin: Dialect;
  readonly model: string;
  readonly turns: readonly Turn[];
  /** Messages that were no messages and are not among the turns. */
  readonly skippedTurns: number;
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice | null;
  /** May the model make several calls at once? Null: not said. */
  readonly parallelCalls: boolean | null;
  readonly temperature: number | null;
  readonly topP: number | null;
  readonly topK: number | null;
  readonly stops: readonly string[];
  readonly output: OutputFormat;
  readonly reasoning: ReasoningAsk | null;
  readonly maxTokens: number | null;
  readonly stream: boolean;
  readonly wantsStreamUsage: boolean;
  readonly choices: number;
  readonly userId: string | null;
  /** The fields that the core was read from, as they came: they go back into the same dialect untouched. */
  readonly own: JsonObject;
  /** Top-level fields of the origin that the core does not know. */
  readonly extras: JsonObject;
}
