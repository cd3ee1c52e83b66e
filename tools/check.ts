// What `npm test` runs: every check and every test, side by side where the machine has room, with one line
// for each and the failures at the end. `npm test -- unit lint` runs only what is named.
import { availableParallelism } from 'node:os';
import { printSummary } from './check/report.ts';
import { runSteps } from './check/run-steps.ts';
import { steps } from './check/steps.ts';

async function main(): Promise<void> {
  const names = process.argv.slice(2);
  if (names.includes('--help')) {
    console.log(`Usage: npm test -- [${steps.map(({ name }) => name).join('|')}] …`);
    return;
  }
  const unknown = names.find((name) => !steps.some((step) => step.name === name));
  if (unknown !== undefined) {
    console.error(`Cannot run "${unknown}": there are ${steps.map(({ name }) => name).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const cores = availableParallelism();
  console.log(`Checking on Node.js ${process.versions.node} with ${cores} cores`);
  const startedAt = performance.now();
  const selected = steps.filter((step) => names.length === 0 || names.includes(step.name));
  const results = await runSteps(selected, Math.max(2, Math.min(cores, 4)));
  printSummary(results, performance.now() - startedAt);
}

await main();
