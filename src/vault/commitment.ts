import { createHash, randomBytes } from 'node:crypto';

/** Salts have one fixed size: with free sizes two pairs of salt and content could give one commitment. */
const commitmentSaltBytes = 32;

const tag = Buffer.from('changeover commitment 1\n');

/** A fresh salt for one commitment; who deletes it makes the commitment say nothing any more. */
export function createSalt(): Uint8Array {
  return new Uint8Array(randomBytes(commitmentSaltBytes));
}

/**
 * SHA-256 over tag, salt and bytes, in lower-case hex. Whoever has salt and bytes can check it; without the
 * salt not even a guess of the bytes can be confirmed, so that a chain of commitments outlives the erasure of
 * the content.
 */
export function commit(salt: Uint8Array, bytes: Uint8Array): string {
  if (salt.length !== commitmentSaltBytes) {
    throw new TypeError(
      `Cannot commit with a salt of ${salt.length} bytes: it must have ${commitmentSaltBytes}`,
    );
  }
  return createHash('sha256').update(tag).update(salt).update(bytes).digest('hex');
}
