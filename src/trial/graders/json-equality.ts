import * as z from 'zod';

import { clipText, extractAnswer, stripReasoning } from './extract-answer.ts';
import { findJson, parseJsonLoosely } from './find-json.ts';
import { foldText } from './fold-text.ts';
import { type Grade, type GradeInput, type Grader, passed, scored, ungradable } from './grader.ts';
import { isJsonObject, type JsonObject, type JsonValue, MAX_JSON_DEPTH, parseJson } from './json-value.ts';
import { textList } from './options.ts';

/** How two JSON values are compared; shared by `json-equal` and `tool-calls`. */
export const comparisonShape = {
  /** Largest difference of two numbers, as a share of the reference. 1 and 1.0 are always equal. */
  relative: z.number().min(0).max(1).default(0),
  /** `exact`: texts are equal to the character. `folded`: blanks, case and typography are overlooked. */
  text: z.enum(['exact', 'blanks', 'folded']).default('blanks'),
  /** The text "5" equals the number 5, and "true" equals true. */
  looseTypes: z.boolean().default(false),
  /** Arrays are compared as bags. */
  anyArrayOrder: z.boolean().default(false),
  /** Keys that the reference does not have are overlooked. */
  extraKeys: z.boolean().default(false),
  /** Keys that are overlooked wherever they stand, for ids and times that differ by nature. */
  ignoreKeys: textList.default([]),
};

const comparison = z.strictObject(comparisonShape);

export type JsonComparison = z.infer<typeof comparison>;

/** Options of `json-equal`. */
export const jsonEqualOptions = z.strictObject({
  ...comparisonShape,
  /** The score is the share of the reference's top-level keys that are equal, instead of all or nothing. */
  partial: z.boolean().default(false),
  /** The whole answer must be JSON; otherwise JSON is found inside prose and fences. */
  strict: z.boolean().default(false),
});

export type JsonEqualOptions = z.infer<typeof jsonEqualOptions>;

/** Compares the JSON of the answer with the reference value. */
export function createJsonEqualGrader(options: JsonEqualOptions): Grader {
  return {
    name: 'json-equal',
    needs: ['reference'],
    grade(input: GradeInput): Grade {
      if (input.reference === undefined) return ungradable('the case has no reference');
      const reference =
        typeof input.reference === 'string' ? parseJson(input.reference)?.value : input.reference;
      if (reference === undefined) {
        return ungradable('the reference is not JSON');
      }
      const actual = readJsonAnswer(
        input.answer.text,
        options.strict,
        isJsonObject(reference) || Array.isArray(reference),
      );
      if (actual === undefined) return passed(false, 'the answer holds no JSON');
      if (options.partial && isJsonObject(reference)) return gradeShare(reference, actual.value, options);
      const isEqual = isEqualJson(reference, actual.value, options);
      return passed(
        isEqual,
        isEqual ? 'the values are equal' : 'the values differ',
        JSON.stringify(actual.value),
      );
    },
  };
}

function gradeShare(reference: JsonObject, actual: JsonValue, options: JsonEqualOptions): Grade {
  const keys = Object.keys(reference).filter((key) => !options.ignoreKeys.includes(key));
  if (!isJsonObject(actual)) return passed(false, 'the answer is not a JSON object');
  if (keys.length === 0) return passed(isEqualJson(reference, actual, options), 'the reference has no keys');
  const right = keys.filter(
    (key) => Object.hasOwn(actual, key) && isEqualJson(reference[key] ?? null, actual[key] ?? null, options),
  );
  return scored(
    right.length / keys.length,
    `${right.length} of ${keys.length} keys are equal`,
    JSON.stringify(actual),
  );
}

