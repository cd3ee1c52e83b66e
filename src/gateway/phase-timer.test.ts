import { expect, test } from 'vitest';

import { createManualClock } from '../kernel/index.ts';
import { type Phase, PhaseTimer } from './phase-timer.ts';

function start(totalMs: number): {
  clock: ReturnType<typeof createManualClock>;
  timer: PhaseTimer;
  expired: [Phase, number][];
} {
  const clock = createManualClock();
  const expired: [Phase, number][] = [];
  return {
    clock,
    expired,
    timer: new PhaseTimer(clock, totalMs, (phase, limitMs) => expired.push([phase, limitMs])),
  };
}

test('each phase expires at its own limit, counted from its beginning', () => {
  const { clock, timer, expired } = start(100_000);
  timer.enter('connect', 1_000);
  clock.advance(900);
  timer.enter('firstByte', 5_000);
  clock.advance(4_990);
  expect(expired).toEqual([]);
  clock.advance(20);
  expect(expired).toEqual([['firstByte', 5_000]]);
  expect(clock.pending()).toBe(0);
});

test('a later phase with a shorter limit is not held by the longer one before', () => {
  const { clock, timer, expired } = start(100_000);
  timer.enter('firstByte', 50_000);
  timer.enter('idle', 100);
  clock.advance(110);
  expect(expired).toEqual([['idle', 100]]);
});

test('idle is counted anew with every chunk, total is not', () => {
  const { clock, timer, expired } = start(1_000);
  for (let chunk = 0; chunk < 20 && expired.length === 0; chunk++) {
    timer.enter('idle', 80);
    clock.advance(60);
  }
  expect(expired).toEqual([['total', 1_000]]);
});

test('stop() leaves no timer behind', () => {
  const { clock, timer, expired } = start(1_000);
  timer.enter('connect', 10);
  timer.stop();
  timer.enter('idle', 10);
  clock.advance(5_000);
  expect(expired).toEqual([]);
  expect(clock.pending()).toBe(0);
});
