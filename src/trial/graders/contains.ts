import * as z from 'zod';

import { stripReasoning } from './extract-answer.ts';
import { foldText } from './fold-text.ts';
import {
  type Grade,
  type GradeInput,
  type Grader,
  passed,
  quote,
  scored,
  toReferenceText,
  ungradable,
} from './grader.ts';
import { textList } from './options.ts';

/** Options of `contains`. Without any list the reference is what must be contained. */
export const containsOptions = z.strictObject({
  /** All of these must be there; the score is the share that is, or all or nothing without `partial`. */
  all: textList.default([]),
  /** At least one of these must be there. */
  any: textList.default([]),
  /** None of these may be there. */
  none: textList.default([]),
  /** Upper and lower case differ. */
  caseSensitive: z.boolean().default(false),
  partial: z.boolean().default(false),
});

export type ContainsOptions = z.infer<typeof containsOptions>;

/** Looks for given texts in the visible answer. */
export function createContainsGrader(options: ContainsOptions): Grader {
  const needsReference = options.all.length + options.any.length + options.none.length === 0;
  const fold = (text: string): string =>
    foldText(text, { case: !options.caseSensitive, punctuation: false, accents: false });
  return {
    name: 'contains',
    needs: needsReference ? ['reference'] : [],
    grade(input: GradeInput): Grade {
      const reference = toReferenceText(input.reference);
      if (needsReference && (reference === undefined || fold(reference) === '')) {
        return ungradable('the case has no reference');
      }
      const all = needsReference ? [reference ?? ''] : options.all;
      const text = fold(stripReasoning(input.answer.text));
      const isThere = (wanted: string): boolean => text.includes(fold(wanted));
      const bad = options.none.find((wanted) => isThere(wanted));
      if (bad !== undefined) return passed(false, `the answer contains "${quote(bad)}"`);
      if (options.any.length > 0 && !options.any.some((wanted) => isThere(wanted))) {
        return passed(false, 'the answer contains none of the wanted texts');
      }
      const found = all.filter((wanted) => isThere(wanted)).length;
      if (found === all.length) return passed(true, 'the answer contains what is wanted');
      const reason = `the answer contains ${found} of ${all.length} wanted texts`;
      return options.partial ? scored(found / all.length, reason) : passed(false, reason);
    },
  };
}
