/** Finds recorded tables in a folder and reads them: who answered what rightly, and how long the answers were. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** One table. A score is in [0, 1]; NaN means that the model did not run on that row. */
export type Table = {
  readonly dataset: string;
  readonly models: readonly string[];
  /** Scores of each model, one per row, in the order of the file. */
  readonly scores: readonly Float32Array[];
  /** Characters of the questions and of each model's answers, where the folder has them. */
  readonly questionCharacters?: number;
  readonly outputCharacters?: ReadonlyMap<string, number>;
};

/** A table that cannot be read; the message names the file, the line and the remedy. */
export class TableError extends Error {}

/** Folders below the given one that are searched. */
const MAX_DEPTH = 4;

/** A file of recorded answers larger than this is not what this bench is for. */
const MAX_FILE_BYTES = 512 * 1024 * 1024;

const OPTIONAL_GZ = '(?:\\.gz)?$';

/** All tables below a folder, in order of their names; throws a `TableError` when there are none. */
export function readTables(folder: string): readonly Table[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new TableError(
      `Cannot find the data folder "${folder}": give the folder of recorded tables with --data`,
    );
  }
  const files = listFiles(folder, 0);
  const tables = files.flatMap((file) => {
    if (new RegExp(`\\.correct\\.csv${OPTIONAL_GZ}`, 'u').test(file)) return [readCorrectness(file, files)];
    return new RegExp(`\\.jsonl${OPTIONAL_GZ}`, 'u').test(file) ? readPairs(file) : [];
  });
  if (tables.length === 0) {
    throw new TableError(
      `Cannot find a table in "${folder}": expected <task>.correct.csv(.gz) with an id and one 0/1 column per model, ` +
        'or .jsonl(.gz) rows with "weak" and "strong"',
    );
  }
  return nameApart(tables).toSorted((left, right) => left.dataset.localeCompare(right.dataset));
}

function listFiles(folder: string, depth: number): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((left, right) => left.name.localeCompare(right.name))
    .flatMap((one) => {
      const full = path.join(folder, one.name);
      if (one.isDirectory()) return depth < MAX_DEPTH ? listFiles(full, depth + 1) : [];
      return [full];
    });
}

type NamedTable = Table & { readonly folder: string };

/** Tables of the same name get the name of their folder in front. */
function nameApart(tables: readonly NamedTable[]): readonly Table[] {
  return tables.map(({ folder, ...table }) => {
    const isTaken = tables.some((other) => other.dataset === table.dataset && other.folder !== folder);
    return isTaken ? { ...table, dataset: `${folder}-${table.dataset}` } : table;
  });
}

/** The text of a file, unpacked when its name says so. */
export function readText(file: string): string {
  if (statSync(file).size > MAX_FILE_BYTES) {
    throw new TableError(`Cannot read "${file}": it is larger than 512 MB`);
  }
  const bytes = readFileSync(file);
  try {
    return (file.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: MAX_FILE_BYTES }) : bytes).toString(
      'utf8',
    );
  } catch (error) {
    throw new TableError(
      `Cannot unpack "${file}": ${error instanceof Error ? error.message : 'unknown error'}`,
      { cause: error },
    );
  }
}

/** Rows of a CSV file: quoted fields may hold commas, line breaks and doubled quotes. */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gu;
  for (const match of text.matchAll(pattern)) {
    if (match.index === text.length && row.length === 0) break;
    row.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'));
    if (match[3] !== ',') {
      rows.push(row);
      row = [];
    }
  }
  return rows.filter((one) => one.length > 1 || one[0] !== '');
}

