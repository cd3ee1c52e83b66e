// The entry of the process: hands streams, clock and command line to the CLI, and decides nothing.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { isatty } from 'node:tty';
import { type CliIo, runCli, type Writer } from './cli/index.ts';

function toWriter(stream: NodeJS.WriteStream): Writer {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader of a pipe has had enough, as in `changeover call list | head`.
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  return { write: (text) => new Promise((resolve) => stream.write(text, () => resolve())) };
}

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

const io: CliIo = {
  stdout: toWriter(process.stdout),
  stderr: toWriter(process.stderr),
  env: process.env,
  cwd: process.cwd(),
  home: homedir(),
  isTerminal: isatty(1),
  now: () => Date.now(),
  // An abort ends the waiting early and is no failure.
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => undefined),
  interrupted() {
    const controller = new AbortController();
    process.once('SIGINT', () => controller.abort());
    process.once('SIGTERM', () => controller.abort());
    return controller.signal;
  },
  get version() {
    return readVersion();
  },
  loadAssembly: () => import('./assembly/index.ts'),
};

process.exitCode = await runCli(process.argv.slice(2), io);
