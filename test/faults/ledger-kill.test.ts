import { expect, test } from 'vitest';
import { killWriters } from './ledger-kill.ts';

/** Few, because each takes a second; twenty by hand, see ledger-kill.ts. */
const kills = 3;

for (const durability of ['batch', 'strict'] as const) {
  test(
    `SIGKILL in the middle of writing loses no acknowledged row (${durability})`,
    { timeout: 120_000 },
    async () => {
      const outcome = await killWriters(durability, kills);
      expect(outcome).toMatchObject({ kills, lost: [], faults: [] });
      expect(outcome.acknowledged).toBeGreaterThan(0);
      if (durability === 'strict') expect(outcome.interrupted).toBeGreaterThan(0);
    },
  );
}
