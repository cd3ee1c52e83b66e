import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../../tools/project-files.ts';

/**
 * A clone in small: the real bootstrap, a lockfile of one package, a program that tells what it was given.
 */
let clone: string;
const children: ChildProcess[] = [];

const program = `
  const given = process.argv.slice(2);
  console.log(JSON.stringify({ given, node: process.versions.node }));
  const code = given.indexOf('--exit');
  if (code !== -1) process.exit(Number(given[code + 1]));
  if (given.includes('--wait')) {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => { console.log(signal); process.exit(7); });
    }
    setInterval(() => {}, 1000);
    console.log('waiting');
  }
`;

/**
 * Stands for npm, since no registry is used here: it counts its runs and installs what the lockfile says,
 * slowly.
 */
const npm = `
  const fs = require('node:fs');
  fs.appendFileSync(process.env.RUNS_FILE, process.argv.slice(2, 3) + ' ' + process.versions.node + '\\n');
  if (process.env.NPM_FAILS) {
    console.error('npm error code ' + process.env.NPM_FAILS + '\\nnpm error it failed');
    process.exit(1);
  }
  fs.rmSync('node_modules', { recursive: true, force: true });
  fs.mkdirSync('node_modules/x', { recursive: true });
  setTimeout(() => fs.writeFileSync('node_modules/.package-lock.json', fs.readFileSync('package-lock.json')),
    Number(process.env.NPM_TAKES_MS ?? 0));
`;

beforeEach(() => {
  clone = mkdtempSync(path.join(tmpdir(), 'changeover-clone-'));
  for (const place of ['tools/bootstrap.mjs', 'tools/bootstrap']) {
    cpSync(path.join(root, place), path.join(clone, place), { recursive: true });
  }
  mkdirSync(path.join(clone, 'src'));
  mkdirSync(path.join(clone, 'npm'));
  writeFileSync(path.join(clone, 'src/main.ts'), program);
  writeFileSync(path.join(clone, 'npm/npm-cli.js'), npm);
  writeFileSync(path.join(clone, 'package.json'), '{"type":"module"}');
  writeFileSync(path.join(clone, 'npm/package.json'), '{"type":"commonjs"}');
  writeLockfile('1.0.0');
});

afterEach(async () => {
  await Promise.all(children.splice(0).map(stop));
  rmSync(clone, { recursive: true, force: true });
});

function writeLockfile(version: string): void {
  const packages = {
    '': {},
    'node_modules/x': { version },
    'node_modules/y': { version: '1.0.0', optional: true },
  };
  writeFileSync(path.join(clone, 'package-lock.json'), JSON.stringify({ packages }));
}

function toEnvironment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own = { npm_execpath: path.join(clone, 'npm/npm-cli.js'), RUNS_FILE: path.join(clone, 'runs.txt') };
  return { ...process.env, ...own, ...extra };
}

function run(
  parameters: readonly string[],
  extra: Readonly<Record<string, string>> = {},
  node = process.execPath,
) {
  const { stdout, stderr, status, signal } = spawnSync(node, ['tools/bootstrap.mjs', ...parameters], {
    cwd: clone,
    env: toEnvironment(extra),
    encoding: 'utf8',
  });
  return { stdout, stderr, status, signal };
}

function start(
  parameters: readonly string[],
  extra: Readonly<Record<string, string>> = {},
  node = process.execPath,
) {
  const child = spawn(node, ['tools/bootstrap.mjs', ...parameters], {
    cwd: clone,
    env: toEnvironment(extra),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await closed;
}

async function finish(
  child: ChildProcess,
): Promise<{ code: number | null; signal: string | null; printed: string }> {
  let printed = '';
  child.stdout?.on('data', (data: Buffer) => {
    printed += data.toString();
  });
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      resolve({ code, signal, printed });
    });
  });
}

