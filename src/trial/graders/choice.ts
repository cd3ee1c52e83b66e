import * as z from 'zod';

import { extractAnswer, type ExtractedAnswer, MAX_SEARCHED_CHARACTERS } from './extract-answer.ts';
import { foldText } from './fold-text.ts';
import {
  type Grade,
  type GradeInput,
  type Grader,
  passed,
  quote,
  toReferenceText,
  ungradable,
} from './grader.ts';
import { extractFrom, textList } from './options.ts';

/** Options of `choice`. */
export const choiceOptions = z
  .strictObject({
    /** The labels to choose from. */
    labels: textList.min(2).default(['A', 'B', 'C', 'D']),
    /** The text of each label, in the same order, for answers that name the text and not the label. */
    texts: textList.optional(),
    /** Several labels are right together; the sets must be equal. */
    multiple: z.boolean().default(false),
    extract: extractFrom,
  })
  .refine((options) => options.texts === undefined || options.texts.length === options.labels.length, {
    path: ['texts'],
    message: 'must have one text for each label',
  });

export type ChoiceOptions = z.infer<typeof choiceOptions>;

const FOLD = { case: true, punctuation: false, accents: false } as const;
const KEEP_CASE = { ...FOLD, case: false } as const;

/** Compares the chosen label with the reference label. */
export function createChoiceGrader(options: ChoiceOptions): Grader {
  const reader = createLabelReader(options);
  return {
    name: 'choice',
    needs: ['reference'],
    grade(input: GradeInput): Grade {
      const reference = toReferenceText(input.reference);
      if (reference === undefined) return ungradable('the case has no reference');
      const expected = reader(reference, false);
      if (expected.length === 0) {
        return ungradable(`the reference "${quote(reference)}" is none of the labels`);
      }
      const extracted = extractAnswer(input.answer.text, options.extract);
      const actual = readChoice(extracted, reader);
      if (actual.length === 0) return passed(false, 'the answer names no label', extracted.text);
      if (actual.length > 1 && !options.multiple) {
        return passed(false, 'the answer names several labels', actual.join(', '));
      }
      const isEqual = actual.length === expected.length && actual.every((label) => expected.includes(label));
      return passed(isEqual, isEqual ? 'the choices are equal' : 'the choices differ', actual.join(', '));
    },
  };
}

type LabelReader = (text: string, isProse: boolean) => readonly string[];

function readChoice(extracted: ExtractedAnswer, reader: LabelReader): readonly string[] {
  const isProse = extracted.source === 'whole' || extracted.source === 'last-line';
  return reader(extracted.text, isProse);
}

/**
 * Reads labels from a text. In prose a label needs a mark around it, `(B)`, `B.`, `**B**` or "option B",
 * because "A" is also a word; a marked answer may be the bare label.
 */
function createLabelReader(options: ChoiceOptions): LabelReader {
  const { labels } = options;
  const texts = (options.texts ?? []).map((text) => foldText(text, FOLD));
  const any = labels
    .map((label) => foldText(label, KEEP_CASE).replace(/[$()*+.?[\\\]^{|}/-]/gu, '\\$&'))
    .toSorted((left, right) => right.length - left.length)
    .join('|');
  const edge = "[\\p{L}\\p{N}']";
  const marked = new RegExp(
    `(?i:[([{]\\s?(${any})\\s?[)\\]}])|(?<!${edge})(${any})\\s?[.):：、](?=\\s|$)|` +
      `(?i:(?:option|choice|answer|opción|opção|antwort|选项|選項|选|選|答案)\\s?(?:is\\s|是)?[:：]?\\s?(${any})(?!${edge}))`,
    'gu',
  );
  const bare = new RegExp(`(?<!${edge})(${any})(?!${edge})`, 'gu');
  const leading = new RegExp(
    `^[([]?(?:(${any})[)\\]]?(?:[.:：、,]\\s|\\s?[-–]\\s)|((?i:${any}))[)\\].]?$)`,
    'u',
  );
  const toLabel = (found: string): string =>
    labels.find((label) => foldText(label, FOLD) === foldText(found, FOLD)) ?? found;
  return (text, isProse) => {
    const kept = foldText(text.slice(0, MAX_SEARCHED_CHARACTERS), KEEP_CASE).replace(
      /\\(?:text|mathrm)\s?\{([^{}]*)\}/gu,
      '$1',
    );
    const first = leading.exec(kept);
    if (first !== null && !options.multiple) return [toLabel(first[1] ?? first[2] ?? '')];
    const byMark = distinct(kept.matchAll(marked), toLabel);
    if (byMark.length > 0) return byMark;
    const folded = kept.toLowerCase();
    const byText = labels.filter(
      (_label, at) => texts[at] !== undefined && texts[at] !== '' && folded === texts[at],
    );
    if (byText.length > 0) return byText;
    if (!isProse) return distinct(kept.matchAll(bare), toLabel);
    return labels.filter(
      (_label, at) => texts[at] !== undefined && texts[at] !== '' && folded.includes(texts[at] ?? ''),
    );
  };
}

function distinct(matches: Iterable<RegExpExecArray>, toLabel: (found: string) => string): readonly string[] {
  const found = new Set<string>();
  for (const match of matches) {
    const label = match.slice(1).find((group) => group !== undefined);
    if (label !== undefined) found.add(toLabel(label));
  }
  return [...found];
}
