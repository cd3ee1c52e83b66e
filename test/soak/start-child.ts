import { spawn } from 'node:child_process';
import path from 'node:path';

import { killWithParent } from '../gateway-process/kill-with-parent.ts';
import type { ChildMessage, Sample } from './gateway-child.ts';

/** The gateway in its own process. */
export interface GatewayChild {
  readonly url: string;
  /** Warnings and mistakes that it logged, bounded. */
  readonly complaints: readonly string[];
  measure(): Promise<Sample>;
  /** Resolves with what was left after everything was closed, and the exit code. */
  stop(): Promise<{ readonly left: Sample; readonly code: number | null }>;
  kill(): void;
}

/** Limit: complaints kept; the first ones tell most. */
const complaintsMax = 20;

/** Starts it; rejects when it ends before it serves. */
export async function startChild(
  folder: string,
  config: string,
  environment: Readonly<Record<string, string>>,
): Promise<GatewayChild> {
  const script = path.join(import.meta.dirname, 'gateway-child.ts');
  const child = spawn(process.execPath, ['--expose-gc', script, folder, config], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  killWithParent(child);
  const complaints: string[] = [];
  const waiting: ((sample: Sample) => void)[] = [];
  let code: number | null = null;
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (exitCode) => {
      code = exitCode;
      resolve(exitCode);
    });
  });
  const url = await new Promise<string>((resolve, reject) => {
    void ended.then(() => reject(new Error(`The gateway ended with ${String(code)}`)));
    child.on('message', (message: ChildMessage) => {
      if (message.kind === 'ready') resolve(message.url);
      else if (message.kind === 'sample') waiting.shift()?.(message);
      else if (complaints.length < complaintsMax) complaints.push(message.text);
    });
  });
  const ask = (message: 'measure' | 'stop'): Promise<Sample> =>
    new Promise((resolve, reject) => {
      waiting.push(resolve);
      void ended.then(() => reject(new Error(`The gateway ended with ${String(code)}`)));
      child.send(message);
    });
  return {
    url,
    complaints,
    measure: () => ask('measure'),
    async stop() {
      const left = await ask('stop');
      return { left, code: await ended };
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
