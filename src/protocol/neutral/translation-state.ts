import type { HubDialect, ReasoningPorts } from './encode-context.ts';
import type { OutputFormat } from './request.ts';

/** What the answer's translation needs to know of its request. Belongs to one attempt; never changed. */
export interface TranslationState {
  /** The client's dialect. */
  readonly from: HubDialect;
  /** The endpoint's dialect. */
  readonly to: HubDialect;
  readonly wantsStreamUsage: boolean;
  /** Names of tools that were changed for the target, back to the client's. */
  readonly toolNames: ReadonlyMap<string, string>;
  /** Stop sequences of the client. */
  readonly stops: readonly string[];
  /** The client wants no reasoning text; it gets a sealed signature in its place. */
  readonly hidesReasoning: boolean;
  /** Characters of the prompt over four: for message_start, corrected by the reported figure at the end. */
  readonly estimatedInputTokens: number;
  /** The form that the client asked for; `isEmulated`: nothing but the prompt asks for it. */
  readonly output: OutputFormat;
  readonly isOutputEmulated: boolean;
  /** The target's answers may begin with `<think>` tags. */
  readonly thinkTags: boolean;
  readonly ports: ReasoningPorts;
}

/** Names and time of one answer, given by the caller: this folder has no clock and no randomness. */
export interface AnswerIdentity {
  /** Unique; made into `chatcmpl-…` or `msg_…`. */
  readonly answerId: string;
  readonly createdSeconds: number;
  /** Shown when the endpoint names no model. */
  readonly model: string;
}
