import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** Who signed: `keyId` is the first 16 hex digits of SHA-256 over the public key in DER. */
export interface SignerIdentity {
  readonly keyId: string;
  /** PEM (SPKI); it may be shown to anybody. */
  readonly publicKey: string;
}

export interface Signer {
  readonly identity: SignerIdentity;
  sign(bytes: Uint8Array): Uint8Array;
}

/** DER of an Ed25519 private key up to its 32 bytes of seed. Spec: RFC 8410 section 7. */
const privateKeyHead = Buffer.from('302e020100300506032b657004220420', 'hex');

function toKeyId(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex').slice(0, 16);
}

/**
 * An Ed25519 signer whose key is derived, so that there is nothing to store and nothing to lose beside the
 * secret.
 */
export function createSigner(seed: Uint8Array): Signer {
  const privateKey = createPrivateKey({
    key: Buffer.concat([privateKeyHead, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(privateKey);
  return {
    identity: {
      keyId: toKeyId(publicKey),
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }),
    },
    sign: (bytes) => new Uint8Array(sign(null, bytes, privateKey)),
  };
}

/**
 * Checks an Ed25519 signature with nothing but the public key (PEM), as an auditor would. False for a wrong
 * signature, a key of another kind, and a text that is no key.
 */
export function verifySignature(publicKey: string, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    const key = createPublicKey(publicKey);
    return key.asymmetricKeyType === 'ed25519' && verify(null, bytes, key, signature);
  } catch {
    // The key comes from outside; whatever is wrong with it, nothing was proved.
    return false;
  }
}

/** The key id that belongs to a public key, or null when the text is no key. */
export function toSignerKeyId(publicKey: string): string | null {
  try {
    return toKeyId(createPublicKey(publicKey));
  } catch {
    return null;
  }
}
