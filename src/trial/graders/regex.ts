import * as z from 'zod';

import { type Result, success } from '../../kernel/index.ts';
import { extractAnswer, stripReasoning } from './extract-answer.ts';
import { type Grade, type GradeInput, type Grader, passed } from './grader.ts';
import { extractFrom } from './options.ts';
import { compilePattern } from './pattern.ts';
import { MAX_PATTERN_CHARACTERS } from './pattern-parser.ts';

/** Options of `regex`. */
export const regexOptions = z.strictObject({
  /** JavaScript syntax without look-around and back-references, so that matching takes linear time. */
  pattern: z.string().min(1).max(MAX_PATTERN_CHARACTERS),
  /** Any of i (case), m (lines), s (dot matches line breaks). */
  flags: z
    .string()
    .regex(/^[ims]*$/u)
    .default(''),
  /** Whether the pattern must or must not occur. */
  expect: z.enum(['match', 'no-match']).default('match'),
  extract: extractFrom.unwrap().default('whole'),
});

export type RegexOptions = z.infer<typeof regexOptions>;

/** Looks for a pattern in the answer; the failure says what in the pattern is not supported. */
export function createRegexGrader(options: RegexOptions): Result<Grader> {
  const compiled = compilePattern(options.pattern, options.flags);
  if (!compiled.ok) return compiled;
  return success({
    name: 'regex',
    needs: [],
    grade(input: GradeInput): Grade {
      const text =
        options.extract === 'whole'
          ? stripReasoning(input.answer.text)
          : extractAnswer(input.answer.text, options.extract).text;
      const isThere = compiled.value.test(text);
      const { maxCharacters } = compiled.value;
      const cut = text.length > maxCharacters ? ` (the first ${maxCharacters} characters were searched)` : '';
      const reason = `${isThere ? 'the pattern occurs' : 'the pattern does not occur'}${cut}`;
      return passed(isThere === (options.expect === 'match'), reason);
    },
  });
}
