/** Tokens of one call as the vendor counts them. `inputTokens` includes `cachedTokens` and `cacheWriteTokens`. */
export interface AnswerUsage {
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
  /** Includes `reasoningTokens`. */
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

export interface AnswerCall {
  readonly id: string;
  readonly name: string;
  /** JSON text in stream pieces; cut short when the token limit was reached. */
  readonly argumentPieces: readonly string[];
}

export interface AnswerChoice {
  readonly reasoningPieces: readonly string[];
  readonly textPieces: readonly string[];
  readonly calls: readonly AnswerCall[];
  readonly finish: 'stop' | 'length' | 'tool' | 'filtered';
  /** The stop sequence that ended the text, or null. */
  readonly stopSequence: string | null;
}

/** What will be answered, before any dialect writes it. */
export interface Answer {
  readonly choices: readonly AnswerChoice[];
  /** Reasoning that is counted but not shown. */
  readonly hiddenTokens: number;
}

/** What the writers of a dialect need beside ask and answer. */
export interface WriteContext {
  readonly answerId: string;
  readonly requestId: string;
  readonly createdSeconds: number;
  /** Null: the fault says that no usage is reported. */
  readonly usage: AnswerUsage | null;
  /** Makes the ids and fillers that a writer needs, from the sim's seed. */
  readonly ids: IdMaker;
  /** Signs thinking blocks. */
  readonly signatureSeed: number;
}

/** Ids in the vendors' forms, all from one seed. */
export interface IdMaker {
  /** `size` letters and digits. */
  letters(size: number): string;
  /** `size` lower-case hexadecimal digits. */
  hex(size: number): string;
  uuid(): string;
  digits(size: number): string;
}

/** One SSE event as it goes on the wire, its blank line included. */
export interface Frame {
  readonly text: string;
  readonly kind: 'open' | 'content' | 'finish' | 'usage' | 'done';
  /** Tokens that it shows; decides its time at a given speed. */
  readonly tokens: number;
}
