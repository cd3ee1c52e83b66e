import { parentPort } from 'node:worker_threads';
import { createSeededRandom } from '../../src/kernel/index.ts';
import { scenarios } from './scenarios.ts';

interface Job {
  readonly scenario: number;
  readonly from: number;
  readonly to: number;
  readonly seed: number;
}

parentPort?.on('message', (job: Job) => {
  const scenario = scenarios[job.scenario];
  if (scenario === undefined) throw new Error(`Cannot find scenario ${job.scenario}`);
  const begun = performance.now();
  let falses = 0;
  let naives = 0;
  let hasNaive = false;
  for (let trial = job.from; trial < job.to; trial++) {
    // A prime per scenario keeps the streams of different scenarios apart.
    const random = createSeededRandom((job.seed * 1_000_003 + job.scenario * 7919 + trial * 104_729) | 0);
    const outcome = scenario.run(random, trial);
    if (outcome.isFalse) falses += 1;
    if (outcome.isNaiveFalse === true) naives += 1;
    hasNaive ||= outcome.isNaiveFalse !== undefined;
  }
  const cpuMs = performance.now() - begun;
  const result = { scenario: job.scenario, trials: job.to - job.from, falses, naives, hasNaive, cpuMs };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
  parentPort?.postMessage(result);
});
