import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { root } from '../../tools/project-files.ts';

/** Limit for a start, and for a command, on a machine that runs other tests beside. */
const waitMsMax = 15_000;

export const adminKey = 'admin-key-of-a-test-0123456789abcdef';

/** A command that runs, or has ended. */
export interface RunningProcess {
  readonly child: ChildProcess;
  /** The exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** What it wrote so far, stdout and stderr. */
  printed(): string;
  /** The first group of the pattern, as soon as it was printed; rejects when the process ends before. */
  saying(pattern: RegExp): Promise<string>;
}

/** A gateway that serves a data folder which the test keeps. */
export interface ServingProcess extends RunningProcess {
  readonly url: string;
  readonly adminKey: string;
}

interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Run as this user; only root can ask for another. */
  readonly uid?: number;
}

/** Runs this clone's own command as a process of its own. */
export function runChangeover(parameters: readonly string[], options: RunOptions = {}): RunningProcess {
  const bin = path.join(root, 'bin', 'changeover.mjs');
  const child = spawn(process.execPath, [bin, ...parameters], {
    cwd: tmpdir(),
    env: {
      ...process.env,
      CHANGEOVER_ADMIN_KEY: adminKey,
      CHANGEOVER_DISCOVER: '0',
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid }),
  });
  running.add(child);
  let printed = '';
  let onPrinted = (): void => undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      onPrinted();
    });
  }
  const ended = new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve(code ?? signal ?? 'unknown');
    });
  });
  const saying = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const fail = (why: string): void =>
        reject(new Error(`The process did not say ${String(pattern)} (${why}); it printed\n${printed}`));
      const timer = setTimeout(() => fail('too late'), waitMsMax);
      const look = (): void => {
        const found = pattern.exec(printed);
        if (found === null) return;
        clearTimeout(timer);
        resolve(found[1] ?? found[0]);
      };
      onPrinted = look;
      look();
      void ended.then((code) => fail(`ended with ${code}`));
    });
  return { child, ended, printed: () => printed, saying };
}

const running = new Set<ChildProcess>();

/** Kills what a failed test left running. */
export function killLeftovers(): void {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
}

/** Starts the gateway on any free port; resolves when it says where it serves. */
export async function serveFolder(
  folder: string,
  parameters: readonly string[] = [],
  options: RunOptions = {},
): Promise<ServingProcess> {
  const all = ['serve', '--port', '0', '--data', folder, '--no-open', ...parameters];
  const started = runChangeover(all, options);
  const url = await started.saying(/Changeover serves on (\S+)/);
  return { ...started, url, adminKey };
}

/** A folder for one test file, and its removal. */
export function makeFolder(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'changeover-process-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
