import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../tools/project-files.ts';

/** A project with one file for each planted fault, linted once with the rules of this one. */
let folder: string;
let found: ReadonlyMap<string, readonly string[]>;

/** What must be found: the rule, where the fault is planted, and the fault. */
const faults: readonly (readonly [rule: string, file: string, source: string])[] = [
  [
    'no-floating-promises',
    'src/a/floating.ts',
    'async function f(): Promise<void> {}\nexport function g(): void { f(); }',
  ],
  [
    'no-misused-promises',
    'src/a/misused.ts',
    'export const f = async (): Promise<boolean> => true;\nif (f()) throw new Error();',
  ],
  ['no-explicit-any', 'src/a/any.ts', 'export const x: any = 1;'],
  ['no-non-null-assertion', 'src/a/sure.ts', 'export const f = (x: { a?: string }): string => x.a!;'],
  [
    'switch-exhaustiveness-check',
    'src/a/switch.ts',
    "export function f(x: 'a' | 'b'): void { switch (x) { case 'a': } }",
  ],
  ['only-throw-error', 'src/a/throw.ts', "export function f(): never { throw 'a'; }"],
  ['no-default-export', 'src/a/default.ts', 'export default 1;'],
  ['no-console', 'src/a/console.ts', "console.log('a');"],
  ['no-empty', 'src/a/empty.ts', 'export function f(g: () => void): void { try { g(); } catch {} }'],
  [
    'max-lines-per-function',
    'src/a/long.ts',
    `export function f(): void {\n${'  Math.abs(1);\n'.repeat(70)}}`,
  ],
  ['max-params', 'src/a/many.ts', 'export const f = (a: 1, b: 1, c: 1, d: 1): number => a + b + c + d;'],
  [
    'max-depth',
    'src/a/deep.ts',
    'export function f(x: number): void { if (x) { if (x) { if (x) { if (x) { if (x) x.at; } } } } }',
  ],
  ['no-cycle', 'src/a/one.ts', "import { two } from './two.ts';\nexport const one = (): number => two();"],
  ['filename-case', 'src/a/camelCase.ts', 'export const x = 1;'],
  ['explicit-module-boundary-types', 'src/a/untyped.ts', 'export const f = () => 1;'],
  ['no-restricted-vi-methods', 'src/a/mock.test.ts', "import { vi } from 'vitest';\nvi.mock('./one.ts');"],
  ['no-focused-tests', 'src/a/focus.test.ts', "import { test } from 'vitest';\ntest.only('a', () => {});"],
];

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'changeover-lint-'));
  for (const file of ['.oxlintrc.json', 'tsconfig.json', 'package.json']) {
    cpSync(path.join(root, file), path.join(folder, file));
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  mkdirSync(path.join(folder, 'src/a'), { recursive: true });
  writeFileSync(
    path.join(folder, 'src/a/two.ts'),
    "import { one } from './one.ts';\nexport const two = (): number => one();\n",
  );
  for (const [, file, source] of faults) writeFileSync(path.join(folder, file), `${source}\n`);
  const linter = path.join(root, 'node_modules/oxlint/bin/oxlint');
  const { stdout } = spawnSync(process.execPath, [linter, '--format=json'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const report = JSON.parse(stdout) as {
    diagnostics: { code: string; filename: string; severity: string }[];
  };
  const byFile = new Map<string, string[]>();
  for (const { code, filename, severity } of report.diagnostics) {
    byFile.set(filename, [...(byFile.get(filename) ?? []), `${severity} ${code}`]);
  }
  found = byFile;
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.each(faults)('the linter finds %s in %s', (rule, file) => {
  expect(found.get(file) ?? []).toContainEqual(expect.stringMatching(new RegExp(`^error .*\\(${rule}\\)`)));
});
