/**
 * Regular expressions matched in time linear in the text, whatever the pattern. The engine of the
 * language backtracks: `(a+)+$` on forty characters takes hours, and a model can write those forty.
 */
import { failure, type Result, success } from '../../kernel/index.ts';
import { type PatternAssertion, type PatternNode, parsePattern } from './pattern-parser.ts';

/** States after unrolling. */
const MAX_STATES = 2000;

/** States times characters: this many take about half a second at worst. Longer texts are cut. */
const MAX_WORK = 20_000_000;

/** Longest text that is searched with any pattern. */
const MAX_PATTERN_TEXT = 100_000;

type Step =
  | { readonly kind: 'set'; readonly test: (codePoint: number) => boolean; next: number }
  | { readonly kind: 'assertion'; readonly assertion: PatternAssertion; next: number }
  | { readonly kind: 'split'; next: number; other: number }
  | { readonly kind: 'match' };

/** A compiled pattern. */
export type Pattern = {
  /** Whether the pattern occurs in the first `maxCharacters` of the text. */
  test(text: string): boolean;
  readonly maxCharacters: number;
};

/** Compiles a pattern with the flags i, m, s; look-around and back-references are refused. */
export function compilePattern(source: string, flags = ''): Result<Pattern> {
  if (!/^[ims]*$/u.test(flags)) {
    return failure('CHG_FIELD_INVALID', {
      field: 'flags',
      reason: `has "${flags}"; only i, m and s are known`,
    });
  }
  const parsed = parsePattern(source);
  if (!parsed.ok) return parsed;
  const steps: Step[] = [];
  const sets = createSets(flags);
  const wrong = sets.findInvalid(parsed.value);
  if (wrong !== undefined) {
    return failure('CHG_FIELD_INVALID', {
      field: 'pattern',
      reason: `has the invalid character class "${wrong}"`,
    });
  }
  const start = emit(parsed.value, steps, { sets, end: () => push(steps, { kind: 'match' }) });
  if (start === undefined) {
    return failure('CHG_FIELD_INVALID', {
      field: 'pattern',
      reason: `needs more than ${MAX_STATES} states; make its repeat counts smaller`,
    });
  }
  const maxCharacters = Math.min(MAX_PATTERN_TEXT, Math.floor(MAX_WORK / steps.length));
  return success({
    maxCharacters,
    test: (text) => run(steps, start, { text: text.slice(0, maxCharacters), flags }),
  });
}

type Sets = {
  compile(source: string): (codePoint: number) => boolean;
  findInvalid(node: PatternNode): string | undefined;
};

/** Single characters are tested by the engine of the language, which cannot backtrack over one character. */
function createSets(flags: string): Sets {
  const tests = new Map<string, (codePoint: number) => boolean>();
  const own = flags.replace('m', '');
  return {
    compile(source) {
      const known = tests.get(source);
      if (known !== undefined) return known;
      const expression = new RegExp(`^(?:${source})$`, `${own}u`);
      const seen = new Map<number, boolean>();
      const test = (codePoint: number): boolean => {
        let isIn = seen.get(codePoint);
        if (isIn === undefined) {
          isIn = expression.test(String.fromCodePoint(codePoint));
          seen.set(codePoint, isIn);
        }
        return isIn;
      };
      tests.set(source, test);
      return test;
    },
    findInvalid(node) {
      if (node.kind === 'set') return isValidSet(node.source) ? undefined : node.source;
      if (node.kind === 'repeat') return this.findInvalid(node.body);
      if (node.kind === 'assertion') return undefined;
      const parts = node.kind === 'sequence' ? node.parts : node.branches;
      for (const part of parts) {
        const wrong = this.findInvalid(part);
        if (wrong !== undefined) return wrong;
      }
      return undefined;
    },
  };
}

