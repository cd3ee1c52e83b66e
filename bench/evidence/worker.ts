/** Runs a share of the pairs of models; the tables come once, the jobs by number. */
import { parentPort, workerData } from 'node:worker_threads';

import {
  drawOrders,
  type PairSummary,
  type Rule,
  runOrders,
  summarise,
  toDifferences,
} from './run-orders.ts';

/** A pair of models of a table, by numbers. */
export type Job = { readonly table: number; readonly incumbent: number; readonly candidate: number };

/** What a worker is started with. */
export type WorkerInput = {
  readonly tables: readonly (readonly Float32Array[])[];
  readonly orders: number;
  readonly seed: number;
  readonly rule: Rule;
};

/** What a worker gives back for one job. */
export type JobResult = Job & {
  readonly pairs: number;
  readonly difference: number;
  readonly summary?: PairSummary;
  /** Pairs in the order of the file. */
  readonly filePairs: number;
};

const input = workerData as WorkerInput;
const drawn = new Map<number, readonly Uint32Array[]>();

function runJob(job: Job): JobResult {
  const columns = input.tables[job.table] ?? [];
  const incumbent = columns[job.incumbent] ?? new Float32Array();
  const candidate = columns[job.candidate] ?? new Float32Array();
  let orders = drawn.get(job.table);
  if (orders === undefined) {
    orders = drawOrders(incumbent.length, input.orders, input.seed);
    drawn.set(job.table, orders);
  }
  const differences = toDifferences(incumbent, candidate);
  const base = { ...job, pairs: differences.pairs, difference: differences.mean };
  if (differences.pairs === 0) return { ...base, filePairs: 0 };
  const inOrder = Uint32Array.from({ length: incumbent.length }, (_row, at) => at);
  const [file] = runOrders(differences, [inOrder], input.rule);
  const summary = summarise(runOrders(differences, orders, input.rule), differences.mean, input.rule.margin);
  return { ...base, summary, filePairs: file?.pairs ?? 0 };
}

parentPort?.on('message', (jobs: readonly Job[]) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
  parentPort?.postMessage(jobs.map((job) => runJob(job)));
});
