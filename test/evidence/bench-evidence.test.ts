/** The bench as a user runs it: its exit codes, its output, and the sample of real answers. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

// Each test starts processes; a busy machine takes seconds for each.
vi.setConfig({ testTimeout: 120_000 });

const root = path.resolve(import.meta.dirname, '../..');
const sample = path.join(root, 'test/recordings/graders');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'evidence-'));
  // The candidate errs in every tenth row in which the incumbent is right, and the other way round in every
  // eleventh.
  const rows = Array.from(
    { length: 800 },
    (_row, at) => `${at},${at % 11 === 0 ? 0 : 1},${at % 10 === 0 ? 0 : 1},${at % 2}`,
  );
  writeFileSync(path.join(folder, 'mail.correct.csv'), `id,big,small,coin\n${rows.join('\n')}\n`);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function run(...args: readonly string[]): {
  readonly status: number | null;
  readonly out: string;
  readonly error: string;
} {
  const done = spawnSync(process.execPath, [path.join(root, 'bench/evidence/run.ts'), ...args], {
    encoding: 'utf8',
    cwd: root,
  });
  return { status: done.status, out: done.stdout, error: done.stderr };
}

const refused: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [[], /--data is missing/u],
  [['--data', '/none/such'], /Cannot find the data folder/u],
  [['--data', '.', '--margin', '7'], /Cannot use --margin "7"/u],
  [['--nonsense'], /nonsense/u],
  [['--data', sample, '--only', 'nobody'], /Cannot find a pair/u],
  [['--data', import.meta.dirname, '--agreement'], /Cannot find answers/u],
];

test.each(refused)('bench:evidence %j ends with 2 and says why', (args, message) => {
  const { status, out, error } = run(...args);
  expect(error).toMatch(message);
  expect({ status, out }).toEqual({ status: 2, out: '' });
});

test('bench:evidence decides between all pairs of a table that it has never seen', () => {
  const { status, out } = run('--data', folder, '--json', '--orders', '40');
  expect(status).toBe(0);
  const rows = JSON.parse(out) as readonly { incumbent: string; candidate: string; verdict: string }[];
  expect(rows).toHaveLength(6);
  for (const row of rows) {
    expect(row).toMatchObject({
      dataset: 'mail',
      margin: 0.03,
      share: expect.any(Number),
      medianPairs: expect.any(Number),
      difference: expect.any(Number),
    });
    const isCoin = row.candidate === 'coin';
    if (isCoin) expect(row.verdict).toBe('stay');
    if (row.incumbent === 'coin') expect(row.verdict).toBe('switch');
  }
});

test('bench:evidence prints the same twice, and other orders with another seed', () => {
  const first = run('--data', folder, '--json', '--orders', '20', '--seed', '3').out;
  expect(run('--data', folder, '--json', '--orders', '20', '--seed', '3').out).toBe(first);
  expect(run('--data', folder, '--json', '--orders', '20', '--seed', '4').out).not.toBe(first);
});

test('bench:evidence prints a table for people', () => {
  const { status, out } = run('--data', folder, '--orders', '10');
  expect(status).toBe(0);
  expect(out).toMatch(/mail: 6 pairs of models, up to 800 questions/u);
  expect(out).toMatch(/big → coin\s+stay/u);
});

test('the graders agree with the given correctness of real answers', () => {
  const { status, out } = run('--data', sample, '--agreement', '--json');
  const { agreement, differences } = JSON.parse(out) as {
    readonly agreement: readonly {
      readonly rows: number;
      readonly published: number;
      readonly own: number;
    }[];
    readonly differences: readonly { readonly rule: string; readonly id: string }[];
  };
  expect(agreement).toHaveLength(33);
  expect(agreement.reduce((sum, line) => sum + line.rows, 0)).toBe(24 * 11);
  const published = differences.filter((one) => one.rule === 'published');
  expect(published).toEqual([]);
  expect(status).toBe(0);
});