/** The JSON value that an answer consists of or ends in; undefined when there is none. */
export function readJsonAnswer(
  text: string,
  isStrict: boolean,
  isContainer = true,
): { readonly value: JsonValue } | undefined {
  const whole = parseJson(text);
  if (whole !== undefined || isStrict) return whole;
  const visible = stripReasoning(clipText(text));
  const found = findJson(visible).at(-1);
  if (found !== undefined) return { value: found.value };
  if (isContainer) return undefined;
  return parseJsonLoosely(extractAnswer(visible).text);
}

/** Two values that stand at the same place, and how deep that place is. */
type Pair = { readonly reference: JsonValue; readonly actual: JsonValue; readonly depth: number };

/** Deep equality under the rules of `JsonComparison`; values nested too deep are never equal. */
export function isEqualJson(reference: JsonValue, actual: JsonValue, rules: JsonComparison): boolean {
  return isEqualPair({ reference, actual, depth: 0 }, rules);
}

function isEqualPair({ reference, actual, depth }: Pair, rules: JsonComparison): boolean {
  if (depth > MAX_JSON_DEPTH) return false;
  if (Array.isArray(reference)) {
    if (!Array.isArray(actual) || reference.length !== actual.length) return false;
    const pairs = reference.map((value: JsonValue, at) => ({
      reference: value,
      actual: (actual[at] ?? null) as JsonValue,
      depth: depth + 1,
    }));
    return rules.anyArrayOrder && pairs.length <= MAX_BAG
      ? isEqualBag(pairs, rules)
      : pairs.every((pair) => isEqualPair(pair, rules));
  }
  if (isJsonObject(reference)) {
    return isJsonObject(actual) && isEqualObject(reference, actual, { ...rules, depth: depth + 1 });
  }
  return isEqualScalar(reference as string | number | boolean | null, actual, rules);
}

function isEqualScalar(
  reference: string | number | boolean | null,
  actual: JsonValue,
  rules: JsonComparison,
): boolean {
  if (actual !== null && typeof actual === 'object') return false;
  if (typeof reference === 'number' && typeof actual === 'number') {
    return reference === actual || Math.abs(reference - actual) <= rules.relative * Math.abs(reference);
  }
  if (typeof reference === 'string' && typeof actual === 'string') {
    return spell(reference, rules) === spell(actual, rules);
  }
  if (reference === actual) return true;
  if (!rules.looseTypes || reference === null || actual === null) return false;
  const isNumber = typeof reference === 'number' || typeof actual === 'number';
  if (isNumber && String(reference).trim() !== '' && String(actual).trim() !== '') {
    return Number(reference) === Number(actual);
  }
  return String(reference).toLowerCase() === String(actual).toLowerCase();
}

function spell(text: string, rules: JsonComparison): string {
  if (rules.text === 'exact') return text;
  if (rules.text === 'blanks') return text.replace(/\s+/gu, ' ').trim();
  return foldText(text, { case: true, punctuation: false, accents: false });
}

/** Bags larger than this are compared in order: matching them costs the square of their size. */
const MAX_BAG = 100;

function isEqualBag(pairs: readonly Pair[], rules: JsonComparison): boolean {
  const open = new Set(pairs.keys());
  return pairs.every((pair) => {
    for (const at of open) {
      if (!isEqualPair({ ...pair, actual: pairs[at]?.actual ?? null }, rules)) continue;
      open.delete(at);
      return true;
    }
    return false;
  });
}

function isEqualObject(
  reference: JsonObject,
  actual: JsonObject,
  rules: JsonComparison & { readonly depth: number },
): boolean {
  const isCompared = (key: string): boolean => !rules.ignoreKeys.includes(key);
  const wanted = Object.keys(reference).filter((key) => isCompared(key));
  if (!rules.extraKeys && Object.keys(actual).filter((key) => isCompared(key)).length !== wanted.length) {
    return false;
  }
  return wanted.every(
    (key) =>
      Object.hasOwn(actual, key) &&
      isEqualPair(
        { reference: reference[key] ?? null, actual: actual[key] ?? null, depth: rules.depth },
        rules,
      ),
  );
}
