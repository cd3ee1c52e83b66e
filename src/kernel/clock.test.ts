import { expect, test } from 'vitest';

import { createManualClock } from './clock.ts';

test('advance() fires timers in order of their time, also those that are set while it runs', () => {
  const clock = createManualClock(1_000);
  const fired: string[] = [];
  clock.after(30, () => fired.push('c'));
  clock.after(10, () => {
    fired.push('a');
    clock.after(5, () => fired.push('b'));
  });
  const cancelled = clock.after(20, () => fired.push('never'));
  cancelled.cancel();
  clock.advance(29);
  expect(fired).toEqual(['a', 'b']);
  clock.advance(1);
  expect(fired).toEqual(['a', 'b', 'c']);
  expect([clock.now(), clock.monotonicMs(), clock.pending()]).toEqual([1_030, 30, 0]);
});
