/** Reads the subset of regular expressions that can be matched in linear time. */
import { failure, type Result, success } from '../../kernel/index.ts';

/** Longest pattern text. */
export const MAX_PATTERN_CHARACTERS = 1000;

/** Deepest nesting of groups. */
const MAX_GROUP_DEPTH = 50;

/** Largest count in `{m,n}`; counts are unrolled into states. */
const MAX_REPEAT = 1000;

export type PatternAssertion = 'start' | 'end' | 'boundary' | 'no-boundary';

/** A parsed pattern. `set` holds the source of one character class, dot or escape. */
export type PatternNode =
  | { readonly kind: 'set'; readonly source: string }
  | { readonly kind: 'assertion'; readonly assertion: PatternAssertion }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly branches: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly body: PatternNode; readonly min: number; readonly max: number };

/** A pattern that cannot be read; caught at the door of this file. */
class PatternError extends Error {}

type Cursor = { readonly source: string; at: number; depth: number };

/** Parses a pattern; the failure says what is not supported and what to write instead. */
export function parsePattern(source: string): Result<PatternNode> {
  if (source.length > MAX_PATTERN_CHARACTERS) {
    return refuse(`is longer than ${MAX_PATTERN_CHARACTERS} characters`);
  }
  const cursor: Cursor = { source, at: 0, depth: 0 };
  try {
    const node = parseChoice(cursor);
    if (cursor.at < source.length) {
      throw new PatternError(`has an unmatched ")" at character ${cursor.at + 1}`);
    }
    return success(node);
  } catch (error) {
    if (error instanceof PatternError) return refuse(error.message);
    throw error;
  }
}

function refuse(reason: string): Result<never> {
  return failure('CHG_FIELD_INVALID', { field: 'pattern', reason });
}

function parseChoice(cursor: Cursor): PatternNode {
  const branches = [parseSequence(cursor)];
  while (cursor.source.charAt(cursor.at) === '|') {
    cursor.at++;
    branches.push(parseSequence(cursor));
  }
  const [only] = branches;
  return branches.length === 1 && only !== undefined ? only : { kind: 'choice', branches };
}

function parseSequence(cursor: Cursor): PatternNode {
  const parts: PatternNode[] = [];
  while (cursor.at < cursor.source.length) {
    const character = cursor.source.charAt(cursor.at);
    if (character === '|' || character === ')') break;
    parts.push(parseQuantified(cursor));
  }
  return { kind: 'sequence', parts };
}

function parseQuantified(cursor: Cursor): PatternNode {
  const body = parseAtom(cursor);
  const counts = readCounts(cursor);
  if (counts === undefined) return body;
  if (body.kind === 'assertion') throw new PatternError('repeats an assertion; remove the quantifier');
  // Whether a repeat is greedy does not change whether the text matches.
  if (cursor.source.charAt(cursor.at) === '?') cursor.at++;
  if (readCounts(cursor) !== undefined) {
    throw new PatternError('has two quantifiers in a row; put a group around the first');
  }
  return { kind: 'repeat', body, ...counts };
}

function readCounts(cursor: Cursor): { readonly min: number; readonly max: number } | undefined {
  const character = cursor.source.charAt(cursor.at);
  const simple = { '*': [0, Number.POSITIVE_INFINITY], '+': [1, Number.POSITIVE_INFINITY], '?': [0, 1] }[
    character
  ];
  if (simple !== undefined) {
    cursor.at++;
    return { min: simple[0] ?? 0, max: simple[1] ?? 0 };
  }
  const braces = /^\{(\d{1,6})(?:(,)(\d{1,6})?)?\}/u.exec(cursor.source.slice(cursor.at, cursor.at + 20));
  if (braces === null) return undefined;
  cursor.at += braces[0].length;
  const min = Number(braces[1]);
  let max = min;
  if (braces[2] !== undefined) max = braces[3] === undefined ? Number.POSITIVE_INFINITY : Number(braces[3]);
  if (min > max) throw new PatternError('has a repeat count whose end is below its start');
  if (min > MAX_REPEAT || (max !== Number.POSITIVE_INFINITY && max > MAX_REPEAT)) {
    throw new PatternError(`repeats more than ${MAX_REPEAT} times`);
  }
  return { min, max };
}

function parseAtom(cursor: Cursor): PatternNode {
  const character = String.fromCodePoint(cursor.source.codePointAt(cursor.at) ?? 0);
  if (character === '(') return parseGroup(cursor);
  if (character === '[') return parseClass(cursor);
  if (character === '\\') return parseEscape(cursor);
  if ('*+?{'.includes(character)) {
    throw new PatternError(`has "${character}" with nothing before it; escape it as "\\${character}"`);
  }
  cursor.at += character.length;
  if (character === '^') return { kind: 'assertion', assertion: 'start' };
  if (character === '$') return { kind: 'assertion', assertion: 'end' };
  return { kind: 'set', source: character === '.' ? '.' : character.replace(/[\]}/]/u, '\\$&') };
}

function parseGroup(cursor: Cursor): PatternNode {
  const head =
    /^\((?:\?(?::|<[A-Za-z_]\w{0,60}>))?/u.exec(cursor.source.slice(cursor.at, cursor.at + 70))?.[0] ?? '(';
  if (cursor.source.startsWith('(?', cursor.at) && head === '(') {
    throw new PatternError(
      'uses look-around or inline flags, which cannot be matched in linear time; rewrite it without',
    );
  }
  cursor.at += head.length;
  cursor.depth++;
  if (cursor.depth > MAX_GROUP_DEPTH) throw new PatternError(`nests groups deeper than ${MAX_GROUP_DEPTH}`);
  const body = parseChoice(cursor);
  if (cursor.source.charAt(cursor.at) !== ')') throw new PatternError('has an unclosed group; add ")"');
  cursor.at++;
  cursor.depth--;
  return body;
}

function parseClass(cursor: Cursor): PatternNode {
  for (let at = cursor.at + 1; at < cursor.source.length; at++) {
    const character = cursor.source.charAt(at);
    if (character === '\\') at++;
    else if (character === ']') {
      const source = cursor.source.slice(cursor.at, at + 1);
      cursor.at = at + 1;
      return { kind: 'set', source };
    }
  }
  throw new PatternError('has an unclosed character class; add "]"');
}

function parseEscape(cursor: Cursor): PatternNode {
  const rest = cursor.source.slice(cursor.at, cursor.at + 60);
  if (/^\\[bB]/u.test(rest)) {
    cursor.at += 2;
    return { kind: 'assertion', assertion: rest.charAt(1) === 'b' ? 'boundary' : 'no-boundary' };
  }
  if (/^\\(?:[1-9]|k<)/u.test(rest)) {
    throw new PatternError(
      'uses a back-reference, which cannot be matched in linear time; rewrite it without',
    );
  }
  const escape =
    /^\\(?:[dDwWsSnrtfv0]|x[0-9a-fA-F]{2}|u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|[pP]\{[\w=]{1,40}\}|c[A-Za-z]|[^a-zA-Z0-9])/u.exec(
      rest,
    );
  if (escape === null) throw new PatternError(`has an unknown escape "${rest.slice(0, 2)}"`);
  cursor.at += escape[0].length;
  // Unicode mode knows escaped signs only where they mean something; the others stand for themselves.
  const isNeedless = /^\\[^\w^$\\.*+?()[\]{}|/-]$/u.test(escape[0]);
  return { kind: 'set', source: isNeedless ? escape[0].slice(1) : escape[0].replace(/^\\-$/u, '-') };
}
