import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';

import { killWithParent } from '../gateway-process/kill-with-parent.ts';

/** A model loads in less than a second; the rest is for a busy machine. */
const startMsMax = 30_000;
const slots = 4;
const tokensPerSlot = 8_192;

/** A llama-server that answers. */
export interface Engine {
  readonly url: string;
  readonly port: number;
  /** Calls that it works on now. */
  busySlots(): Promise<number>;
  stop(): Promise<void>;
}

export interface EngineOptions {
  readonly program: string;
  readonly model: string;
  readonly alias: string;
  /** The port to use; null = any free one. */
  readonly port: number | null;
}

/** True when nothing listens on this port of loopback. */
export function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function findFreePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Starts the engine on loopback with one thread; rejects with its last words when it does not come up. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const port = options.port ?? (await findFreePort());
  const parameters = [
    ['--model', options.model],
    ['--alias', options.alias],
    ['--host', '127.0.0.1'],
    ['--port', String(port)],
    ['--ctx-size', String(slots * tokensPerSlot)],
    ['--parallel', String(slots)],
    ['--threads', '1'],
    ['--threads-batch', '1'],
    ['--no-warmup'],
    ['--slots'],
  ].flat();
  const child = spawn(options.program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  killWithParent(child);
  let printed = '';
  const keep = (chunk: Buffer): void => {
    printed = (printed + chunk.toString()).slice(-4_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  const url = `http://127.0.0.1:${port}`;
  if (!(await isUp(url, child))) {
    child.kill('SIGKILL');
    throw new Error(`Cannot start llama-server: it printed\n${printed}`);
  }
  return {
    url,
    port,
    async busySlots() {
      const answer = await fetch(`${url}/slots`);
      const states = (await answer.json()) as readonly { readonly is_processing: boolean }[];
      return states.filter((state) => state.is_processing).length;
    },
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function isUp(url: string, child: ChildProcess): Promise<boolean> {
  const until = performance.now() + startMsMax;
  while (performance.now() < until && child.exitCode === null && child.signalCode === null) {
    const answer = await fetch(`${url}/health`).catch(() => null);
    if (answer?.ok === true) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}
