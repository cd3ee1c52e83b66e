import type { Log } from './log.ts';

/** Things to undo, newest first, when a start fails half-way or the process stops. */
export class Closers {
  readonly #actions: (() => Promise<void> | void)[] = [];

  add(action: () => Promise<void> | void): void {
    this.#actions.push(action);
  }

  async run(log: Log): Promise<void> {
    for (const action of this.#actions.splice(0).toReversed()) {
      try {
        await action();
      } catch (error) {
        // One part that cannot close must not keep the ledger behind it from being written.
        log.mistake(error, 'stop');
      }
    }
  }
}
