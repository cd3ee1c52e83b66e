import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type Result, success } from '../kernel/index.ts';
import type { Subkey } from './subkeys.ts';
import { vaultFailure } from './vault-failure.ts';

/** Layout: version (1 byte), key id (4), nonce (12), ciphertext, tag (16). */
const version = 1;
const headBytes = 1 + 4 + 12;
const tagBytes = 16;

const algorithm = 'aes-256-gcm';

/** The head is authenticated too, so that nobody can make one version pass for another. */
function toAdditionalData(head: Uint8Array, context: string): Uint8Array {
  return Buffer.concat([head, Buffer.from(context, 'utf8')]);
}

/**
 * Encrypts with AES-256-GCM under a fresh random nonce; safe for some thousand million seals under one key.
 */
export function sealBytes(subkey: Subkey, context: string, plaintext: Uint8Array): Uint8Array {
  const nonce = randomBytes(12);
  const head = Buffer.concat([Buffer.of(version), Buffer.from(subkey.id, 'hex'), nonce]);
  const cipher = createCipheriv(algorithm, subkey.bytes, nonce);
  cipher.setAAD(toAdditionalData(head, context));
  return Buffer.concat([head, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Decrypts what `sealBytes` made for the same purpose and context; anything else is a failure, never wrong
 * bytes.
 */
export function openSealed(subkey: Subkey, context: string, sealed: Uint8Array): Result<Uint8Array> {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (bytes.length < headBytes + tagBytes || bytes[0] !== version) {
    return vaultFailure('a sealed value is cut or of an unknown version; restore it from a backup');
  }
  if (bytes.subarray(1, 5).toString('hex') !== subkey.id) {
    return vaultFailure(
      'a value was sealed with another secret; use the secret that the data was written with',
    );
  }
  const head = bytes.subarray(0, headBytes);
  const decipher = createDecipheriv(algorithm, subkey.bytes, head.subarray(5), { authTagLength: tagBytes });
  decipher.setAAD(toAdditionalData(head, context));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  try {
    const body = bytes.subarray(headBytes, -tagBytes);
    return success(new Uint8Array(Buffer.concat([decipher.update(body), decipher.final()])));
  } catch {
    // GCM says no more than "does not fit": changed bytes, or a value moved from another place.
    return vaultFailure('a sealed value was changed, or belongs to another place; restore it from a backup');
  }
}
