import { randomBytes } from 'node:crypto';

import type { Clock, Random } from '../kernel/index.ts';

/** The machine's clocks. Timers do not keep the process alive: the listening sockets do. */
export const realClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

/** The operating system's randomness. */
export const realRandom: Random = {
  bytes: (size) => randomBytes(size),
  unit: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
};
