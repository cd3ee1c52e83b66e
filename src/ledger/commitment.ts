// Salted commitments: the chain holds a hash of what may have to be erased, never the thing itself. Once the
// salt is gone, nobody can test a guess against the hash, and the chain still stands.
import { createHash, hash, randomFillSync } from 'node:crypto';

export type CommittedThing = 'conversation' | 'request' | 'response';

/** Characters of a salt: 16 random bytes in base64url. */
export const saltLength = 22;

const saltBytes = 16;
const pool = Buffer.alloc(saltBytes * 512);
let used = pool.length;

/** A fresh salt. Randomness is drawn for 512 salts at once: one draw per salt costs 2 µs. */
export function createSalt(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const salt = pool.toString('base64url', used, used + saltBytes);
  // What was given out must not stay in memory longer than the row that holds it.
  pool.fill(0, used, used + saltBytes);
  used += saltBytes;
  return salt;
}

function toPrefix(thing: CommittedThing, salt: string): string {
  return `changeover-commitment-1\n${thing}\n${salt}\n`;
}

/**
 * Commitment to a text: base64url of SHA-256 over prefix, thing, salt (each ended by a line feed) and the
 * UTF-8 text.
 */
export function commitToText(thing: CommittedThing, salt: string, text: string): string {
  return hash('sha256', toPrefix(thing, salt) + text, 'base64url');
}

/** Commitment to bytes; the same for the same bytes as `commitToText`. */
export function commitToBytes(thing: CommittedThing, salt: string, bytes: Uint8Array): string {
  return createHash('sha256').update(toPrefix(thing, salt)).update(bytes).digest('base64url');
}
