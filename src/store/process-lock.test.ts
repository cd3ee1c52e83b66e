import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Result, toFailureText } from '../kernel/index.ts';
import { startProcess } from './process.case.ts';
import { acquireProcessLock, type ProcessLock } from './process-lock.ts';

let folder = '';
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(tmpdir(), 'chg-lock-')), 'data');
});
afterEach(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

function must(result: Result<ProcessLock>): ProcessLock {
  if (!result.ok) throw new Error(toFailureText(result.failure));
  return result.value;
}
const refusal = (): string => {
  const second = acquireProcessLock(folder);
  if (second.ok) second.value.release();
  return second.ok ? 'it was free' : toFailureText(second.failure);
};

test('acquireProcessLock() holds until release(), also against this process itself', () => {
  const lock = must(acquireProcessLock(folder));
  expect(refusal()).toContain(`the data folder "${folder}" is in use by process ${process.pid};`);
  lock.describe('http://127.0.0.1:8787');
  expect(refusal()).toBe(
    `Cannot start: the data folder "${folder}" is in use by process ${process.pid} at ` +
      'http://127.0.0.1:8787; stop the other process, or give another folder with --data',
  );
  lock.release();
  lock.release();
  expect(existsSync(path.join(folder, 'lock.json'))).toBe(false);
  expect(refusal()).toBe('it was free');
});

test('a release that comes late does not take the lock of the next holder', () => {
  const first = must(acquireProcessLock(folder));
  first.release();
  const second = must(acquireProcessLock(folder));
  first.release();
  expect(refusal()).toContain('is in use by process');
  second.release();
});

test('another process is refused by name, and free to go on once the holder was killed', async () => {
  const holder = startProcess(
    `const lock = store.acquireProcessLock(folder);
     lock.value.describe('http://127.0.0.1:9999');
     say(lock.ok);
     setInterval(() => undefined, 1_000);`,
    folder,
  );
  expect(await holder.nextLine()).toBe('true');
  expect(refusal()).toContain(`process ${holder.child.pid} at http://127.0.0.1:9999`);
  await holder.kill();
  expect(existsSync(path.join(folder, 'lock.json'))).toBe(true);
  expect(refusal()).toBe('it was free');
});

test('the note of a killed process never holds anybody up, even when its process id lives again', () => {
  must(acquireProcessLock(folder)).release();
  writeFileSync(path.join(folder, 'lock.json'), JSON.stringify({ pid: process.pid, url: 'http://old' }));
  expect(refusal()).toBe('it was free');
});

test.each(['', '{', '[]', 'null', '{"pid":"x","url":7}'])('a damaged note (%o) is no hindrance', (text) => {
  const lock = must(acquireProcessLock(folder));
  writeFileSync(path.join(folder, 'lock.json'), text);
  expect(refusal()).toContain('is in use by another process');
  lock.release();
});

test('of many that start at the same moment exactly one gets the folder', async () => {
  const source = `
    const lock = store.acquireProcessLock(folder);
    say(lock.ok);
    setInterval(() => undefined, 1_000);`;
  const starters = Array.from({ length: 5 }, () => startProcess(source, folder));
  const answers = await Promise.all(starters.map(async (starter) => starter.nextLine()));
  expect(answers.filter((answer) => answer === 'true')).toHaveLength(1);
  await Promise.all(starters.map(async (starter) => starter.kill()));
  expect(refusal()).toBe('it was free');
});

test('acquireProcessLock() says why a folder cannot be used', () => {
  must(acquireProcessLock(folder)).release();
  const file = path.join(folder, 'a-file');
  writeFileSync(file, '');
  const below = acquireProcessLock(path.join(file, 'data'));
  expect(below.ok ? '' : toFailureText(below.failure)).toMatch(/ENOTDIR|EEXIST|ENOENT/);
  writeFileSync(path.join(folder, 'lock.db'), 'x'.repeat(4_096));
  expect(refusal()).toContain('not a database');
  expect(readdirSync(folder)).not.toContain('lock.json');
});
