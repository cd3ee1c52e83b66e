import path from 'node:path';
import { root } from '../project-files.ts';

/** One check. A test step is counted by its tests, any other as one. */
export interface Step {
  readonly name: string;
  /** Program and arguments, run in the project's root. */
  readonly command: readonly [string, ...string[]];
  /**
   * How many of the machine's slots it fills: tests use several processes and measure time, so they run
   * alone.
   */
  readonly slots: 'one' | 'all';
  readonly isTests: boolean;
}

function toPackageFile(file: string): string {
  return path.join(root, 'node_modules', file);
}

function check(name: string, ...command: readonly [string, ...string[]]): Step {
  return { name, command: [process.execPath, ...command], slots: 'one', isTests: false };
}

function tests(name: string): Step {
  const command = [process.execPath, toPackageFile('vitest/vitest.mjs'), 'run', '--project', name] as const;
  return { name, command, slots: 'all', isTests: true };
}

const formatter = toPackageFile('oxfmt/bin/oxfmt');

/** In the order in which they start: quick ones first, so that a slip shows at once. */
export const steps: readonly Step[] = [
  check('format', formatter, '--check'),
  check('boundaries', 'tools/boundaries.ts'),
  check('tidy', 'tools/tidy.ts'),
  check('types', toPackageFile('typescript/bin/tsc'), '-p', '.'),
  check('lint', toPackageFile('oxlint/bin/oxlint')),
  check('generated', 'tools/generate.ts', '--check'),
  check('unused', toPackageFile('knip/bin/knip.js'), '--no-progress'),
  tests('unit'),
  tests('tools'),
  tests('conformance'),
  tests('e2e'),
  tests('pack'),
];
