import type { Share } from './route.ts';

/** FNV-1a over UTF-16 units: a stable 32-bit number for a name. Not for secrets. */
function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return hash;
}

/** Spreads a 32-bit number evenly (the finaliser of MurmurHash3), so that similar names do not stay close. */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

const twoTo32 = 0x1_0000_0000;

/**
 * The draw of one offer for one conversation: the lower, the earlier it is picked. An exponential draw
 * with the share as its rate makes the lowest one fall on each offer with probability share ÷ sum
 * (weighted rendezvous hashing). As each offer draws for itself, raising one share moves conversations to
 * that offer only, and removing an offer moves only its own; cutting [0, 1) into slices would also move
 * conversations between offers whose shares did not change.
 *
 * `unit` is the conversation's stable number in [0, 1).
 */
export function toDraw(unit: number, share: Share): number {
  const scaled = unit * twoTo32;
  const high = scaled >>> 0;
  const low = ((scaled - high) * twoTo32) >>> 0;
  const seed = mix(high ^ mix(low ^ hashName(share.offer)));
  // Half a step is added, because the logarithm of 0 would give a draw that no share can equal.
  return -Math.log((seed + 0.5) / twoTo32) / share.share;
}
