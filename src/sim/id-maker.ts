import { createSeededRandom } from '../kernel/index.ts';
import type { IdMaker } from './answer.ts';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Creates a source of ids; one seed gives one sequence. */
export function createIdMaker(seed: number): IdMaker {
  const random = createSeededRandom(seed);
  function draw(size: number, base: number): string {
    const bytes = random.bytes(size);
    let text = '';
    for (const byte of bytes) text += alphabet[byte % base] ?? '0';
    return text;
  }
  function hex(size: number): string {
    return draw(size, 16).toLowerCase();
  }
  return {
    letters: (size) => draw(size, 62),
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`,
    digits: (size) => draw(size, 10),
  };
}
