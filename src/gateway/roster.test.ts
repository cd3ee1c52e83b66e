import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Roster } from './roster.ts';

test('a roster holds exactly what was added and not removed, each at a place of its own', () => {
  fc.assert(
    fc.property(fc.array(fc.nat()), (steps) => {
      const roster = new Roster<{ readonly id: number }>();
      const inside = new Map<{ readonly id: number }, number>();
      for (const [id, step] of steps.entries()) {
        const known = [...inside][step % Math.max(1, inside.size)];
        if (step % 3 === 0 && known !== undefined) {
          const [item, place] = known;
          expect(roster.remove(place, item)).toBe(true);
          expect(roster.remove(place, item)).toBe(false);
          inside.delete(item);
        } else {
          const item = { id };
          inside.set(item, roster.add(item));
        }
        expect(new Set(inside.values()).size).toBe(inside.size);
        expect(new Set(roster.items())).toEqual(new Set(inside.keys()));
        expect(roster.size).toBe(inside.size);
      }
    }),
  );
});
