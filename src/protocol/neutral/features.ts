import type { Dialect } from '../../kernel/index.ts';

/** What planning and policy may know of a request, read once from the parsed body. Holds no full prompt. */
export interface RequestFeatures {
  readonly dialect: Dialect;
  /** The name that the client asked for: a route. */
  readonly model: string;
  readonly stream: boolean;
  /** openai-chat: the client asked for usage in the stream. Others: always true. */
  readonly wantsStreamUsage: boolean;
  /** The client's own bound on output tokens, or null. */
  readonly maxOutputTokens: number | null;
  /** Answers asked for in one call (`n`); 1 where the dialect has no such field. */
  readonly choices: number;
  /** User turns in the conversation so far, the newest included. */
  readonly turn: number;
  /** Start of the system prompt, at most `fingerprintChars`; with `firstUser` it names the conversation. */
  readonly system: string;
  readonly firstUser: string;
  /** Tool names in order, joined; part of the task's fingerprint. */
  readonly tools: string;
  /** Name or shape of a wanted JSON answer, or ''. */
  readonly schema: string;
}

/** Characters of a prompt that take part in a fingerprint: enough to tell templates apart, cheap to hash. */
export const fingerprintChars = 2_000;
