import * as z from 'zod';

import { extractAnswer } from './extract-answer.ts';
import {
  type Grade,
  type GradeInput,
  type Grader,
  passed,
  quote,
  toReferenceText,
  ungradable,
} from './grader.ts';
import {
  evaluateMath,
  findVariables,
  MAX_EXPRESSION_CHARACTERS,
  type MathNode,
  parseMath,
  toPlainMath,
} from './math-expression.ts';
import { extractFrom } from './options.ts';

/** Options of `math`. */
export const mathOptions = z.strictObject({
  /** Largest relative difference of two values; covers rounding of the evaluation, not of the model. */
  relative: z.number().min(0).max(0.1).default(1e-9),
  /** `set`: the parts of an answer with several values may come in any order. */
  order: z.enum(['set', 'tuple']).default('set'),
  extract: extractFrom,
});

export type MathOptions = z.infer<typeof mathOptions>;

/** Compares the final answer with the reference as mathematics: 0.5, 1/2 and \frac{1}{2} are equal. */
export function createMathGrader(options: MathOptions): Grader {
  return {
    name: 'math',
    needs: ['reference'],
    grade(input: GradeInput): Grade {
      const reference = toReferenceText(input.reference);
      if (reference === undefined || reference.trim() === '') return ungradable('the case has no reference');
      if (reference.length > MAX_EXPRESSION_CHARACTERS) {
        return ungradable(`the reference "${quote(reference)}" is too long`);
      }
      const extracted = extractAnswer(input.answer.text, options.extract);
      if (extracted.source === 'none') return passed(false, 'the answer holds no final answer');
      const isEqual = isSameMath(reference, extracted.text, options);
      return passed(isEqual, isEqual ? 'the values are equal' : 'the values differ', extracted.text);
    },
  };
}

/** Whether two answers are the same mathematics. */
export function isSameMath(reference: string, answer: string, options: MathOptions): boolean {
  if (answer.length > MAX_EXPRESSION_CHARACTERS) return false;
  const wanted = toPlainMath(reference);
  const given = toPlainMath(answer);
  if (packed(wanted) === packed(given)) return true;
  const left = toParts(wanted);
  const right = toParts(given);
  if (left.open !== right.open || left.close !== right.close || left.parts.length !== right.parts.length) {
    return false;
  }
  const isOrdered = options.order === 'tuple' || left.open !== '';
  return isOrdered
    ? left.parts.every((part, at) => isSamePart(part, right.parts[at] ?? '', options))
    : isSameSet(left.parts, right.parts, options);
}

function packed(text: string): string {
  return text.replace(/\s+/gu, '').replace(/[.。]$/u, '');
}

/** Reads numerals with a base, `3x = 12` style answers and words after the number away. */
function toExpression(part: string): string {
  let text = part.trim().replace(/[.。]$/u, '');
  const equation = /^[^=<>]{0,200}=([^=<>]+)$/u.exec(text);
  if (equation?.[1] !== undefined) text = equation[1];
  // Numerals keep their digits; the base that the question names may be left out.
  text = text.replace(/^(-?[0-9A-F]+)\s*_\s*(?:\{\s*[a-z0-9]+\s*\}|[a-z0-9]+)$/u, '$1');
  // "12 square units": what follows a number is a unit when it is a word.
  return text.replace(/(?<=\d|\})\s+(?:[a-zA-Z]{2,}\s*)+$/u, '').trim();
}

type Parts = { readonly open: string; readonly close: string; readonly parts: readonly string[] };

/** Splits `(1, 2)`, `{1, 2}`, `1, 2` and `1 and 2` into their values; a set's braces do not count. */
function toParts(text: string): Parts {
  const wrapped = /^\s*(\\?[{([])([\s\S]*?)(\\?[})\]])\s*$/u.exec(text);
  const inner = wrapped?.[2] ?? text;
  const isWrapped = wrapped !== null && isBalanced(inner) && splitTop(inner).length > 1;
  const open = isWrapped ? (wrapped?.[1] ?? '').replace('\\', '') : '';
  const close = isWrapped ? (wrapped?.[3] ?? '').replace('\\', '') : '';
  const parts = splitTop((isWrapped ? inner : text).replace(/\s+(?:and|or|und|y|et|和|或)\s+/gu, ','));
  return open === '{' ? { open: '', close: '', parts } : { open, close, parts };
}

function isBalanced(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth--;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** Splits at commas outside brackets; a comma between groups of three digits belongs to the number. */
function splitTop(text: string): readonly string[] {
  if (/^\s*-?\d{1,3}(?:,\d{3})+(?:\.\d+)?\s*$/u.test(text)) return [text];
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth--;
    else if ((character === ',' || character === ';') && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

function isSameSet(left: readonly string[], right: readonly string[], options: MathOptions): boolean {
  const open = new Set(right.keys());
  return left.every((part) => {
    for (const at of open) {
      if (!isSamePart(part, right[at] ?? '', options)) continue;
      open.delete(at);
      return true;
    }
    return false;
  });
}

function isSamePart(left: string, right: string, options: MathOptions): boolean {
  const wanted = toExpression(left);
  const given = toExpression(right);
  if (packed(wanted) === packed(given)) return true;
  const leftNode = parseMath(wanted);
  const rightNode = parseMath(given);
  if (leftNode === undefined || rightNode === undefined) return false;
  return isSameValue(leftNode, rightNode, options);
}

/** Values at which expressions with variables are compared; irrational, so that chance equality is unlikely. */
const PROBES = [0.731058578, 1.709975947, 2.236067977, 3.605551275] as const;

function isSameValue(left: MathNode, right: MathNode, options: MathOptions): boolean {
  const names = [...findVariables(left)].toSorted();
  const others = [...findVariables(right)].toSorted();
  if (names.join('\n') !== others.join('\n')) return false;
  const probes = names.length === 0 ? [0] : PROBES;
  let compared = 0;
  for (const probe of probes) {
    const variables = new Map(names.map((name, at) => [name, probe + at * 0.577215665]));
    const wanted = evaluateMath(left, variables);
    const given = evaluateMath(right, variables);
    if (Number.isNaN(wanted) && Number.isNaN(given)) continue;
    compared++;
    if (
      wanted !== given &&
      !(Math.abs(wanted - given) <= options.relative * Math.max(Math.abs(wanted), 1e-12))
    ) {
      return false;
    }
  }
  return compared > 0;
}
