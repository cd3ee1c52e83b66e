import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Shot } from './load.ts';

/** A program under test that is running. */
export interface RunningTarget {
  readonly shot: Shot;
  readonly pid: number;
  /** From the start of the process to its first answered call, milliseconds. */
  readonly startMs: number;
  stop(): Promise<void>;
}

/** A program under test. */
export interface Target {
  readonly name: string;
  start(upstream: string): Promise<RunningTarget>;
  close(): void;
}

const here = import.meta.dirname;
const root = path.join(here, '..', '..');
const chatPath = '/v1/chat/completions';
const smallBody = '{"model":"bench","messages":[{"role":"user","content":"x"}]}';

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts a helper program that tells its URL over IPC. */
export async function startScript(
  script: string,
  parameters: readonly string[] = [],
): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(path.join(here, script), parameters, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { url: string }).url));
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}`)));
  });
  return { child, url };
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

/** Asks until a call is answered; the process is polled every two milliseconds, so that is the error. */
async function waitForCall(shot: Shot, child: ChildProcess): Promise<void> {
  const until = performance.now() + 30_000;
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`The program ended with ${child.exitCode}`);
    try {
      const headers = { 'content-type': 'application/json', ...shot.headers };
      const answer = await fetch(shot.url + shot.path, { method: 'POST', headers, body: smallBody });
      await answer.arrayBuffer();
      if (answer.ok) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error(`${shot.url} does not answer`);
}

/** The bare relay. */
export function toRelayTarget(): Target {
  return {
    name: 'bare relay',
    async start(upstream) {
      const started = performance.now();
      const { child, url } = await startScript('relay.ts', [upstream]);
      const shot = { url, path: chatPath, headers: {} };
      await waitForCall(shot, child);
      return {
        shot,
        pid: child.pid ?? 0,
        startMs: performance.now() - started,
        stop: () => stop(child, 'SIGTERM'),
      };
    },
    close: () => undefined,
  };
}

async function createKey(url: string, adminKey: string): Promise<string> {
  const answer = await fetch(`${url}/api/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    body: '{"name":"bench"}',
  });
  return ((await answer.json()) as { key: string }).key;
}

/** Builds what is published and lays it out as an installation: JavaScript, no sources, no type stripping. */
export function installShipped(): { readonly program: string; close(): void } {
  const build = path.join(root, 'tools', 'build.ts');
  const built = spawnSync(process.execPath, [build], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (built.status !== 0) throw new Error('Cannot build the package');
  const folder = mkdtempSync(path.join(tmpdir(), 'changeover-installed-'));
  for (const part of ['bin', 'dist', 'package.json']) {
    cpSync(path.join(root, part), path.join(folder, part), { recursive: true });
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  return {
    program: path.join(folder, 'bin', 'changeover.mjs'),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Changeover as it is shipped: keys, meter, tariff and ledger on; bodies kept when asked. */
export function toChangeoverTarget(
  program: string,
  { bodies, strict }: { readonly bodies: boolean; readonly strict: boolean },
): Target {
  const folder = mkdtempSync(path.join(tmpdir(), 'changeover-bench-'));
  const adminKey = 'bench-admin-key-0123456789';
  let key: string | null = null;
  function spawnIt(port: number): ChildProcess {
    return spawn(
      process.execPath,
      [program, 'serve', '--port', String(port), '--data', path.join(folder, 'data')].concat([
        '--config',
        path.join(folder, 'changeover.yaml'),
        '--no-open',
      ]),
      {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, CHANGEOVER_ADMIN_KEY: adminKey, CHANGEOVER_DISCOVER: '0' },
      },
    );
  }
  async function learnKey(port: number): Promise<string> {
    const child = spawnIt(port);
    const url = `http://127.0.0.1:${port}`;
    for (let round = 0; round < 1_000; round++) {
      const isReady = await fetch(`${url}/readyz`).then(
        (answer) => answer.ok,
        () => false,
      );
      if (isReady) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const made = await createKey(url, adminKey);
    await stop(child, 'SIGTERM');
    return made;
  }
  const features = [bodies ? 'bodies kept' : null, strict ? 'strict' : null].filter((part) => part !== null);
  return {
    name: `Changeover${features.length === 0 ? '' : ` (${features.join(', ')})`}`,
    async start(upstream) {
      const config = [
        'endpoints:',
        `  up: { profile: openai-compatible, url: "${upstream}/v1", models: [bench], prices: { bench: { currency: USD, input: "0.15", output: "0.60" } } }`,
        'routes:',
        `  bench: { serve: bench@up${bodies ? ', bodies: { keep: 1d }' : ''} }`,
        `ledger: { durability: ${strict ? 'strict' : 'batch'} }`,
        '',
      ];
      writeFileSync(path.join(folder, 'changeover.yaml'), config.join('\n'));
      const port = await findFreePort();
      key ??= await learnKey(port);
      const started = performance.now();
      const child = spawnIt(port);
      const shot = {
        url: `http://127.0.0.1:${port}`,
        path: chatPath,
        headers: { authorization: `Bearer ${key}` },
      };
      await waitForCall(shot, child);
      return {
        shot,
        pid: child.pid ?? 0,
        startMs: performance.now() - started,
        stop: () => stop(child, 'SIGTERM'),
      };
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** @portkey-ai/gateway as its documentation starts it. */
export function toPortkeyTarget(): Target | null {
  const program = path.join(here, '..', 'node_modules', '@portkey-ai', 'gateway', 'build', 'start-server.js');
  if (!existsSync(program)) return null;
  return {
    name: 'Portkey 1.15.2',
    async start(upstream) {
      const port = await findFreePort();
      const started = performance.now();
      const child = spawn(process.execPath, [program, '--headless', `--port=${port}`], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, NODE_ENV: 'production', TRUSTED_CUSTOM_HOSTS: '127.0.0.1,localhost' },
      });
      const headers = {
        'x-portkey-provider': 'openai',
        'x-portkey-custom-host': `${upstream}/v1`,
        authorization: 'Bearer x',
      };
      const shot = { url: `http://127.0.0.1:${port}`, path: chatPath, headers };
      await waitForCall(shot, child);
      return {
        shot,
        pid: child.pid ?? 0,
        startMs: performance.now() - started,
        stop: () => stop(child, 'SIGTERM'),
      };
    },
    close: () => undefined,
  };
}