function readCorrectness(file: string, files: readonly string[]): NamedTable {
  const [header, ...rows] = parseCsv(readText(file));
  if (header === undefined || header[0] !== 'id' || header.length < 3) {
    throw new TableError(`Cannot read "${file}": the first line must be "id" and at least two models`);
  }
  const models = header.slice(1);
  const scores = models.map(() => new Float32Array(rows.length));
  for (const [at, row] of rows.entries()) {
    if (row.length !== header.length) {
      throw new TableError(
        `Cannot read "${file}": row ${at + 2} has ${row.length} fields instead of ${header.length}`,
      );
    }
    for (const [model, column] of scores.entries()) {
      column[at] = toScore(row[model + 1] ?? '', `${file}, row ${at + 2}`);
    }
  }
  const dataset = path.basename(file).replace(/\.correct\.csv(?:\.gz)?$/u, '');
  const beside = (ending: string): string | undefined =>
    files.find((other) => {
      const start = path.join(path.dirname(file), `${dataset}.${ending}`);
      return other === start || other === `${start}.gz`;
    });
  const output = beside('output_chars.csv');
  const questions = beside('questions.jsonl');
  return {
    dataset,
    folder: path.basename(path.dirname(file)),
    models,
    scores,
    ...(output === undefined ? {} : { outputCharacters: sumColumns(output) }),
    ...(questions === undefined ? {} : { questionCharacters: sumQuestions(questions) }),
  };
}

function toScore(text: string, place: string): number {
  const trimmed = text.trim();
  if (trimmed === '') return Number.NaN;
  const score = Number(trimmed);
  if (!(score >= 0 && score <= 1)) {
    throw new TableError(
      `Cannot read ${place}: "${trimmed}" is no score between 0 and 1; leave it empty when the model did not run`,
    );
  }
  return score;
}

function sumColumns(file: string): ReadonlyMap<string, number> {
  const [header = [], ...rows] = parseCsv(readText(file));
  return new Map(
    header.slice(1).map((model, at) => [model, rows.reduce((sum, row) => sum + Number(row[at + 1] ?? 0), 0)]),
  );
}

/** Rows of a JSON-lines file. */
export function readRows(file: string): readonly Record<string, unknown>[] {
  return readText(file)
    .split('\n')
    .flatMap((line, at) => {
      if (line.trim() === '') return [];
      try {
        return [JSON.parse(line) as Record<string, unknown>];
      } catch (error) {
        throw new TableError(`Cannot read "${file}": line ${at + 1} is not JSON`, { cause: error });
      }
    });
}

function sumQuestions(file: string): number {
  return readRows(file).reduce((sum, row) => sum + toText(row['question'] ?? row['prompt']).length, 0);
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The pair that RouteLLM evaluates with: rows hold 0/1 under these names. */
const PAIR = { strong: 'gpt-4-1106-preview', weak: 'Mixtral-8x7B-Instruct-v0.1' } as const;

/** Answers are judged from 1 to 10. */
const JUDGE_SCALE = 10;

/** Reads rows with "weak" and "strong", or with judge scores per turn; other JSON-lines files give no table. */
function readPairs(file: string): readonly NamedTable[] {
  const all = readRows(file);
  const [first] = all;
  if (first === undefined || 'responses' in first) return [];
  const rows = all.filter((row) => row['contaminated'] !== true);
  const folder = path.basename(path.dirname(file));
  const dataset = `${folder}-${path
    .basename(file)
    .replace(/\.jsonl(?:\.gz)?$/u, '')
    .replaceAll('_', '-')}`;
  if (typeof first['weak'] === 'number' && typeof first['strong'] === 'number') {
    const column = (key: string): Float32Array => Float32Array.from(rows, (row) => Number(row[key]));
    const characters = rows.reduce((sum, row) => sum + toText(row['prompt']).length, 0);
    return [
      {
        dataset,
        folder,
        models: [PAIR.strong, PAIR.weak],
        scores: [column('strong'), column('weak')],
        questionCharacters: characters,
      },
    ];
  }
  const judged = Object.keys(first).filter((key) => isScoreList(first[key]));
  if (judged.length < 2) return [];
  const scores = judged.map((key) =>
    Float32Array.from(rows, (row) => (isScoreList(row[key]) ? mean(row[key]) / JUDGE_SCALE : Number.NaN)),
  );
  return [{ dataset, folder, models: judged.map((key) => path.basename(key)), scores }];
}

function isScoreList(value: unknown): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((one) => typeof one === 'number' && one >= 0 && one <= JUDGE_SCALE)
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
