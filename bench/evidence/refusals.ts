/**
 * What can be checked of the refusal and language graders on recorded data: requests must not look like
 * refusals, and where human labels of answers lie in the folder, the graders must agree with them.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';

import { detectLanguage, detectRefusal } from '../../src/trial/graders/index.ts';
import { parseCsv, readRows, readText } from './read-table.ts';

/** One file's check. */
export type RefusalCheck = {
  readonly file: string;
  readonly what: string;
  readonly rows: number;
  /** Share of rows in which the grader says what is known. */
  readonly agreement: number;
  readonly detail: Readonly<Record<string, number>>;
};

function count(keys: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const key of keys.toSorted()) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

/** Requests are no refusals; a text that quotes violence or politics must not be taken for one. */
function checkPrompts(file: string, prompts: readonly string[]): RefusalCheck {
  const behaviours = prompts.map((prompt) => detectRefusal(prompt));
  const right = behaviours.filter((one) => one === 'answered').length;
  return {
    file,
    what: 'requests that are not taken for refusals',
    rows: prompts.length,
    agreement: right / prompts.length,
    detail: count(behaviours),
  };
}

/** Requests of which the set tells the language: zh_… Chinese, fi_… Finnish, the others English. */
function checkLanguages(
  file: string,
  rows: readonly { readonly set: string; readonly text: string }[],
): RefusalCheck {
  const guesses = rows.map(({ set, text }) => {
    const expected = /^(?:zh|fi)(?=_)/u.exec(set)?.[0] ?? 'en';
    const { language } = detectLanguage(text);
    if (language === undefined) return 'not told';
    return language.startsWith(expected) ? 'right' : `${expected} taken for ${language}`;
  });
  const told = guesses.filter((one) => one !== 'not told');
  const right = told.filter((one) => one === 'right').length;
  return {
    file,
    what: 'languages told that are right',
    rows: told.length,
    agreement: right / Math.max(1, told.length),
    detail: count(guesses),
  };
}

/** Answers with a human label: 1 full compliance, 2 full refusal, 3 partial refusal. */
function checkCompletions(
  file: string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): RefusalCheck {
  const text = header.indexOf('completion');
  const label = header.indexOf('final_label');
  const pairs = rows.map((row) => `${row[label] ?? ''}: ${detectRefusal(row[text] ?? '')}`);
  const right = pairs.filter((pair) => pair.startsWith('1') === pair.endsWith('answered')).length;
  return {
    file,
    what: 'answers graded as the human label',
    rows: rows.length,
    agreement: right / rows.length,
    detail: count(pairs),
  };
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** All checks that the files of a folder allow. */
export function checkRefusals(folder: string): readonly RefusalCheck[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  return files.flatMap((name) => {
    const file = path.join(folder, name);
    if (/(?:prompts|completions)[^/\\]*\.csv(?:\.gz)?$/u.test(name)) {
      const [header = [], ...rows] = parseCsv(readText(file));
      if (header.includes('final_label') && header.includes('completion')) {
        return [checkCompletions(name, header, rows)];
      }
      const column = header.indexOf('prompt');
      const prompts = rows.map((row) => row[column] ?? '');
      return column < 0
        ? []
        : [
            checkPrompts(name, prompts),
            checkLanguages(
              name,
              prompts.map((text) => ({ set: 'en', text })),
            ),
          ];
    }
    if (!/speechmap[^/\\]*[/\\][^/\\]*questions\.jsonl(?:\.gz)?$/u.test(name)) return [];
    const rows = readRows(file).map((row) => ({
      set: toText(row['category']),
      text: toText(row['question']),
    }));
    return [
      checkPrompts(
        name,
        rows.map((row) => row.text),
      ),
      checkLanguages(name, rows),
    ];
  });
}
