import type { JsonObject, JsonValue } from './json-value.ts';

/** A tool call as the model wrote it; arguments may still be the raw JSON text of the wire. */
export type ToolCall = {
  readonly name: string;
  readonly arguments: string | JsonObject;
};

/** One answer of one arm. `text` is the visible answer, without a separate reasoning channel. */
export type ModelAnswer = {
  readonly text: string;
  readonly toolCalls?: readonly ToolCall[];
  /** From the first byte sent to the last byte received, in milliseconds. */
  readonly latencyMs?: number;
  /** What the call cost, in nano-units of the trial's currency. */
  readonly costNano?: bigint;
};

/** What a grader sees: the answer, and as much of the case as it needs. */
export type GradeInput = {
  readonly answer: ModelAnswer;
  /** The expected answer; its shape depends on the grader (see the guide). */
  readonly reference?: JsonValue;
  /** The user's last message. */
  readonly prompt?: string;
};

/**
 * A score in [0, 1], or *ungradable*: this grader cannot tell. A wrong, empty or broken answer is a
 * score of 0; *ungradable* is kept for cases that lack what the grader needs (no reference, text too
 * short to tell its language). The decision counts an ungradable pair as -1, so that it never helps.
 */
export type Grade =
  | { readonly kind: 'scored'; readonly score: number; readonly reason: string; readonly extracted?: string }
  | { readonly kind: 'ungradable'; readonly reason: string };

/** What a case must have for a grader to work. */
export type GraderNeed = 'reference' | 'prompt' | 'tool-calls' | 'latency' | 'cost';

/** A grader with its options fixed. `grade` is pure and never throws, whatever the model wrote. */
export type Grader = {
  readonly name: string;
  readonly needs: readonly GraderNeed[];
  grade(input: GradeInput): Grade;
};

/** A grader whose work is done elsewhere, over a port. */
export type AsyncGrader = {
  readonly name: string;
  readonly needs: readonly GraderNeed[];
  grade(input: GradeInput): Promise<Grade>;
};

/** Reasons quote what the model wrote up to this many characters, so that a record stays small. */
const QUOTE_CHARACTERS = 80;

/** A grade with a score; values outside [0, 1] and NaN are a grader's mistake and are clamped to 0 … 1. */
export function scored(score: number, reason: string, extracted?: string): Grade {
  const clamped = Number.isNaN(score) ? 0 : Math.min(1, Math.max(0, score));
  return extracted === undefined
    ? { kind: 'scored', score: clamped, reason }
    : { kind: 'scored', score: clamped, reason, extracted: quote(extracted) };
}

/** A pass or a fail. */
export function passed(isPass: boolean, reason: string, extracted?: string): Grade {
  return scored(isPass ? 1 : 0, reason, extracted);
}

/** A grade that says why no score can be given. */
export function ungradable(reason: string): Grade {
  return { kind: 'ungradable', reason };
}

/** Text for a reason: well-formed, one line, capped. */
export function quote(text: string): string {
  const line = text
    .slice(0, QUOTE_CHARACTERS * 2)
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f\u2028\u2029]+/gu, ' ')
    .trim();
  return line.length > QUOTE_CHARACTERS ? `${line.slice(0, QUOTE_CHARACTERS - 1).toWellFormed()}…` : line;
}

/** The reference as text, for graders that compare text; undefined when the case has none. */
export function toReferenceText(reference: JsonValue | undefined): string | undefined {
  if (reference === undefined || reference === null) return undefined;
  if (typeof reference === 'string') return reference;
  return JSON.stringify(reference);
}
