import { isJsonObject, type JsonObject } from './codec.ts';

/** Parses text that comes from outside; undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Newer than the type library: a value that JSON.stringify writes as the given text. */
const { rawJSON } = JSON as { readonly rawJSON?: (text: string) => unknown };

function keepInteger(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? '';
  return rawJSON !== undefined && /^-?\d+$/.test(source) ? rawJSON(source) : value;
}

/**
 * Parses JSON so that writing it again keeps integers beyond 2^53, such as the ids of databases in arguments
 * of tools: a plain parse rounds them. Costs a plain parse when the text has no such number. Undefined when
 * it is not JSON.
 */
function parseExactly(text: string): unknown {
  if (!/\d{16}/.test(text)) return parseJson(text);
  try {
    return JSON.parse(text, keepInteger) as unknown;
  } catch {
    return undefined;
  }
}

/** What JSON text still lacks at its end: the brackets that are open, and whether a string is. */
export interface JsonProgress {
  /** Takes the next piece of the text. */
  push(text: string): void;
  /** True when one whole value in braces or brackets has been seen. */
  readonly complete: boolean;
  /** The closing text that would make the brackets match. */
  readonly closing: string;
}

class Progress implements JsonProgress {
  /** Limit: deeper nesting than a request may have; beyond it the text is not repaired. */
  static readonly depthMax = 1_000;
  #open: string[] = [];
  #inString = false;
  #escaped = false;
  #started = false;

  get complete(): boolean {
    return this.#started && this.#open.length === 0;
  }

  get closing(): string {
    // A backslash at the very end would swallow the quote that closes the string.
    const escape = this.#escaped ? '\\' : '';
    return escape + (this.#inString ? '"' : '') + this.#open.toReversed().join('');
  }

  push(text: string): void {
    for (let at = 0; at < text.length; at++) {
      if (this.#inString) at = this.#skipString(text, at);
      else this.#take(text.charCodeAt(at));
    }
  }

  #skipString(text: string, start: number): number {
    for (let at = start; at < text.length; at++) {
      if (this.#escaped) this.#escaped = false;
      else {
        const code = text.charCodeAt(at);
        if (code === 0x5c) this.#escaped = true;
        else if (code === 0x22) {
          this.#inString = false;
          return at;
        }
      }
    }
    return text.length;
  }

  #take(code: number): void {
    if (code === 0x22) this.#inString = true;
    else if (code === 0x7b || code === 0x5b) {
      this.#started = true;
      if (this.#open.length < Progress.depthMax) this.#open.push(code === 0x7b ? '}' : ']');
    } else if (code === 0x7d || code === 0x5d) this.#open.pop();
  }
}

/** Follows JSON text that arrives in pieces, at one look per character. */
export function createJsonProgress(): JsonProgress {
  return new Progress();
}

/**
 * The arguments of a call as an object. Empty text is an empty object; text that was cut is closed; what
 * cannot be read is wrapped, so that nothing the model wrote is lost. `exact` says that nothing was changed.
 */
export function parseArguments(text: string): { readonly input: JsonObject; readonly exact: boolean } {
  if (text.trim() === '') return { input: {}, exact: true };
  const isObject = text.trimStart().startsWith('{');
  const value = isObject ? parseExactly(text) : parseJson(text);
  if (isJsonObject(value)) return { input: value, exact: true };
  if (value === null) return { input: {}, exact: true };
  if (value !== undefined) return { input: { value }, exact: false };
  const progress = createJsonProgress();
  progress.push(text);
  const { closing } = progress;
  const trimmed = text.replace(/[\s,]+$/, '');
  for (const attempt of [text + closing, trimmed + closing, `${trimmed}null${closing}`]) {
    const repaired = parseJson(attempt);
    if (isJsonObject(repaired)) return { input: repaired, exact: false };
  }
  return { input: { raw_arguments: text }, exact: false };
}

/** Limit: characters of an answer that are searched for JSON. */
const outputChars = 16 * 1024 * 1024;

/**
 * The JSON value in an answer that was asked for JSON by its prompt: bare, in a code fence, or with a
 * sentence before and after it. Undefined when there is none.
 */
export function toJsonOutput(text: string): unknown {
  if (text.length > outputChars) return undefined;
  const bare = parseJson(text.trim());
  if (bare !== undefined) return bare;
  const fence = /```(?:json)?[ \t]*\r?\n([\s\S]*?)\r?\n?[ \t]*```/i.exec(text)?.[1];
  const fenced = fence === undefined ? undefined : parseJson(fence);
  if (fenced !== undefined) return fenced;
  const starts = [text.indexOf('{'), text.indexOf('[')].filter((at) => at !== -1);
  const start = Math.min(...starts);
  if (!Number.isFinite(start)) return undefined;
  const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'));
  return end > start ? parseJson(text.slice(start, end + 1)) : undefined;
}
