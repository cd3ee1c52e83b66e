import type { Clock } from '../../src/kernel/index.ts';

/** The machine's clock for tests that talk to simulated endpoints at real speed. */
export const realClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
