import type { Clock, Timer } from '../kernel/index.ts';

/** The phases of an attempt, in their order. */
export type Phase = 'connect' | 'firstByte' | 'firstToken' | 'idle' | 'total';

/** Words for people. */
export const phaseNames: Readonly<Record<Phase, string>> = {
  connect: 'connecting',
  firstByte: 'the first byte',
  firstToken: 'the first token',
  idle: 'a pause inside the answer',
  total: 'the whole answer',
};

/**
 * One timer for all phases of an attempt. Deadlines move with every chunk, so the timer is not set anew
 * each time: it fires, sees that the deadline has moved on, and sets itself for the rest.
 */
export class PhaseTimer {
  readonly #clock: Clock;
  readonly #onExpired: (phase: Phase, limitMs: number) => void;
  readonly #totalAt: number;
  readonly #totalMs: number;
  #phase: Phase = 'connect';
  #limitMs = 0;
  #deadline = 0;
  #timer: Timer | null = null;
  #firesAt = Number.POSITIVE_INFINITY;
  #stopped = false;

  constructor(clock: Clock, totalMs: number, onExpired: (phase: Phase, limitMs: number) => void) {
    this.#clock = clock;
    this.#onExpired = onExpired;
    this.#totalMs = totalMs;
    this.#totalAt = clock.monotonicMs() + totalMs;
  }

  /** Begins a phase, or begins the present one anew (idle, at every chunk). */
  enter(phase: Phase, limitMs: number): void {
    if (this.#stopped) return;
    this.#phase = phase;
    this.#limitMs = limitMs;
    const now = this.#clock.monotonicMs();
    this.#deadline = Math.min(now + limitMs, this.#totalAt);
    if (this.#deadline < this.#firesAt) this.#arm(now);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #arm(now: number): void {
    this.#timer?.cancel();
    this.#firesAt = this.#deadline;
    this.#timer = this.#clock.after(Math.max(0, this.#deadline - now), () => this.#fire());
  }

  #fire(): void {
    if (this.#stopped) return;
    const now = this.#clock.monotonicMs();
    this.#firesAt = Number.POSITIVE_INFINITY;
    if (now + 1 < this.#deadline) {
      this.#arm(now);
      return;
    }
    this.stop();
    if (this.#deadline === this.#totalAt) this.#onExpired('total', this.#totalMs);
    else this.#onExpired(this.#phase, this.#limitMs);
  }
}
