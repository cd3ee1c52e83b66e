import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../project-files.ts';
import { scrubEnvironment } from '../scrub-environment.ts';
import { createProgress, type Progress } from './progress.ts';
import type { Step } from './steps.ts';

/** What came of a step. `problems` names the tests that failed, when it is known which. */
export interface StepResult {
  readonly step: Step;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly elapsedMs: number;
  readonly output: string;
  readonly problems: readonly string[];
}

/** Limit: of each step's output the end is kept. */
const outputCharsMax = 200_000;

/** Runs the steps in order, as many at once as there are slots. */
export async function runSteps(steps: readonly Step[], slots: number): Promise<StepResult[]> {
  const progress = createProgress();
  const children = new Set<ChildProcess>();
  const folder = mkdtempSync(path.join(tmpdir(), 'changeover-check-'));
  const stop = (signal: NodeJS.Signals) => {
    for (const child of children) child.kill('SIGTERM');
    progress.close();
    rmSync(folder, { recursive: true, force: true });
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const results: StepResult[] = [];
  const running = new Set<Promise<void>>();
  let room = slots;
  for (const step of steps) {
    const needed = step.slots === 'all' ? slots : 1;
    while (room < needed) await Promise.race(running);
    room -= needed;
    const run = runStep(step, { folder, children, progress }).then((result) => {
      results.push(result);
      room += needed;
      running.delete(run);
    });
    running.add(run);
  }
  await Promise.all(running);
  progress.close();
  rmSync(folder, { recursive: true, force: true });
  process.removeListener('SIGINT', stop);
  process.removeListener('SIGTERM', stop);
  return results;
}

interface RunContext {
  readonly folder: string;
  readonly children: Set<ChildProcess>;
  readonly progress: Progress;
}

async function runStep(step: Step, { folder, children, progress }: RunContext): Promise<StepResult> {
  const startedAt = performance.now();
  progress.start(step.name);
  const reportFile = path.join(folder, `${step.name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const [program, ...parameters] = step.command;
  const child = spawn(program, [...parameters, ...(step.isTests ? reporters : [])], {
    cwd: root,
    env: { ...scrubEnvironment(process.env), NO_COLOR: '1', FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-outputCharsMax);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const code = await new Promise<number>((resolve) => {
    child.on('error', (error) => {
      output += `${error.message}\n`;
      resolve(1);
    });
    child.on('close', (exitCode) => {
      resolve(exitCode ?? 1);
    });
  });
  children.delete(child);
  const counts = step.isTests ? countTests(reportFile, code) : { ...noCounts, ...toCount(code === 0) };
  const result = { step, ...counts, elapsedMs: performance.now() - startedAt, output };
  progress.finish(step.name, result);
  return result;
}

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly problems: readonly string[];
}

const noCounts: Counts = { passed: 0, failed: 0, skipped: 0, problems: [] };

function toCount(isGood: boolean): Pick<Counts, 'passed' | 'failed'> {
  return isGood ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** The parts of vitest's JSON report that are read here. */
interface TestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/**
 * Counts tests; a file that could not be loaded, and a run that failed although no test did, count as one
 * failure.
 */
export function countTests(reportFile: string, code: number): Counts {
  const report = readReport(reportFile);
  if (report === undefined) return { ...noCounts, failed: 1, problems: ['the test run gave no report'] };
  const tests = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map((test) => ({ ...test, file: path.relative(root, name) })),
  );
  const problems = tests
    .filter(({ status }) => status === 'failed')
    .map(({ file, fullName }) => `${file}: ${fullName}`);
  for (const { name, status, assertionResults } of report.testResults) {
    const hasFailure = assertionResults.some((test) => test.status === 'failed');
    if (status === 'failed' && !hasFailure) {
      problems.push(`${path.relative(root, name)}: the file failed outside its tests`);
    }
  }
  if (tests.length === 0) problems.push('no test was found');
  else if (code !== 0 && problems.length === 0) problems.push('an error was thrown outside any test');
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed').length;
  return { passed, failed: problems.length, skipped, problems };
}

function readReport(reportFile: string): TestReport | undefined {
  try {
    return JSON.parse(readFileSync(reportFile, 'utf8')) as TestReport;
  } catch (error) {
    // A run that was killed leaves no report, or half of one; either is a failure of the step.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
