/** Compares the graders with the correctness that a recorded table gives for the texts of its answers. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { createGrader, type Grader, type GraderSpec, type JsonValue } from '../../src/trial/graders/index.ts';
import { parseCsv, readRows, readText, TableError } from './read-table.ts';
import { checkRefusals, type RefusalCheck } from './refusals.ts';

/** Smallest share of rows, per task and model, in which a grader must say what the table says. */
const GOAL = 0.995;

/** The rule by which these tables were made: a JSON field or a one-word box, and its first number. */
const PUBLISHED = 'json-or-boxed-word';

type Recipe = { readonly published: GraderSpec; readonly own: GraderSpec };

/** Which graders fit a task is told by its references, not by its name. */
function chooseRecipe(references: readonly string[]): Recipe {
  const numbers = references.filter((text) => /^#?\s*-?[\d,]+(?:_\d+)?$/u.test(text)).length;
  if (numbers / references.length > 0.95) {
    const isMarked = references.some((text) => text.startsWith('#'));
    return {
      published: { name: 'number', options: { pick: 'first', extract: PUBLISHED } },
      own: isMarked ? { name: 'number' } : { name: 'math' },
    };
  }
  return {
    published: { name: 'exact', options: { quotes: 'optional', trim: false, extract: PUBLISHED } },
    own: { name: 'exact', options: { quotes: 'optional', trim: false } },
  };
}

/** One row in which a grader and the table differ. */
type Difference = {
  readonly rule: 'published' | 'own';
  readonly task: string;
  readonly model: string;
  readonly id: string;
  readonly given: number;
  readonly ours: number;
  readonly reference: string;
  readonly answer: string;
};

type Line = {
  readonly task: string;
  readonly model: string;
  readonly rows: number;
  readonly published: number;
  readonly own: number;
};

/** Prints agreement per task and model and every row that differs; gives the exit code. */
export function runAgreement(folder: string, { isJson }: { readonly isJson: boolean }): number {
  const files = existsSync(folder) ? listResponses(folder) : [];
  if (files.length === 0) {
    throw new TableError(
      `Cannot find answers in "${folder}": expected <task>.responses.jsonl(.gz) with the questions and the correctness beside it`,
    );
  }
  const lines: Line[] = [];
  const differences: Difference[] = [];
  for (const file of files) {
    const result = compareTask(file);
    lines.push(...result.lines);
    differences.push(...result.differences);
    process.stderr.write(`${path.basename(file)} graded\n`);
  }
  const checks = checkRefusals(folder);
  if (isJson) {
    process.stdout.write(`${JSON.stringify({ agreement: lines, differences, checks }, undefined, 1)}\n`);
  } else print({ lines, differences, checks });
  return lines.every((line) => line.published >= GOAL) ? 0 : 1;
}

function listResponses(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.responses\.jsonl(?:\.gz)?$/u.test(name))
    .toSorted()
    .map((name) => path.join(folder, name));
}

function beside(file: string, ending: string): string {
  const start = file.replace(/\.responses\.jsonl(?:\.gz)?$/u, `.${ending}`);
  const found = [start, `${start}.gz`].find((name) => existsSync(name));
  if (found === undefined) throw new TableError(`Cannot find "${start}" or "${start}.gz" beside "${file}"`);
  return found;
}

function make(spec: GraderSpec): Grader {
  const made = createGrader(spec);
  if (!made.ok) {
    throw new Error(`Cannot make the grader "${spec.name}": ${JSON.stringify(made.failure.detail)}`);
  }
  return made.value;
}

function compareTask(file: string): {
  readonly lines: readonly Line[];
  readonly differences: readonly Difference[];
} {
  const task = path.basename(file).replace(/\.responses\.jsonl(?:\.gz)?$/u, '');
  const references = new Map(
    readRows(beside(file, 'questions.jsonl')).map((row) => [String(row['id']), String(row['answer'])]),
  );
  const given = readCorrectness(beside(file, 'correct.csv'));
  const recipe = chooseRecipe([...references.values()]);
  const graders = { published: make(recipe.published), own: make(recipe.own) };
  const counts = new Map<string, { rows: number; published: number; own: number }>();
  const differences: Difference[] = [];
  for (const row of readRows(file)) {
    const id = String(row['id']);
    const reference = references.get(id) ?? '';
    for (const [model, text] of Object.entries(row['responses'] as Readonly<Record<string, string>>)) {
      const expected = given.get(id)?.get(model);
      if (expected === undefined) continue;
      const count = counts.get(model) ?? { rows: 0, published: 0, own: 0 };
      counts.set(model, count);
      count.rows++;
      for (const rule of ['published', 'own'] as const) {
        const grade = graders[rule].grade({ answer: { text }, reference: reference satisfies JsonValue });
        const ours = grade.kind === 'scored' ? grade.score : -1;
        if (ours === expected) count[rule]++;
        else {
          differences.push({
            rule,
            task,
            model,
            id,
            given: expected,
            ours,
            reference,
            answer: grade.kind === 'scored' ? (grade.extracted ?? '') : grade.reason,
          });
        }
      }
    }
  }
  const lines = [...counts].map(([model, { rows, published, own }]) => ({
    task,
    model,
    rows,
    published: published / rows,
    own: own / rows,
  }));
  return { lines, differences };
}

function readCorrectness(file: string): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const [header = [], ...rows] = parseCsv(readText(file));
  return new Map(
    rows.map((row) => [
      row[0] ?? '',
      new Map(
        header.flatMap((model, at) =>
          at === 0 || row[at] === '' ? [] : [[model, Number(row[at])] as const],
        ),
      ),
    ]),
  );
}

type Result = {
  readonly lines: readonly Line[];
  readonly differences: readonly Difference[];
  readonly checks: readonly RefusalCheck[];
};

function print({ lines, differences, checks }: Result): void {
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  const percent = (share: number): string => `${(share * 100).toFixed(2)} %`.padStart(9);
  write(
    `${'task'.padEnd(10)} ${'model'.padEnd(36)} ${'rows'.padStart(5)} ${'published'.padStart(9)} ${'own'.padStart(9)}`,
  );
  for (const line of lines) {
    write(
      `${line.task.padEnd(10)} ${line.model.padEnd(36)} ${String(line.rows).padStart(5)} ${percent(line.published)} ${percent(line.own)}`,
    );
  }
  write('');
  write(
    'published: the reading rule by which the table was made (first number, one-word boxes). own: the graders as one would use them.',
  );
  for (const rule of ['published', 'own'] as const) {
    const rest = differences.filter((one) => one.rule === rule);
    write('');
    write(`Rows that differ under the ${rule} rule: ${rest.length}`);
    for (const one of rest) {
      write(
        `  ${one.id} ${one.model}: given ${one.given}, ours ${one.ours}, reference ${JSON.stringify(one.reference)}, read ${JSON.stringify(one.answer)}`,
      );
    }
  }
  write('');
  for (const check of checks) {
    write(
      `${check.file}: ${percent(check.agreement).trim()} of ${check.rows} ${check.what} ${JSON.stringify(check.detail)}`,
    );
  }
  const worst = lines.toSorted((left, right) => left.published - right.published)[0];
  write('');
  if (worst !== undefined) {
    write(
      `Lowest agreement under the published rule: ${percent(worst.published).trim()} (${worst.task}, ${worst.model}); the goal is ${percent(GOAL).trim()}`,
    );
  }
}
