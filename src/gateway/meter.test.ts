import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { Hold } from '../kernel/index.ts';
import { createMeter } from './meter.ts';

const day = 86_400_000;
const budget = { amount: 100n, currency: 'USD', period: 'day' } as const;

test('balances() never go below zero and end flat, whatever the order of holds and settles', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ amount: fc.bigInt(0n, 50n), actual: fc.bigInt(0n, 60n), pick: fc.nat() })),
      (steps) => {
        const meter = createMeter();
        const open: { hold: Hold; actual: bigint }[] = [];
        let spent = 0n;
        for (const step of steps) {
          if (step.pick % 3 === 0 && open.length > 0) {
            const [done] = open.splice(step.pick % open.length, 1);
            if (done !== undefined) {
              meter.settle(done.hold, done.actual, day);
              meter.settle(done.hold, done.actual, day);
              spent += done.actual;
            }
          } else {
            open.push({
              hold: meter.reserve({ keyId: 'k', amount: step.amount, budget }, day),
              actual: step.actual,
            });
          }
          const now = meter.balances('k', budget, day);
          expect(now.inFlight).toBe(open.length);
          expect(now.reserved >= 0n).toBe(true);
          expect(now.spent).toBe(spent);
        }
        for (const { hold, actual } of open) meter.settle(hold, actual, day);
        expect(meter.balances('k', budget, day)).toMatchObject({ inFlight: 0, reserved: 0n });
        expect(meter.inFlight).toBe(0);
      },
    ),
  );
});

test('balances() begin anew with each period, and a clock that jumps back does not open the old one', () => {
  const meter = createMeter();
  meter.settle(meter.reserve({ keyId: 'k', amount: 5n, budget }, day), 7n, day);
  expect(meter.balances('k', budget, day).spent).toBe(7n);
  expect(meter.balances('k', budget, 2 * day).spent).toBe(0n);
  meter.settle(meter.reserve({ keyId: 'k', amount: 5n, budget }, 2 * day), 3n, 2 * day);
  expect(meter.balances('k', budget, day).spent).toBe(3n);
});
