/** A timer that has been set; cancelling twice is harmless. */
export interface Timer {
  cancel(): void;
}

/** The only way to time. `assembly` gives the real one, tests a manual one. */
export interface Clock {
  /** Wall clock, epoch milliseconds. May jump. */
  now(): number;
  /** Milliseconds since some start, never going back; may have fractions. */
  monotonicMs(): number;
  /** Runs `action` once after `delayMs`. Timers never keep the process alive by themselves. */
  after(delayMs: number, action: () => void): Timer;
}

/** A clock that moves only when told; timers fire in order of their time. */
export interface ManualClock extends Clock {
  advance(byMs: number): void;
  /** How many timers are set; a test asserts zero at its end. */
  pending(): number;
}

/** Creates a clock for tests and simulations, starting at `startMs` (epoch milliseconds). */
export function createManualClock(startMs = 1_700_000_000_000): ManualClock {
  let elapsed = 0;
  let sequence = 0;
  const timers = new Map<number, { readonly at: number; readonly action: () => void }>();
  function nextDue(limit: number): number | undefined {
    let best: number | undefined;
    for (const [id, timer] of timers) {
      if (timer.at <= limit && (best === undefined || timer.at < (timers.get(best)?.at ?? 0))) best = id;
    }
    return best;
  }
  return {
    now: () => startMs + elapsed,
    monotonicMs: () => elapsed,
    after(delayMs, action) {
      const id = sequence++;
      timers.set(id, { at: elapsed + Math.max(0, delayMs), action });
      return { cancel: () => void timers.delete(id) };
    },
    advance(byMs) {
      const target = elapsed + byMs;
      for (let id = nextDue(target); id !== undefined; id = nextDue(target)) {
        const timer = timers.get(id);
        timers.delete(id);
        if (timer === undefined) continue;
        elapsed = Math.max(elapsed, timer.at);
        timer.action();
      }
      elapsed = target;
    },
    pending: () => timers.size,
  };
}
