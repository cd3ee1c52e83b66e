// Runs a piece of a program in a Node process of its own, so that a test can kill it like a machine would.
import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

const door = new URL('./index.ts', import.meta.url).href;

/** A started process whose lines can be waited for. */
export interface TestProcess {
  readonly child: ChildProcess;
  /** The next line of its output; fails when it ends without one, with what it said on stderr. */
  nextLine(): Promise<string>;
  /** Kills it as the kernel does when memory runs out, and waits until it is gone. */
  kill(): Promise<void>;
  /** Waits for its end and gives all lines that were not read yet. */
  rest(): Promise<readonly string[]>;
}

/**
 * Starts `source`, in which `store` is this folder's door, `folder` the given one and `say` prints one line.
 */
export function startProcess(source: string, folder: string, wrap: readonly string[] = []): TestProcess {
  const program = `
    import { writeSync } from 'node:fs';
    import * as store from ${JSON.stringify(door)};
    // Its input ends when the test's process ends, however that happened; then nobody else would stop it.
    process.stdin.on('end', () => process.exit()).resume().unref();
    const folder = ${JSON.stringify(folder)};
    const say = (value) => writeSync(1, JSON.stringify(value) + '\\n');
    ${source}`;
  const command = [...wrap, process.execPath, '--input-type=module', '--eval', program];
  const options: SpawnOptions = { stdio: ['pipe', 'pipe', 'pipe'] };
  const child = spawn(command[0] ?? '', command.slice(1), options);
  onTestFinished(() => void child.kill('SIGKILL'));
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = once(child, 'close');
  if (child.stdout === null) throw new Error('Cannot read the output of the test process');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    nextLine: async () => {
      const line = await lines.next();
      if (line.done === true) throw new Error(`The test process ended early: ${errors}`);
      return line.value;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    rest: async () => {
      const all: string[] = [];
      for (let line = await lines.next(); line.done !== true; line = await lines.next()) all.push(line.value);
      await ended;
      if (errors !== '') throw new Error(`The test process complained: ${errors}`);
      return all;
    },
  };
}
