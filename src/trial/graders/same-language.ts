import * as z from 'zod';

import { countScripts, detectLanguage, weigh } from './detect-language.ts';
import { clipText, stripReasoning } from './extract-answer.ts';
import { type Grade, type GradeInput, type Grader, passed, ungradable } from './grader.ts';
import { findNamedLanguages } from './language-names.ts';

/** Options of `same-language`. */
export const sameLanguageOptions = z.strictObject({
  /** `user` for the language of the prompt, or a code such as `en`, `zh-Hant`, `pt`. */
  expected: z
    .string()
    .regex(/^(?:user|[a-z]{2,3}(?:-[A-Z][a-z]{3})?)$/u)
    .default('user'),
  /** Share of the answer's letters that must be in the expected language. */
  minShare: z.number().min(0).max(1).default(0.8),
});

export type SameLanguageOptions = z.infer<typeof sameLanguageOptions>;

/** Pieces of an answer that are looked at; they tell its language long before. */
const MAX_PIECES = 200;

/** Lines are joined until they hold this many letters, so that headings and list items are not judged alone. */
const PIECE_LETTERS = 60;

/** Checks that the answer is in the language of the user, or in one that the user asked for by name. */
export function createSameLanguageGrader(options: SameLanguageOptions): Grader {
  return {
    name: 'same-language',
    needs: options.expected === 'user' ? ['prompt'] : [],
    grade(input: GradeInput): Grade {
      const wanted = readWanted(input.prompt, options.expected);
      if (typeof wanted === 'string') return ungradable(wanted);
      const prose = toProse(stripReasoning(clipText(input.answer.text)));
      if (prose.trim() === '' && input.answer.text.trim() === '') return passed(false, 'the answer is empty');
      const shares = measureLanguages(prose);
      if (shares.told === 0) return ungradable('the answer is too short or too mixed to tell its language');
      const right = [...shares.byLanguage].filter(([language]) =>
        wanted.some((one) => isSameLanguage(one, language)),
      );
      const share = right.reduce((sum, [, weight]) => sum + weight, 0) / shares.told;
      const main = [...shares.byLanguage].toSorted((one, other) => other[1] - one[1])[0]?.[0] ?? '';
      return passed(
        share >= options.minShare,
        `${Math.round(share * 100)} % in ${wanted.join(' or ')}, mostly ${main}`,
        main,
      );
    },
  };
}

/** The languages that are right for a case, or the reason why they cannot be told. */
function readWanted(prompt: string | undefined, expected: string): readonly string[] | string {
  const named = prompt === undefined ? [] : findNamedLanguages(prompt);
  if (expected !== 'user') return [expected];
  if (prompt === undefined || prompt.trim() === '') return 'the case has no prompt';
  const guess = detectLanguage(toProse(clipText(prompt)));
  if (guess.language === undefined) {
    return named.length > 0 ? named : `the prompt's language is not told: ${guess.reason}`;
  }
  return [guess.language, ...named];
}

/** `zh` fits both scripts: the characters of that text are the same in both. */
export function isSameLanguage(left: string, right: string): boolean {
  if (left === right) return true;
  return (left === 'zh' && right.startsWith('zh')) || (right === 'zh' && left.startsWith('zh'));
}

/** Takes away what has no language: code, addresses, formulae, JSON keys, quotes of names. */
function toProse(text: string): string {
  return text
    .replace(/```[\s\S]*?(?:```|$)/gu, '\n')
    .replace(/`[^`\n]{0,200}`/gu, ' ')
    .replace(/(?:https?:\/\/|www\.)\S{1,2000}|[^\s@]{1,64}@[^\s@]{1,100}/gu, ' ')
    .replace(/\$\$[\s\S]{0,2000}?\$\$|\\\([^\n]{0,500}?\\\)|\\\[[\s\S]{0,2000}?\\\]|\\[a-zA-Z]+/gu, ' ')
    .replace(/"[\w-]{1,60}"\s*:/gu, '\n')
    .replace(/<[^<>\n]{1,200}>/gu, ' ');
}

type Shares = { readonly byLanguage: ReadonlyMap<string, number>; readonly told: number };

/** How much of a text is in which language; letters of a minority script count for that script's language. */
function measureLanguages(text: string): Shares {
  const byLanguage = new Map<string, number>();
  let told = 0;
  const add = (language: string, weight: number): void => {
    byLanguage.set(language, (byLanguage.get(language) ?? 0) + weight);
    told += weight;
  };
  for (const piece of toPieces(text)) {
    const guess = detectLanguage(piece);
    const counts = [...countScripts(piece)];
    const total = counts.reduce((sum, entry) => sum + weigh(entry), 0);
    if (guess.language === undefined) continue;
    const isCjk = /^(?:zh|ja|ko)/u.test(guess.language);
    let own = total;
    for (const [script, count] of counts) {
      const weight = weigh([script, count]);
      // Latin names and terms belong to every language; foreign characters inside a Latin text do not.
      if (script === 'Latin' || weight > total / 2 || isCjk || script !== 'Han' || count < 2) continue;
      add('zh', weight);
      own -= weight;
    }
    add(guess.language, own);
  }
  return { byLanguage, told };
}

function toPieces(text: string): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  let script = '';
  for (const line of text.split(/\n+/u)) {
    const counts = [...countScripts(line)].toSorted((one, other) => weigh(other) - weigh(one));
    const [top] = counts;
    if (top === undefined) continue;
    // A change of script ends a piece, so that a Chinese paragraph is not lost in an English one.
    const isOther = script !== '' && top[0] !== script && weigh(top) >= 12;
    if (isOther || weigh([script, piece.length]) >= PIECE_LETTERS) {
      pieces.push(piece);
      piece = '';
    }
    piece += `${line}\n`;
    script = piece === `${line}\n` ? top[0] : script;
    if (pieces.length >= MAX_PIECES) return pieces;
  }
  return piece === '' ? pieces : [...pieces, piece];
}
