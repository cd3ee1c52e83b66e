import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** Makes ids that sort by time: `<prefix>_` + 10 characters of time + 16 of randomness (Crockford base 32). */
export interface IdSource {
  next(prefix: string): string;
}

function encodeTime(ms: number): string {
  let rest = ms;
  let text = '';
  for (let place = 0; place < 10; place++) {
    text = (alphabet[rest % 32] ?? '0') + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/**
 * Creates an id source. Ids of one millisecond keep their order through a counter in the first
 * two random characters, so that paging by id never skips a row.
 */
export function createIdSource(clock: Clock, random: Random): IdSource {
  const poolSize = 1024;
  let pool = random.bytes(poolSize);
  let position = 0;
  let lastMs = 0;
  let timeText = '';
  let counter = 0;
  function nextByte(): number {
    if (position === poolSize) {
      pool = random.bytes(poolSize);
      position = 0;
    }
    return pool[position++] ?? 0;
  }
  return {
    next(prefix) {
      const now = Math.max(clock.now(), lastMs);
      if (now !== lastMs || counter >= 1023) {
        const moved = now === lastMs ? now + 1 : now;
        lastMs = moved;
        timeText = encodeTime(moved);
        counter = 0;
      } else counter++;
      let tail = (alphabet[counter >> 5] ?? '0') + (alphabet[counter & 31] ?? '0');
      for (let index = 0; index < 14; index++) tail += alphabet[nextByte() & 31] ?? '0';
      return `${prefix}_${timeText}${tail}`;
    },
  };
}
