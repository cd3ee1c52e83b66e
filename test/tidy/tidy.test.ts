import { expect, test } from 'vitest';
import type { Fault } from '../../tools/project-files.ts';
import { findCodeFaults } from '../../tools/tidy/code.ts';
import { findDocumentFaults } from '../../tools/tidy/documents.ts';
import { findTreeFaults } from '../../tools/tidy/tree.ts';

function textsOf(faults: readonly Fault[]): string[] {
  return faults.map(({ file, line, text }) => `${file}:${line} ${text}`);
}

function codeFaults(source: string, file = 'src/gateway/x.ts'): string[] {
  return textsOf(findCodeFaults(new Map([[file, source]])));
}

test.each([
  ['a long file', 'x\n'.repeat(501), 'Cannot have 501 lines'],
  ['a long line', `const x = ${'y + '.repeat(30)}z;`, 'characters in a line'],
  ['a long comment', `// ${'word '.repeat(30)}`, 'characters in a line'],
  ['a leftover', `// TODO later`, 'Cannot leave a'],
  ['a leftover in a block', `/* FIXME */`, 'Cannot leave a'],
  ['a rule switched off without a reason', '// oxlint-disable-next-line no-empty', 'without its reason'],
  [
    'a rule switched off with one word',
    '// oxlint-disable-next-line no-empty -- because',
    'without its reason',
  ],
  ['an ignored type error', '// @ts-ignore', '@ts-ignore'],
  ['an expected type error without a reason', '// @ts-expect-error', 'without its reason'],
  ['the clock', 'const x = Date.now();', 'Date.now'],
  ['the clock in a template', 'const x = `${Date.now()}`;', 'Date.now'],
  ['a date of now', 'const x = new Date();', 'new Date()'],
  ['randomness', 'const x = Math.random();', 'Math.random'],
  ['a timer', 'setTimeout(f, 10);', 'setTimeout'],
  ['a timer handed on', 'schedule(setInterval);', 'setInterval'],
  ['a timer of the global object', 'globalThis.setTimeout(f, 10);', 'setTimeout'],
  ['a timer of Node', "import { setTimeout } from 'node:timers/promises';", 'node:timers'],
  ['a timeout signal', 'const x = AbortSignal.timeout(5);', 'AbortSignal.timeout'],
  ['a stop watch', 'const x = performance.now();', 'performance.now'],
])('findCodeFaults() finds %s', (_name, source, text) => {
  expect(codeFaults(source)).toEqual([expect.stringContaining(text)]);
});

test.each([
  ['a port', 'const x = clock.now();'],
  ['a given date', 'const x = new Date(ms);'],
  ['a word in a text', "const x = 'Date.now()';"],
  ['a word in a comment', '// Not Date.now(), which a test cannot hold'],
  ['a long address', `// https://${'a'.repeat(120)}`],
  ['a long text', `const text = '${'word '.repeat(22)}';`],
  ['a rule switched off with a reason', '// oxlint-disable-next-line no-empty -- the socket is gone anyway'],
])('findCodeFaults() lets %s pass', (_name, source) => {
  expect(codeFaults(source)).toEqual([]);
});

test.each([
  'src/assembly/ports.ts',
  'src/main.ts',
  'src/store/store-worker.ts',
  'src/x/y.test.ts',
  'bench/run.ts',
])('findCodeFaults() allows the clock in %s', (file) => {
  expect(codeFaults('const x = Date.now();', file)).toEqual([]);
});

function treeFaults(file: string, text = '', bytes = 1): string[] {
  return textsOf(findTreeFaults(new Map([[file, text]]), new Map([[file, bytes]])));
}

test.each([
  ['a drawer', 'src/gateway/utils.ts', '', '"utils"'],
  ['a drawer with a prefix', 'src/gateway/stream-helpers.ts', '', '"helpers"'],
  ['a drawer that is a folder', 'src/common/x.ts', '', '"common"'],
  ['a test that nothing runs', 'tools/x.test.ts', '', 'Cannot run this test'],
  ['a registry', 'docs/x.md', `see https://${['registry', 'npmjs', 'org'].join('.')}/x`, 'package registry'],
  [
    'a folder of a machine',
    'src/x.ts',
    `const x = '${['', 'root', ''].join('/')}x';`,
    'folder of one machine',
  ],
  ['a home folder', 'docs/x.md', `cd ${['', 'home', 'ann', 'x'].join('/')}`, 'folder of one machine'],
  ['a download address', 'package-lock.json', '{"packages": {}, "resolved": "http://x"}', 'download address'],
])('findTreeFaults() finds %s', (_name, file, text, found) => {
  expect(treeFaults(file, text)).toEqual([expect.stringContaining(found)]);
});

test('findTreeFaults() finds a large file', () => {
  expect(treeFaults('docs/x.png', '', 300_000)).toEqual([expect.stringContaining('Cannot keep 293 kB')]);
});

test('findTreeFaults() finds a build that the lockfile lacks', () => {
  const packages = {
    'node_modules/x': { optionalDependencies: { 'x-linux': '1', 'x-mac': '1' } },
    'node_modules/x-linux': {},
  };
  expect(treeFaults('package-lock.json', JSON.stringify({ packages }))).toEqual([
    expect.stringContaining('x-mac'),
  ]);
});

test('findTreeFaults() lets an ordinary file pass', () => {
  expect(treeFaults('src/gateway/accept-call.ts', 'const x = "/etc/ssl/certs";', 100)).toEqual([]);
});

const goodDocuments = new Map([
  ['docs/README.md', '- [a](a.md)\n- [b](decisions/2026-11-23-b.md#part)\n'],
  ['docs/a.md', ''],
  ['docs/decisions/2026-11-23-b.md', ''],
  [
    'CHANGELOG.md',
    '# Changelog\n\n## Unreleased\n\n- x\n\n## 0.2.0 (2026-12-01)\n\n- y\n\n## 0.1.9 (2026-11-01)\n\n- z\n',
  ],
]);

function documentFaults(file: string, text: string): string[] {
  return textsOf(findDocumentFaults(new Map([...goodDocuments, [file, text]])));
}

test('findDocumentFaults() lets good documents pass', () => {
  expect(textsOf(findDocumentFaults(goodDocuments))).toEqual([]);
});

test.each([
  ['a page that the index does not know', 'docs/guide/c.md', '', 'Cannot find this page'],
  ['a changelog of another shape', 'CHANGELOG.md', '# Changes\n\n## Unreleased\n\n- x\n', 'begins with'],
  ['a changelog without releases', 'CHANGELOG.md', '# Changelog\n', 'Cannot find a release'],
  [
    'a release without a date',
    'CHANGELOG.md',
    '# Changelog\n\n## 1.0.0\n\n- x\n',
    'Cannot read this release',
  ],
  [
    'a release without changes',
    'CHANGELOG.md',
    '# Changelog\n\n## Unreleased\n\nSoon.\n',
    'Cannot find what changed',
  ],
])('findDocumentFaults() finds %s', (_name, file, text, found) => {
  expect(documentFaults(file, text)).toEqual([expect.stringContaining(found)]);
});

test('findDocumentFaults() finds releases out of order', () => {
  const text = '# Changelog\n\n## 0.1.0 (2026-01-01)\n\n- x\n\n## 0.10.0 (2026-02-01)\n\n- y\n';
  expect(documentFaults('CHANGELOG.md', text)).toEqual([expect.stringContaining('newest first')]);
});

test('findDocumentFaults() finds a decision without a date', () => {
  const faults = documentFaults('docs/decisions/why.md', '');
  expect(faults).toContainEqual(expect.stringContaining('Cannot name a decision so'));
});
