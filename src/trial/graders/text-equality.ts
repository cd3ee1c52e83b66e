import * as z from 'zod';

import { extractAnswer } from './extract-answer.ts';
import { unescapeLoosely } from './find-json.ts';
import { foldText } from './fold-text.ts';
import { type Grade, type GradeInput, type Grader, passed, toReferenceText, ungradable } from './grader.ts';
import { extractFrom } from './options.ts';

/** Options of `exact`. */
export const exactOptions = z.strictObject({
  /** Blanks at both ends are overlooked. */
  trim: z.boolean().default(true),
  /** `optional`: the quotes of a quoted reference may be missing in the answer, and its escapes may be written out. */
  quotes: z.enum(['literal', 'optional']).default('literal'),
  extract: extractFrom,
});

/** Options of `normalised`. */
export const normalisedOptions = z.strictObject({
  /** Upper and lower case are the same. */
  case: z.boolean().default(true),
  /** Punctuation and symbols count as blanks. */
  punctuation: z.boolean().default(false),
  /** Accents are overlooked. */
  accents: z.boolean().default(false),
  extract: extractFrom,
});

export type ExactOptions = z.infer<typeof exactOptions>;
export type NormalisedOptions = z.infer<typeof normalisedOptions>;

/** Compares the final answer with the reference, character by character. */
export function createExactGrader(options: ExactOptions): Grader {
  const spell = (text: string): string => (options.trim ? text.trim() : text);
  return createTextGrader('exact', options.extract, (reference, answer) => {
    const wanted = spell(reference);
    const given = spell(answer);
    if (wanted === given) return true;
    if (options.quotes === 'literal') return false;
    const forms = toUnquoted(given);
    const literals = toUnquoted(wanted);
    return [...literals, ...literals.map((form) => unescapeLoosely(form))].some((form) =>
      forms.includes(form),
    );
  });
}

/** Compares the final answer with the reference after both were folded. */
export function createNormalisedGrader(options: NormalisedOptions): Grader {
  return createTextGrader(
    'normalised',
    options.extract,
    (reference, answer) => foldText(reference, options) === foldText(answer, options),
  );
}

function createTextGrader(
  name: string,
  extract: ExactOptions['extract'],
  isEqual: (reference: string, answer: string) => boolean,
): Grader {
  return {
    name,
    needs: ['reference'],
    grade(input: GradeInput): Grade {
      const reference = toReferenceText(input.reference);
      if (reference === undefined) return ungradable('the case has no reference');
      const extracted = extractAnswer(input.answer.text, extract);
      // A reference may itself be a long text; then the whole answer is what to compare.
      const isFound = extracted.source !== 'none';
      if (isFound && isEqual(reference, extracted.text)) {
        return passed(true, 'the texts are equal', extracted.text);
      }
      if (extract === 'auto' && isEqual(reference, input.answer.text)) {
        return passed(true, 'the texts are equal', input.answer.text);
      }
      const reason = isFound ? 'the texts differ' : 'the answer holds no final answer';
      return passed(false, reason, extracted.text);
    },
  };
}

/**
 * The text as it is, without one pair of quotes, and without all quotes of that kind at its ends: models
 * that put a quoted literal into a JSON string lose count of them.
 */
function toUnquoted(text: string): readonly string[] {
  const mark = text.charAt(0) === '"' || text.at(-1) === '"' ? '"' : "'";
  let start = 0;
  let end = text.length;
  while (start < end && text.charAt(start) === mark) start++;
  while (end > start && text.charAt(end - 1) === mark) end--;
  const isPair = start > 0 && end < text.length;
  return isPair ? [text, text.slice(1, -1), text.slice(start, end)] : [text, text.slice(start, end)];
}
