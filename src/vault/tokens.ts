import { hash, timingSafeEqual } from 'node:crypto';
import type { Random } from '../kernel/index.ts';
import { toBase32 } from './base32.ts';

/** 160 bits in 32 letters: out of reach of guessing, even one of 100,000 keys. */
const tokenBytes = 20;

/** 30 bits of checksum: one typo in a thousand million passes for a real key. */
const checkLetters = 6;

/** A random token of 160 bits, for links that work once and for admin keys. */
export function randomToken(random: Random): string {
  return toBase32(random.bytes(tokenBytes));
}

function toChecksum(text: string): string {
  return toBase32(hash('sha256', text, 'buffer').subarray(0, 4)).slice(0, checkLetters);
}

/** A new client key: `chg_`, 32 random letters, 6 letters of checksum over all before. */
export function createClientToken(random: Random): string {
  const text = `chg_${randomToken(random)}`;
  return text + toChecksum(text);
}

/** What people recognise a client key by; too short to be guessed from. */
export function toHint(token: string): string {
  return token.slice(0, 'chg_'.length + 4);
}

/**
 * Tells a mistyped or cut client key (`damaged`) from a whole one and from something that is no client key at
 * all, so that an error can say which. `whole` does not mean that the key exists.
 */
export function toTokenShape(token: string): 'whole' | 'damaged' | 'foreign' {
  if (!token.startsWith('chg_')) return 'foreign';
  const text = token.slice(0, -checkLetters);
  const isWhole = /^chg_[0-9a-z]{38}$/.test(token) && token.slice(-checkLetters) === toChecksum(text);
  return isWhole ? 'whole' : 'damaged';
}

/** Compares without telling by its time where the first difference is, or how long the real one is. */
export function isSameSecret(left: string, right: string): boolean {
  return timingSafeEqual(hash('sha256', left, 'buffer'), hash('sha256', right, 'buffer'));
}
