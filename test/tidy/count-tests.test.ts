import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { countTests } from '../../tools/check/run-steps.ts';
import { root } from '../../tools/project-files.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'changeover-count-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function count(statuses: readonly string[], { code, fileStatus }: { code: number; fileStatus?: string }) {
  const file = path.join(folder, 'report.json');
  const assertionResults = statuses.map((status, at) => ({ status, fullName: `test ${at}` }));
  const testResults = [
    { name: path.join(root, 'src/x.test.ts'), status: fileStatus ?? 'passed', assertionResults },
  ];
  writeFileSync(file, JSON.stringify({ testResults }));
  return countTests(file, code);
}

test('countTests() counts passed, failed and skipped tests', () => {
  expect(count(['passed', 'failed', 'pending', 'passed'], { code: 1, fileStatus: 'failed' })).toEqual({
    passed: 2,
    failed: 1,
    skipped: 1,
    problems: ['src/x.test.ts: test 1'],
  });
});

test('countTests() counts a file that failed outside its tests', () => {
  expect(count(['passed'], { code: 1, fileStatus: 'failed' }).failed).toBe(1);
});

test('countTests() counts an error outside any test', () => {
  expect(count(['passed'], { code: 1 }).problems).toEqual(['an error was thrown outside any test']);
});

test('countTests() counts a run that found no test as failed', () => {
  expect(count([], { code: 0 }).failed).toBe(1);
});

test('countTests() counts a run without a report as failed', () => {
  expect(countTests(path.join(folder, 'none.json'), 0).failed).toBe(1);
});
