import { expect, test } from 'vitest';
import { findBoundaryFaults, folderRules, pureParts, sideDoors } from '../../tools/boundaries.ts';
import { readProject } from '../../tools/project-files.ts';

/** The faults of one file planted among the doors of all folders. */
function faultsOf(file: string, source: string): string[] {
  const doors = [...Object.keys(folderRules), ...sideDoors].flatMap((door) => [
    [`src/${door}/index.ts`, 'export {};'] as const,
    [`src/${door}.ts`, 'export {};'] as const,
  ]);
  const inner = [['src/ledger/rows.ts', 'export {};'] as const];
  const faults = findBoundaryFaults(new Map([...doors, ...inner, [file, source] as const]));
  return faults.filter((fault) => fault.file === file).map(({ line, text }) => `${line} ${text}`);
}

test.each([
  ['a folder that the table does not list', 'src/routing/plan.ts', "import { x } from '../ledger/index.ts';"],
  ['the file of another folder behind its door', 'src/api/x.ts', "import { x } from '../ledger/rows.ts';"],
  [
    'a side door where only that door is not allowed',
    'src/routing/x.ts',
    "import { x } from '../protocol/sse/index.ts';",
  ],
  [
    'a whole folder where only a side door is allowed',
    'src/routing/x.ts',
    "import { x } from '../protocol/index.ts';",
  ],
  ['a Node module in pure code', 'src/kernel/x.ts', "import { readFileSync } from 'node:fs';"],
  ['the type of a Node module in pure code', 'src/policy/x.ts', "import type { Server } from 'node:http';"],
  ['a package in the kernel', 'src/kernel/x.ts', "import { z } from 'zod';"],
  ['undici outside the egress', 'src/gateway/x.ts', "import { request } from 'undici';"],
  ['a client of node:http in a server', 'src/gateway/x.ts', "import { request } from 'node:http';"],
  ['the whole of node:http in a server', 'src/api/x.ts', "import * as http from 'node:http';"],
  ['the default of node:net', 'src/sim/x.ts', "import net from 'node:net';"],
  ['name resolution outside the egress', 'src/config/x.ts', "import { lookup } from 'node:dns/promises';"],
  ['a listener where none belongs', 'src/ledger/x.ts', "import { createServer } from 'node:http';"],
  ['SQLite outside the store', 'src/ledger/x.ts', "import { DatabaseSync } from 'node:sqlite';"],
  ['child processes on the data plane', 'src/gateway/x.ts', "import { spawn } from 'node:child_process';"],
  ['what lies around src', 'src/assembly/x.ts', "import { x } from '../../tools/project-files.ts';"],
  ['the entry file', 'src/cli/x.ts', "import { x } from '../main.ts';"],
  [
    'a dynamic import that dodges the table',
    'src/policy/x.ts',
    "const x = await import('../store/index.ts');",
  ],
  ['a worker of another folder', 'src/trial/x.ts', "workerUrl(import.meta.url, '../ledger/ledger-worker');"],
  ['a re-export of another folder', 'src/kernel/x.ts', "export { x } from '../catalog/index.ts';"],
  ['a file without its ending', 'src/kernel/x.ts', "import { x } from './y';"],
  ['fetch outside the egress', 'src/gateway/x.ts', "const x = await fetch('http://a');"],
  ['a web socket outside the egress', 'src/gateway/x.ts', "const x = new WebSocket('ws://a');"],
  ['the process in pure code', 'src/kernel/x.ts', "const x = process.env['A'];"],
  ['a Buffer in pure code', 'src/protocol/x.ts', "const x = Buffer.from('a');"],
  ['the console in pure code', 'src/trial/statistics/x.ts', "console.log('a');"],
])('findBoundaryFaults() finds %s', (_name, file, source) => {
  expect(faultsOf(file, `\n${source}`)).toEqual([expect.stringMatching(/^2 Cannot /)]);
});

test.each([
  ['a listed folder by its door', 'src/api/x.ts', "import { x } from '../ledger/index.ts';"],
  ['a listed side door', 'src/routing/x.ts', "import { x } from '../protocol/neutral/index.ts';"],
  ['an inner file of its own folder', 'src/ledger/x.ts', "import { x } from './rows.ts';"],
  [
    'the server half of node:http',
    'src/gateway/x.ts',
    "import { createServer, type Server } from 'node:http';",
  ],
  ['address arithmetic of node:net', 'src/config/x.ts', "import { isIP } from 'node:net';"],
  ['types of node:http', 'src/ledger/x.ts', "import type { IncomingMessage } from 'node:http';"],
  ['undici in the egress', 'src/endpoint/x.ts', "import { Pool } from 'undici';"],
  ['any door in a test', 'src/gateway/x.test.ts', "import { x } from '../sim/index.ts';"],
  ['everything in the assembly', 'src/assembly/x.ts', "import { x } from '../gateway/index.ts';"],
  ['a variable that is called process', 'src/trial/statistics/x.ts', 'const x = process.bets.length;'],
  [
    'a word in a comment',
    'src/kernel/x.ts',
    "// Not import { x } from '../ledger/index.ts' and no Buffer.from(x)",
  ],
])('findBoundaryFaults() lets %s pass', (_name, file, source) => {
  expect(faultsOf(file, source)).toEqual([]);
});

test('findBoundaryFaults() finds a test that goes behind a door', () => {
  expect(faultsOf('test/e2e/x.test.ts', "import { x } from '../../src/ledger/rows.ts';")).toHaveLength(1);
});

test('findBoundaryFaults() finds a folder that is not in the table', () => {
  expect(faultsOf('src/stuff/x.ts', 'export {};')).toEqual([expect.stringContaining('"stuff"')]);
});

test('findBoundaryFaults() finds a door that exports everything', () => {
  expect(faultsOf('src/kernel/index.ts', "export * from './x.ts';")).toEqual([
    expect.stringContaining('export *'),
  ]);
});

test('findBoundaryFaults() finds a door that is long', () => {
  const long = Array.from({ length: 41 }, (_, at) => `export { x${at} } from './x${at}.ts';`).join('\n');
  expect(faultsOf('src/kernel/index.ts', long)).toEqual([expect.stringContaining('41 lines')]);
});

test('the import table has no circle', () => {
  const visit = (folder: string, path: readonly string[]): void => {
    expect(path).not.toContain(folder);
    for (const next of folderRules[folder]?.imports ?? []) {
      const target = next.split('/')[0] ?? '';
      if (target !== '*') visit(target, [...path, folder]);
    }
  };
  for (const folder of Object.keys(folderRules)) visit(folder, []);
});

test('the import table names folders, doors and pure parts that exist', () => {
  const files = [...readProject().keys()];
  for (const folder of Object.keys(folderRules)) {
    expect(
      files.some((file) => file.startsWith(`src/${folder}/`)),
      folder,
    ).toBe(true);
  }
  for (const part of pureParts) {
    expect(
      files.some((file) => part.test(file)),
      String(part),
    ).toBe(true);
  }
});

test('only the egress opens connections', () => {
  const openers = Object.entries(folderRules).filter(([, rule]) => rule.network === 'client');
  // The CLI speaks to the admin API; the assembly joins; the data plane's only way out is src/endpoint.
  expect(openers.map(([folder]) => folder).toSorted()).toEqual(['assembly', 'cli', 'endpoint']);
  const faults = findBoundaryFaults(readProject()).filter(({ text }) => text.includes('connection'));
  expect(faults).toEqual([]);
});
