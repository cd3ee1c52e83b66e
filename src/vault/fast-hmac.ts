import { createHmac, hash } from 'node:crypto';

const blockBytes = 64;

/** Longest text hashed on the short way, in UTF-16 units; one unit is at most three bytes of UTF-8. */
const shortChars = 128;

/**
 * HMAC-SHA256 of short texts as lower-case hex, with the key's two padded blocks laid out once. It runs once
 * per call of a client; made of two one-shot hashes it takes 1.2 µs, where `createHmac` takes 2.0 to 2.7 µs.
 * Spec: RFC 2104 section 2; a test compares it with `createHmac`.
 */
export function createFastHmac(key: Uint8Array): (text: string) => string {
  if (key.length > blockBytes) throw new TypeError('Cannot use an HMAC key longer than one block');
  const inner = Buffer.alloc(blockBytes + shortChars * 3, 0x36);
  const outer = Buffer.alloc(blockBytes + 32, 0x5c);
  for (const [index, byte] of key.entries()) {
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  }
  return (text) => {
    if (text.length > shortChars) return createHmac('sha256', key).update(text).digest('hex');
    const bytes = inner.write(text, blockBytes, 'utf8');
    outer.write(hash('sha256', inner.subarray(0, blockBytes + bytes), 'hex'), blockBytes, 'hex');
    return hash('sha256', outer, 'hex');
  };
}