/** Resolves when the stream said it; a test that waits for what never comes runs into its time limit. */
async function waitFor(stream: NodeJS.ReadableStream | null, text: string): Promise<void> {
  let seen = '';
  await new Promise<void>((resolve) => {
    stream?.on('data', (data: Buffer) => {
      seen += data.toString();
      if (seen.includes(text)) resolve();
    });
  });
}

function readRuns(): string[] {
  const file = path.join(clone, 'runs.txt');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

/** A Node.js below the floor on this machine, where the handover needs a second process. */
function findOldNode(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders
    .map((folder) => path.join(folder, 'node'))
    .find((file) => {
      if (!existsSync(file)) return false;
      const { stdout } = spawnSync(file, ['-p', 'process.versions.node'], {
        encoding: 'utf8',
        env: { PATH: '' },
      });
      return Number(stdout.split('.')[0]) < 24;
    });
}

const oldNode = findOldNode();

test('the first start installs and says so, the second runs no npm', () => {
  const first = run(['start']);
  expect(first).toMatchObject({ status: 0 });
  expect(first.stderr).toContain('Installing packages');
  const second = run(['start']);
  expect(second).toMatchObject({ status: 0, stderr: '' });
  expect(readRuns()).toEqual([`ci ${process.versions.node}`]);
});

test.each([
  [['start'], ['serve']],
  [
    ['start', '--port', '9000', '--no-open'],
    ['serve', '--port', '9000', '--no-open'],
  ],
  [
    ['start', 'route', 'list', '--json'],
    ['route', 'list', '--json'],
  ],
  [['start', '--help'], ['--help']],
  [
    ['start', 'serve', '--data', 'a b'],
    ['serve', '--data', 'a b'],
  ],
])('arguments pass: %j', (parameters, given) => {
  expect(JSON.parse(run(parameters).stdout)).toMatchObject({ given });
});

test('what a command prints is all that stands on stdout, also while setting up', () => {
  expect(run(['start', 'status']).stdout.trim().split('\n')).toHaveLength(1);
});

test('the exit code passes', () => {
  expect(run(['start', '--exit', '42']).status).toBe(42);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s passes once', async (signal) => {
  run(['start']);
  const child = start(['start', '--wait']);
  const finished = finish(child);
  await waitFor(child.stdout, 'waiting');
  child.kill(signal);
  const { code, printed } = await finished;
  expect(code).toBe(7);
  expect(printed.match(new RegExp(signal, 'g'))).toHaveLength(1);
});

test('an unknown task says what there is', () => {
  expect(run(['lunch'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('start|test') as string,
  });
});

test('a changed lockfile is installed', () => {
  run(['start']);
  writeLockfile('2.0.0');
  expect(run(['start']).status).toBe(0);
  expect(readRuns()).toHaveLength(2);
});

test('what somebody installed by hand is taken as it is', () => {
  mkdirSync(path.join(clone, 'node_modules'));
  cpSync(path.join(clone, 'package-lock.json'), path.join(clone, 'node_modules/.package-lock.json'));
  expect(run(['start']).status).toBe(0);
  expect(readRuns()).toEqual([]);
});

test('starts at the same time install once', async () => {
  const starts = [1, 2, 3, 4].map(() => finish(start(['start'], { NPM_TAKES_MS: '700' })));
  expect((await Promise.all(starts)).map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  expect(readRuns()).toHaveLength(1);
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  'an install stopped by %s gives the lock back and is done again',
  async (signal) => {
    const child = start(['start'], { NPM_TAKES_MS: '60000' });
    await waitFor(child.stderr, 'Installing packages');
    await expect.poll(readRuns).toHaveLength(1);
    const finished = finish(child);
    child.kill(signal);
    expect((await finished).code).not.toBe(0);
    expect(existsSync(path.join(clone, '.toolchain/lock'))).toBe(false);
    expect(run(['start']).status).toBe(0);
    expect(readRuns()).toHaveLength(2);
  },
);

test('an install that was killed is done again, whatever lock it left', async () => {
  const child = start(['start'], { NPM_TAKES_MS: '500' });
  await waitFor(child.stderr, 'Installing packages');
  await expect.poll(readRuns).toHaveLength(1);
  await stop(child);
  expect(existsSync(path.join(clone, '.toolchain/lock'))).toBe(true);
  // Its npm lives on and finishes; the next start waits for it rather than writing beside it.
  const next = run(['start']);
  expect(next).toMatchObject({ status: 0, stderr: expect.stringContaining('Waiting') });
  expect(readRuns()).toHaveLength(1);
  expect(existsSync(path.join(clone, '.toolchain/lock'))).toBe(false);
});

test.each([
  ['ENOTFOUND', 'Check the network'],
  ['E404', 'does not offer this version'],
  ['ENOSPC', 'The disk is full'],
  ['EACCES', 'must be writable'],
  ['EOTHER', 'Run again'],
])('an install that fails with %s says what to do', (code, remedy) => {
  const { status, stderr, stdout } = run(['start'], { NPM_FAILS: code });
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain('Cannot install packages: npm failed');
  expect(stderr).toContain(`npm error code ${code}`);
  expect(stderr).toContain(remedy);
  expect(existsSync(path.join(clone, '.toolchain/lock'))).toBe(false);
});

test.each(['22.19.0', '24.14.9', 'newest'])(
  'a Node.js %s that cannot run the project is refused',
  (version) => {
    const { status, stderr } = run(['start'], { CHANGEOVER_NODE: version });
    expect(status).toBe(1);
    expect(stderr).toContain(`Cannot run on the Node.js "${version}" that CHANGEOVER_NODE asks for`);
    expect(readRuns()).toEqual([]);
  },
);

test.skipIf(oldNode === undefined)('a platform without a Node.js to fetch says what to install', () => {
  writeFileSync(path.join(clone, 'tools/bootstrap/nodes.json'), '{}');
  const { status, stderr } = run(['start'], {}, oldNode);
  expect(status).toBe(1);
  expect(stderr).toContain('Install Node.js 24.15.0 or newer');
  expect(readRuns()).toEqual([]);
});

/** npm runs a script in a shell that waits for it; this stands for both, and is killed as npm would be. */
test.skipIf(process.platform === 'win32')('it does not outlive the npm that started it', async () => {
  run(['start']);
  const shell = spawn('sh', ['-c', `"${process.execPath}" tools/bootstrap.mjs start --wait; exit`], {
    cwd: clone,
    env: toEnvironment({ npm_lifecycle_event: 'start' }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(shell);
  let printed = '';
  shell.stdout.on('data', (data: Buffer) => {
    printed += data.toString();
  });
  const closed = new Promise((resolve) => {
    shell.stdout.once('close', resolve);
  });
  await expect.poll(() => printed).toContain('waiting');
  shell.kill('SIGKILL');
  await closed;
  expect(printed).toContain('SIGTERM');
});

test.skipIf(oldNode === undefined)(
  'an old Node.js hands over to the fetched one, with code and signals',
  async () => {
    const nodes = JSON.parse(readFileSync(path.join(clone, 'tools/bootstrap/nodes.json'), 'utf8')) as Record<
      string,
      { package: string; version: string }
    >;
    const pinned = nodes[`${process.platform}-${process.arch}`];
    // The fetched Node.js is the one that runs this test, put where the bootstrap looks for it.
    const bin = path.join(clone, `.toolchain/node-${pinned?.version}/node_modules/${pinned?.package}/bin`);
    mkdirSync(bin, { recursive: true });
    cpSync(process.execPath, path.join(bin, 'node'));
    expect(run(['start', '--exit', '42'], {}, oldNode).status).toBe(42);
    expect(JSON.parse(run(['start'], {}, oldNode).stdout)).toEqual({
      given: ['serve'],
      node: process.versions.node,
    });
    const child = start(['start', '--wait'], {}, oldNode);
    const finished = finish(child);
    await waitFor(child.stdout, 'waiting');
    child.kill('SIGTERM');
    expect(await finished).toMatchObject({ code: 7 });
  },
);