function isValidSet(source: string): boolean {
  try {
    return new RegExp(`^(?:${source})$`, 'u') instanceof RegExp;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function push(steps: Step[], step: Step): number | undefined {
  if (steps.length >= MAX_STATES) return undefined;
  steps.push(step);
  return steps.length - 1;
}

type Emit = { readonly sets: Sets; readonly end: () => number | undefined };

/** Writes the steps of a node in front of what `end` writes; gives the first step, or undefined beyond the limit. */
function emit(node: PatternNode, steps: Step[], { sets, end }: Emit): number | undefined {
  if (node.kind === 'set' || node.kind === 'assertion') {
    const next = end();
    if (next === undefined) return undefined;
    return node.kind === 'set'
      ? push(steps, { kind: 'set', test: sets.compile(node.source), next })
      : push(steps, { kind: 'assertion', assertion: node.assertion, next });
  }
  if (node.kind === 'sequence') {
    let next = end();
    for (const part of node.parts.toReversed()) {
      const after = next;
      if (after === undefined) return undefined;
      next = emit(part, steps, { sets, end: () => after });
    }
    return next;
  }
  if (node.kind === 'choice') return emitChoice(node.branches, steps, { sets, end });
  return emitRepeat(node, steps, { sets, end });
}

function emitChoice(
  branches: readonly PatternNode[],
  steps: Step[],
  { sets, end }: Emit,
): number | undefined {
  const after = end();
  if (after === undefined) return undefined;
  let first: number | undefined;
  for (const branch of branches.toReversed()) {
    const start = emit(branch, steps, { sets, end: () => after });
    if (start === undefined) return undefined;
    first = first === undefined ? start : push(steps, { kind: 'split', next: start, other: first });
    if (first === undefined) return undefined;
  }
  return first;
}

function emitRepeat(
  node: PatternNode & { readonly kind: 'repeat' },
  steps: Step[],
  { sets, end }: Emit,
): number | undefined {
  const after = end();
  if (after === undefined) return undefined;
  let next: number | undefined = after;
  if (node.max === Number.POSITIVE_INFINITY) {
    const split = push(steps, { kind: 'split', next: after, other: after });
    if (split === undefined) return undefined;
    const body = emit(node.body, steps, { sets, end: () => split });
    const step = steps[split];
    if (body === undefined || step?.kind !== 'split') return undefined;
    step.next = body;
    next = split;
  } else {
    for (let count = node.min; count < node.max && next !== undefined; count++) {
      const inner: number = next;
      const body = emit(node.body, steps, { sets, end: () => inner });
      next = body === undefined ? undefined : push(steps, { kind: 'split', next: body, other: after });
    }
  }
  for (let count = 0; count < node.min && next !== undefined; count++) {
    const inner: number = next;
    next = emit(node.body, steps, { sets, end: () => inner });
  }
  return next;
}

type Run = { readonly text: string; readonly flags: string };

/** Walks all states at once (Thompson 1968): each character visits each state at most once. */
function run(steps: readonly Step[], start: number, { text, flags }: Run): boolean {
  const isMultiline = flags.includes('m');
  let states: number[] = [];
  const marks = new Int32Array(steps.length).fill(-1);
  for (let at = 0; ;) {
    const closed = close(steps, [...states, start], { at, text, isMultiline, marks });
    if (closed === undefined) return true;
    if (at >= text.length) return false;
    const codePoint = text.codePointAt(at) ?? 0;
    states = [];
    for (const state of closed) {
      const step = steps[state];
      if (step?.kind === 'set' && step.test(codePoint)) states.push(step.next);
    }
    at += codePoint > 0xffff ? 2 : 1;
  }
}

type Place = {
  readonly at: number;
  readonly text: string;
  readonly isMultiline: boolean;
  readonly marks: Int32Array;
};

/** All states reachable without reading a character; undefined when a match is among them. */
function close(steps: readonly Step[], from: readonly number[], place: Place): readonly number[] | undefined {
  const open = [...from];
  const closed: number[] = [];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    if (place.marks[state] === place.at) continue;
    place.marks[state] = place.at;
    const step = steps[state];
    if (step === undefined || step.kind === 'match') return undefined;
    if (step.kind === 'set') closed.push(state);
    else if (step.kind === 'split') open.push(step.next, step.other);
    else if (holds(step.assertion, place)) open.push(step.next);
  }
  return closed;
}

function holds(assertion: PatternAssertion, { text, at, isMultiline }: Place): boolean {
  if (assertion === 'start') return at === 0 || (isMultiline && isLineBreak(text.charCodeAt(at - 1)));
  if (assertion === 'end') return at === text.length || (isMultiline && isLineBreak(text.charCodeAt(at)));
  const isBoundary = isWord(text.charCodeAt(at - 1)) !== isWord(text.charCodeAt(at));
  return assertion === 'boundary' ? isBoundary : !isBoundary;
}

function isLineBreak(code: number): boolean {
  return code === 10 || code === 13 || code === 0x2028 || code === 0x2029;
}

function isWord(code: number): boolean {
  return (
    (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122)
  );
}
