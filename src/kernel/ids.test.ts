import { expect, test } from 'vitest';

import { createManualClock } from './clock.ts';
import { createIdSource } from './ids.ts';
import { createSeededRandom } from './random.ts';

test('next() gives ids that are unique and sort by time, also within one millisecond and when the clock jumps back', () => {
  const clock = createManualClock();
  const ids = createIdSource(clock, createSeededRandom(1));
  const made: string[] = [];
  for (let round = 0; round < 5_000; round++) {
    made.push(ids.next('call'));
    if (round % 1_700 === 0) clock.advance(3);
  }
  clock.advance(-60_000);
  made.push(ids.next('call'));
  expect(new Set(made).size).toBe(made.length);
  expect(made.toSorted()).toEqual(made);
  expect(made[0]).toMatch(/^call_[0-9a-hjkmnp-tv-z]{26}$/);
});

test('the same seed gives the same ids, another seed others', () => {
  const make = (seed: number): string =>
    createIdSource(createManualClock(), createSeededRandom(seed)).next('x');
  expect(make(7)).toBe(make(7));
  expect(make(7)).not.toBe(make(8));
});
