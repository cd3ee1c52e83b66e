import * as z from 'zod';

import { extractAnswer, type ExtractedAnswer } from './extract-answer.ts';
import {
  type Grade,
  type GradeInput,
  type Grader,
  passed,
  quote,
  toReferenceText,
  ungradable,
} from './grader.ts';
import { extractFrom } from './options.ts';
import { isSameRational, type NumberReading, readNumbers } from './read-number.ts';
import { findUnit } from './units.ts';

/** Options of `number`. With both tolerances 0, numbers must be exactly equal as written. */
export const numberOptions = z.strictObject({
  /** Largest difference that still counts as equal. */
  absolute: z.number().min(0).default(0),
  /** Largest difference as a share of the reference. */
  relative: z.number().min(0).max(1).default(0),
  /** `ignore`: units are not read. `convert`: 1.5 km equals 1500 m, and a known unit of another kind is wrong. */
  units: z.enum(['ignore', 'convert']).default('ignore'),
  /** `either`: 45 % equals 45 and 0.45. `written`: 45 % equals 45 % and 0.45 only. */
  percent: z.enum(['either', 'written']).default('either'),
  /**
   * Which number of the final answer counts. `auto`: what follows its last sign of equality, the last
   * number of prose, else the first. `only`: two different numbers are no answer.
   */
  pick: z.enum(['auto', 'first', 'last', 'only']).default('auto'),
  /** How a lone comma or point is read. */
  decimal: z.enum(['auto', 'point', 'comma']).default('auto'),
  extract: extractFrom,
});

export type NumberOptions = z.infer<typeof numberOptions>;

/** Compares the number of the final answer with the reference number. */
export function createNumberGrader(options: NumberOptions): Grader {
  return {
    name: 'number',
    needs: ['reference'],
    grade(input: GradeInput): Grade {
      const reference = toReferenceText(input.reference);
      if (reference === undefined) return ungradable('the case has no reference');
      const expected = readNumbers(reference, options.decimal)[0];
      if (expected === undefined) return ungradable(`the reference "${quote(reference)}" holds no number`);
      const extracted = extractAnswer(input.answer.text, options.extract);
      const actual = pickNumber(extracted, options);
      if (actual === undefined) return passed(false, 'the answer holds no number', extracted.text);
      if (actual === 'several') return passed(false, 'the answer holds several numbers', extracted.text);
      const isEqual = isSameNumber(expected, actual, options);
      return passed(isEqual, isEqual ? 'the numbers are equal' : 'the numbers differ', extracted.text);
    },
  };
}

function pickNumber(
  extracted: ExtractedAnswer,
  options: NumberOptions,
): NumberReading | 'several' | undefined {
  const numbers = readNumbers(extracted.text, options.decimal);
  if (options.pick === 'first') return numbers[0];
  if (options.pick === 'last') return numbers.at(-1);
  // Of "9 * 2 = 18" the answer is what stands after the last sign of equality.
  const sign = Math.max(extracted.text.lastIndexOf('='), extracted.text.lastIndexOf('≈'));
  const result = sign < 0 ? [] : readNumbers(extracted.text.slice(sign + 1), options.decimal);
  if (result.length > 0) return result[0];
  if (options.pick === 'only' && numbers.some((one) => one.value !== numbers[0]?.value)) return 'several';
  // Prose without a mark ends in its answer, so its last number counts.
  const isProse =
    extracted.source === 'last-line' || (extracted.source === 'whole' && extracted.text.length > 80);
  return isProse ? numbers.at(-1) : numbers[0];
}

/** Whether two readings are the same number under the options. */
function isSameNumber(expected: NumberReading, actual: NumberReading, options: NumberOptions): boolean {
  const factor = options.units === 'convert' ? toUnitFactor(expected, actual) : 1;
  if (factor === undefined) return false;
  return toPercentFactors(expected, actual, options).some((share) =>
    isClose(expected, actual, { ...options, factor: factor * share }),
  );
}

/** The factor that brings `actual` to the unit of `expected`; undefined when they measure different things. */
function toUnitFactor(expected: NumberReading, actual: NumberReading): number | undefined {
  const left = findUnit(expected.unit);
  const right = findUnit(actual.unit);
  if (left === undefined || right === undefined) return 1;
  return left.kind === right.kind ? right.factor / left.factor : undefined;
}

function toPercentFactors(
  expected: NumberReading,
  actual: NumberReading,
  options: NumberOptions,
): readonly number[] {
  if (expected.isPercent === actual.isPercent) return [1];
  const factor = actual.isPercent ? 0.01 : 100;
  return options.percent === 'either' ? [1, factor] : [factor];
}

/** Doubles carry about 16 digits; a converted number is compared to 12 of them. */
const ROUNDING = 1e-12;

type Closeness = NumberOptions & { readonly factor: number };

function isClose(expected: NumberReading, actual: NumberReading, closeness: Closeness): boolean {
  const { absolute, relative, factor } = closeness;
  const isExact = absolute === 0 && relative === 0 && factor === 1;
  if (isExact && expected.exact !== undefined && actual.exact !== undefined) {
    return isSameRational(expected.exact, actual.exact);
  }
  const difference = Math.abs(expected.value - actual.value * factor);
  const size = Math.abs(expected.value);
  return difference <= Math.max(absolute, size * relative) + ROUNDING * size;
}
