/** Finds JSON inside the text that models put around it: prose, fences, several objects, small defects. */
import { type JsonObject, type JsonValue, isJsonObject, parseJson } from './json-value.ts';

/** Starts that are tried and fail before the search gives up; text full of open braces would cost n². */
const MAX_FAILED_STARTS = 200;

/** Characters scanned in all over failed starts, for the same reason. */
const MAX_SCANNED_CHARACTERS = 4_000_000;

export type FoundJson = { readonly value: JsonValue; readonly start: number; readonly end: number };

/** Where the bracket at `start` closes (exclusive), outside strings; -1 when it never does. */
function findClose(text: string, start: number): number {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 92) at++;
      else if (code === 34) inString = false;
    } else if (code === 34) inString = true;
    else if (code === 123 || code === 91) depth++;
    else if (code === 125 || code === 93) {
      depth--;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

/** LaTeX commands whose first letter JSON reads as an escape (`\frac` is a form feed and "rac"). */
const LATEX_AFTER_ESCAPE = new RegExp(
  String.raw`\\(?=(?:f(?:rac|box|loor)|b(?:oxed|inom|eta|ar|egin|ig|mod|ullet)|t(?:imes|heta|ext|` +
    String.raw`frac|an|au|o\b|riangle)|n(?:eq|u\b|abla|ot|e\b)|r(?:ight|angle|ho|m\b|` +
    String.raw`floor))(?![A-Za-z]*":))`,
  'gu',
);

/**
 * Doubles backslashes that JSON does not know and writes raw line breaks in strings as escapes. Models
 * write LaTeX with single backslashes inside JSON and wrap long strings over lines.
 */
function repairJson(text: string): string {
  const doubled = text
    .replace(/\\\\/gu, '\u0000')
    .replace(LATEX_AFTER_ESCAPE, '\\\\')
    .replace(/\\(?!["\\/bfnrtu\u0000])/gu, '\\\\')
    .replace(/\\u(?![0-9a-fA-F]{4})/gu, '\\\\u')
    .replace(/\u0000/gu, '\\\\');
  let repaired = '';
  let inString = false;
  let from = 0;
  for (let at = 0; at < doubled.length; at++) {
    const code = doubled.charCodeAt(at);
    if (code === 92 && inString) at++;
    else if (code === 34) inString = !inString;
    else if (inString && code < 32) {
      repaired += `${doubled.slice(from, at)}\\u${code.toString(16).padStart(4, '0')}`;
      from = at + 1;
    }
  }
  return (repaired + doubled.slice(from)).replace(/,(\s*[\]}])/gu, '$1');
}

/** Parses JSON as written, else with the repairs above. */
export function parseJsonLoosely(text: string): { readonly value: JsonValue } | undefined {
  return parseJson(text) ?? parseJson(repairJson(text));
}

/** All complete JSON objects and arrays of a text that do not lie inside one another, in order. */
export function findJson(text: string): readonly FoundJson[] {
  const found: FoundJson[] = [];
  let failed = 0;
  let scanned = 0;
  let at = 0;
  while (failed < MAX_FAILED_STARTS && scanned < MAX_SCANNED_CHARACTERS) {
    const start = findStart(text, at);
    if (start < 0) break;
    const end = findClose(text, start);
    const parsed = end < 0 ? undefined : parseJsonLoosely(text.slice(start, end));
    if (parsed === undefined) {
      failed++;
      scanned += (end < 0 ? text.length : end) - start;
      at = start + 1;
    } else {
      found.push({ value: parsed.value, start, end });
      at = end;
    }
  }
  return found;
}

function findStart(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 123 || code === 91) return at;
  }
  return -1;
}

/** Keys under which models put their final answer, in order of preference. */
export const ANSWER_KEYS = [
  'answer',
  'final_answer',
  'finalanswer',
  'final answer',
  'result',
  'output',
  'prediction',
];

/** The value of the first of `keys` in the object, whatever its case; undefined when none is there. */
function readAnswerKey(object: JsonObject, keys: readonly string[]): JsonValue | undefined {
  const byName = new Map(Object.entries(object).map(([key, value]) => [key.trim().toLowerCase(), value]));
  for (const key of keys) {
    const value = byName.get(key.toLowerCase());
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The answer field of the last JSON object that has one. */
export function findAnswerField(text: string, keys: readonly string[]): JsonValue | undefined {
  const found = findJson(text);
  for (let at = found.length - 1; at >= 0; at--) {
    const value = found[at]?.value;
    if (!isJsonObject(value)) continue;
    const answer = readAnswerKey(value, keys);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** The answer field of JSON that does not parse (cut off, unescaped quotes, no quotes), as written. */
export function findBrokenAnswerField(text: string, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const name = key.replace(/[^\p{L}\p{N}_ ]/gu, '');
    const pattern = new RegExp(`["']${name}["']\\s*:[ \\t]*`, 'giu');
    let from = -1;
    for (const match of text.matchAll(pattern)) from = match.index + match[0].length;
    if (from >= 0) return readBrokenValue(text.slice(from));
  }
  return undefined;
}

function readBrokenValue(rest: string): string | undefined {
  if (rest.startsWith('"')) {
    // The closing quote is the first one that JSON could go on after; quotes inside the value are not.
    const close = /(?<!\\)(?:\\\\)*"(?=\s*(?:\}|,\s*"|```|$))/u.exec(rest.slice(1));
    const inner = close === null ? rest.slice(1) : rest.slice(1, 1 + close.index + close[0].length - 1);
    return inner;
  }
  let depth = 0;
  for (let at = 0; at < rest.length; at++) {
    const character = rest.charAt(at);
    if ('[({'.includes(character)) depth++;
    else if ('])}'.includes(character)) depth--;
    if (depth < 0 || (depth === 0 && (character === '\n' || character === ','))) {
      return rest.slice(0, at).trim();
    }
  }
  const whole = rest.trim();
  return whole === '' ? undefined : whole;
}

/** Reads the escapes of a string that may also hold raw LaTeX. */
export function unescapeLoosely(text: string): string {
  const parsed = parseJson(repairJson(`"${text.replace(/(?<!\\)((?:\\\\)*)"/gu, '$1\\"')}"`));
  return parsed !== undefined && typeof parsed.value === 'string' ? parsed.value : text;
}
