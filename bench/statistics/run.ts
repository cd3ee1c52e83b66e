// `npm run bench:statistics`: simulates the decision machine against data that break simpler rules, and fails
// when a bound of 5 % is exceeded significantly. Seeds are fixed, so that a run can be repeated exactly.
import os from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { toClopperPearson } from '../../src/trial/statistics/index.ts';
import { scenarios } from './scenarios.ts';

interface Counts {
  trials: number;
  falses: number;
  naives: number;
  hasNaive: boolean;
  cpuMs: number;
}

/** One line of the result. */
export interface ScenarioResult {
  readonly scenario: string;
  readonly what: string;
  readonly trials: number;
  readonly false: number;
  readonly rate: number;
  readonly lower: number;
  readonly upper: number;
  readonly naiveRate?: number;
  readonly naive?: string;
  readonly isExceeded: boolean;
}

const bound = 0.05;
/** A good candidate may be missed this often at the sizes given. */
const missedBound = 0.2;
const trialsDefault = 2000;
/** Trials of one message to a worker: short enough for progress, long enough to be cheap. */
const batch = 50;
const usage = `Usage: node bench/statistics/run.ts [--trials 2000] [--seed 1] [--only text] [--json]
Prints the false rate of the decision machine in each scenario; fails if one is significantly above 5 %.`;

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: String(trialsDefault) },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const trials = Number(values.trials);
const seed = Number(values.seed);
if (values.help || !Number.isSafeInteger(trials) || trials < 1 || !Number.isSafeInteger(seed)) {
  process.stderr.write(`${usage}\n`);
  process.exit(values.help ? 0 : 2);
}

const chosen = scenarios.flatMap((scenario, index) => (scenario.name.includes(values.only) ? [index] : []));
if (chosen.length === 0) {
  process.stderr.write(`Cannot find a scenario that contains "${values.only}"\n`);
  process.exit(2);
}

const jobs = chosen.flatMap((scenario) =>
  Array.from({ length: Math.ceil(trials / batch) }, (_, part) => ({
    scenario,
    from: part * batch,
    to: Math.min(trials, (part + 1) * batch),
    seed,
  })),
);
const counts = new Map<number, Counts>(
  chosen.map((index) => [index, { trials: 0, falses: 0, naives: 0, hasNaive: false, cpuMs: 0 }]),
);

function toPercent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function showProgress(done: number): void {
  if (!process.stderr.isTTY) return;
  const name = scenarios[jobs[Math.min(done, jobs.length - 1)]?.scenario ?? 0]?.name ?? '';
  process.stderr.write(`\r\u001B[K${Math.floor((100 * done) / jobs.length)} %  ${name}`);
  if (done === jobs.length) process.stderr.write('\r\u001B[K');
}

async function runJobs(): Promise<void> {
  let next = 0;
  let done = 0;
  await Promise.all(
    Array.from({ length: Math.min(os.availableParallelism(), jobs.length) }, async () => {
      const worker = new Worker(new URL('worker.ts', import.meta.url));
      await new Promise<void>((resolve, reject) => {
        const give = (): void => {
          const job = jobs[next++];
          if (job === undefined) return resolve();
          // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
          return worker.postMessage(job);
        };
        worker.on('error', reject);
        worker.on('message', (message: Counts & { scenario: number }) => {
          const sum = counts.get(message.scenario) as Counts;
          sum.trials += message.trials;
          sum.falses += message.falses;
          sum.naives += message.naives;
          sum.hasNaive ||= message.hasNaive;
          sum.cpuMs += message.cpuMs;
          showProgress(++done);
          // A line as soon as it is known: a run of minutes must not look dead where there is no terminal.
          if (sum.trials === trials && !values.json) printResult(toResult(message.scenario));
          give();
        });
        give();
      });
      await worker.terminate();
    }),
  );
}

function toResult(index: number): ScenarioResult {
  const scenario = scenarios[index] as (typeof scenarios)[number];
  const sum = counts.get(index) as Counts;
  const { lower, upper } = toClopperPearson(sum.falses, sum.trials);
  return {
    scenario: scenario.name,
    what: scenario.what,
    trials: sum.trials,
    false: sum.falses,
    rate: sum.falses / sum.trials,
    lower,
    upper,
    ...(sum.hasNaive ? { naiveRate: sum.naives / sum.trials } : {}),
    ...(scenario.naive === undefined ? {} : { naive: scenario.naive }),
    isExceeded: lower > (scenario.mustPass === true ? missedBound : bound),
  };
}

function printResult(result: ScenarioResult): void {
  const interval = `${toPercent(result.rate)} (${toPercent(result.lower)}–${toPercent(result.upper)})`;
  const naive = result.naiveRate === undefined ? '' : `${toPercent(result.naiveRate)}  ${result.naive ?? ''}`;
  const mark = result.isExceeded ? '  EXCEEDS ITS BOUND' : '';
  process.stdout.write(`${result.scenario.padEnd(52)}${interval.padEnd(26)}${naive}${mark}\n`);
}

const startedAt = performance.now();
if (!values.json) {
  process.stdout.write(`${'scenario'.padEnd(52)}${'false (95 % interval)'.padEnd(26)}simpler rule\n`);
}
await runJobs();
const results = chosen.map(toResult);
if (values.json) {
  process.stdout.write(`${JSON.stringify(results, undefined, 2)}\n`);
} else {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  process.stdout.write(`${results.length} scenarios of ${trials} trials in ${seconds} s, seed ${seed}\n`);
}
if (results.some(({ isExceeded }) => isExceeded)) process.exitCode = 1;
