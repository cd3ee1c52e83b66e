import type { Clock, Timer } from '../kernel/index.ts';

/** Runs steps of upkeep one after the other, however often and from wherever they are asked for. */
export interface Housekeeping {
  /** Runs `work` when what was asked before has ended. */
  run<Value>(work: () => Promise<Value>): Promise<Value>;
  /** Runs `work` every `everyMs`; its failures go to `onError`, and it is tried again next time. */
  repeat(everyMs: number, work: () => Promise<unknown>): void;
  /** What failed last, or null. */
  readonly lastError: string | null;
  /** Stops repeating and waits for what is running. */
  close(): Promise<void>;
}

/** Creates it over the clock port. */
export function createHousekeeping(clock: Clock): Housekeeping {
  const timers = new Map<number, Timer>();
  let tail: Promise<unknown> = Promise.resolve();
  let lastError: string | null = null;
  let isClosed = false;
  let lastTimer = 0;

  async function note(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      lastError = null;
    } catch (error) {
      lastError = error instanceof Error ? error.message : String(error);
    }
  }
  function run<Value>(work: () => Promise<Value>): Promise<Value> {
    const result = tail.then(work);
    tail = result.catch(() => undefined);
    return result;
  }
  return {
    run,
    repeat(everyMs, work) {
      const id = ++lastTimer;
      function plan(): void {
        if (isClosed) return;
        timers.set(
          id,
          clock.after(everyMs, () => void note(work).then(plan)),
        );
      }
      plan();
    },
    get lastError() {
      return lastError;
    },
    async close() {
      isClosed = true;
      for (const timer of timers.values()) timer.cancel();
      await tail;
    },
  };
}
