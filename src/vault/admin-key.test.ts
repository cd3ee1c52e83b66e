import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSeededRandom, Secret } from '../kernel/index.ts';
import { type AdminKey, openAdminKey, readAdminFile } from './admin-key.ts';

let folder = '';
const random = createSeededRandom(3);
const url = 'http://127.0.0.1:8787';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chg-admin-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(fixed?: string): AdminKey {
  const opened = openAdminKey({
    folder,
    random,
    ...(fixed === undefined ? {} : { fixed: new Secret(fixed) }),
  });
  if (!opened.ok) throw new Error(String(opened.failure.detail['reason']));
  return opened.value;
}

test('openAdminKey() makes a key and keeps it once it is published', () => {
  const first = open();
  expect(first.key.reveal()).toMatch(/^chga_[0-9a-z]{32}$/);
  expect(first.publish(url).ok).toBe(true);
  expect(open().key.reveal()).toBe(first.key.reveal());
  expect(readdirSync(folder)).toEqual(['admin.json']);
  const file = readAdminFile(folder);
  expect(file.ok && file.value?.url).toBe(url);
  expect(file.ok && file.value?.key.reveal()).toBe(first.key.reveal());
});

test.skipIf(process.platform === 'win32')('publish() lets nobody else read the file', () => {
  open().publish(url);
  expect(statSync(path.join(folder, 'admin.json')).mode & 0o777).toBe(0o600);
});

test('openAdminKey() takes the fixed key, which the command line finds and which ends with its variable', () => {
  expect(open('fixed-by-automation').publish(url).ok).toBe(true);
  const file = readAdminFile(folder);
  expect(file.ok && file.value?.key.reveal()).toBe('fixed-by-automation');
  expect(open().key.reveal()).toMatch(/^chga_/);
});

test('openAdminKey() refuses an empty fixed key and warns about a short one', () => {
  expect(openAdminKey({ folder, random, fixed: new Secret(' ') }).ok).toBe(false);
  expect(open('short').warnings).toHaveLength(1);
});

test('matches() passes the key alone', () => {
  const admin = open('fixed-by-automation');
  expect(admin.matches('fixed-by-automation')).toBe(true);
  for (const wrong of ['', 'fixed', 'fixed-by-automation ', 'Fixed-by-automation']) {
    expect(admin.matches(wrong)).toBe(false);
  }
});

test.each(['', 'x', '{}', '{"url":1,"key":"k"}', '[]', 'null', '{"url":"u","key":""}'])(
  'a damaged admin.json (%o) is told to the command line and replaced by the server',
  (text) => {
    writeFileSync(path.join(folder, 'admin.json'), text);
    const file = readAdminFile(folder);
    expect(file.ok ? '' : file.failure.detail['reason']).toContain('is damaged');
    expect(open().key.reveal()).toMatch(/^chga_/);
  },
);

test('readAdminFile() knows a folder where nothing has run', () => {
  expect(readAdminFile(path.join(folder, 'none'))).toEqual({ ok: true, value: null });
});

test('publish() says so when the file cannot be written', () => {
  mkdirSync(path.join(folder, 'admin.json'));
  const published = openAdminKey({ folder, random, fixed: new Secret('fixed-by-automation') });
  const result = published.ok ? published.value.publish(url) : published;
  expect(result.ok ? '' : result.failure.detail['reason']).toContain('check the rights');
});

test('no printed admin key holds the key', () => {
  const admin = open('fixed-by-automation');
  expect(JSON.stringify(admin)).not.toContain('fixed-by-automation');
  admin.publish(url);
  expect(readFileSync(path.join(folder, 'admin.json'), 'utf8')).toContain('fixed-by-automation');
});
