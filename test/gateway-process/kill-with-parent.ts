import type { ChildProcess } from 'node:child_process';

let watching = false;

/**
 * Kills a child when this process ends, by whatever but kill -9: what a run has started must not outlive
 * it, also when a person presses Ctrl+C in the middle. For programs; tests close what they open.
 */
export function killWithParent(child: ChildProcess): void {
  if (!watching) {
    watching = true;
    // Without a handler a signal ends the process and no exit handler runs.
    const end = (): void => process.exit(130);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  }
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('close', () => process.removeListener('exit', kill));
}
