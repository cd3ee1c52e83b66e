// `npm run bench:evidence -- --data DIR`: lets the first-stage rule of a trial decide between all pairs of
// models of recorded tables, in many random orders, and compares its verdicts with the full tables.
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

import { runAgreement } from './agreement.ts';
import { readPrices, toSaving } from './prices.ts';
import { readTables, type Table, TableError } from './read-table.ts';
import { printTable, toRow } from './report.ts';
import type { Rule } from './run-orders.ts';
import type { Job, JobResult, WorkerInput } from './worker.ts';

const usage = `Usage: npm run bench:evidence -- --data DIR [--margin 0.03] [--orders 200] [--seed 1]
         [--only TEXT] [--switch-at 20] [--stay-at 100] [--grid linear] [--prices FILE] [--all] [--json]
       npm run bench:evidence -- --data DIR --agreement [--json]
Decides between all incumbent → candidate pairs of the recorded tables in DIR (files <task>.correct.csv(.gz)
with an id and one 0/1 column per model; .jsonl(.gz) with "weak" and "strong"), each in many random orders.
  --agreement  compares the graders with the given correctness of <task>.responses.jsonl(.gz), and lists
               the rest
  --only TEXT  only pairs "dataset: incumbent -> candidate" that contain TEXT
  --all        lists every pair, not only the summary and the first ones
  --grid       the mixture of bets: linear (of the reference results) or log
  --json       prints an array of results and nothing else on standard output`;

/** A pair handed to a worker at once: short enough for progress, long enough to be cheap. */
const BATCH = 8;

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function readOptions(): { readonly [name: string]: string | boolean | undefined } {
  try {
    return parseArgs({
      options: {
        data: { type: 'string' },
        margin: { type: 'string', default: '0.03' },
        orders: { type: 'string', default: '200' },
        seed: { type: 'string', default: '1' },
        only: { type: 'string', default: '' },
        'switch-at': { type: 'string', default: '20' },
        'stay-at': { type: 'string', default: '100' },
        grid: { type: 'string', default: 'linear' },
        prices: { type: 'string' },
        agreement: { type: 'boolean', default: false },
        all: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : 'Cannot read the options'}\n${usage}`);
  }
}

const options = readOptions();

function readNumber(name: string, isGood: (value: number) => boolean): number {
  const value = Number(options[name]);
  return Number.isFinite(value) && isGood(value)
    ? value
    : fail(`Cannot use --${name} "${String(options[name])}"\n${usage}`);
}

function readGrid(): Rule['grid'] {
  const { grid } = options;
  return grid === 'linear' || grid === 'log'
    ? grid
    : fail(`Cannot use --grid "${String(grid)}": linear or log\n${usage}`);
}

if (options['help'] === true) {
  process.stdout.write(`${usage}\n`);
  process.exit(0);
}
const data = options['data'];
if (typeof data !== 'string' || data === '') fail(`Cannot start: --data is missing\n${usage}`);

const rule: Rule = {
  margin: readNumber('margin', (value) => value > 0 && value < 0.5),
  switchAt: readNumber('switch-at', (value) => value >= 1),
  stayAt: readNumber('stay-at', (value) => value >= 1),
  grid: readGrid(),
  pairsMin: 100,
};
const orders = readNumber('orders', (value) => Number.isInteger(value) && value >= 1 && value <= 10_000);
const seed = readNumber('seed', (value) => Number.isSafeInteger(value) && value >= 0);

function showProgress(done: number, all: number): void {
  const isLast = done === all;
  if (process.stderr.isTTY) process.stderr.write(isLast ? '\r\u001B[K' : `\r\u001B[K${done} of ${all} pairs`);
  // Without a terminal a line at each tenth is enough for a log.
  else if (Math.floor((done * 10) / all) > Math.floor(((done - BATCH) * 10) / all)) {
    process.stderr.write(`${done} of ${all} pairs\n`);
  }
}

function toJobs(tables: readonly Table[]): readonly Job[] {
  const only = String(options['only'] ?? '');
  return tables.flatMap((table, number) =>
    table.models.flatMap((incumbent, from) =>
      table.models.flatMap((candidate, to) => {
        const isWanted = from !== to && `${table.dataset}: ${incumbent} -> ${candidate}`.includes(only);
        return isWanted ? [{ table: number, incumbent: from, candidate: to }] : [];
      }),
    ),
  );
}

async function runJobs(tables: readonly Table[], jobs: readonly Job[]): Promise<readonly JobResult[]> {
  const input: WorkerInput = { tables: tables.map((table) => table.scores), orders, seed, rule };
  const results: JobResult[] = [];
  let next = 0;
  const runWorker = async (): Promise<void> => {
    const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: input });
    await new Promise<void>((resolve, reject) => {
      const give = (): void => {
        const batch = jobs.slice(next, next + BATCH);
        next += BATCH;
        if (batch.length === 0) resolve();
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
        else worker.postMessage(batch);
      };
      worker.on('error', reject);
      worker.on('message', (batch: readonly JobResult[]) => {
        results.push(...batch);
        showProgress(results.length, jobs.length);
        give();
      });
      give();
    });
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(os.availableParallelism(), jobs.length) }, runWorker));
  return results.toSorted(
    (left, right) =>
      left.table - right.table || left.incumbent - right.incumbent || left.candidate - right.candidate,
  );
}

async function main(folder: string): Promise<void> {
  if (options['agreement'] === true) {
    process.exitCode = runAgreement(folder, { isJson: options['json'] === true });
    return;
  }
  const startedAt = performance.now();
  const tables = readTables(folder);
  const prices = readPrices(
    typeof options['prices'] === 'string'
      ? options['prices']
      : path.join(path.dirname(fileURLToPath(import.meta.url)), 'prices.json'),
  );
  const jobs = toJobs(tables);
  if (jobs.length === 0) fail(`Cannot find a pair that contains "${String(options['only'])}"`);
  const results = await runJobs(tables, jobs);
  const rows = results.flatMap((result) => {
    const table = tables[result.table];
    const row = table === undefined ? undefined : toRow(result, table, rule);
    return row === undefined || table === undefined ? [] : [{ ...row, saving: toSaving(prices, table, row) }];
  });
  if (options['json'] === true) {
    process.stdout.write(`${JSON.stringify(rows, undefined, 1)}\n`);
    return;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  printTable(rows, {
    rule,
    orders,
    seed,
    seconds,
    prices,
    isAll: options['all'] === true || rows.length <= 60,
  });
}

try {
  await main(data);
} catch (error) {
  if (!(error instanceof TableError)) throw error;
  fail(error.message);
}
