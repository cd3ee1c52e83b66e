import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { createSigner, toSignerKeyId, verifySignature } from './signing.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('createSigner() follows the test vector of RFC 8032', () => {
  const signer = createSigner(
    Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex'),
  );
  expect(Buffer.from(signer.sign(new Uint8Array(0))).toString('hex')).toBe(
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155' +
      '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  );
  expect(signer.identity.publicKey).toContain('BEGIN PUBLIC KEY');
});

test('verifySignature() needs the public key alone and finds every change', () => {
  const signer = createSigner(new Uint8Array(32).fill(1));
  const signature = signer.sign(bytes('head 42'));
  expect(verifySignature(signer.identity.publicKey, bytes('head 42'), signature)).toBe(true);
  expect(verifySignature(signer.identity.publicKey, bytes('head 43'), signature)).toBe(false);
  expect(verifySignature(signer.identity.publicKey, bytes('head 42'), signature.subarray(1))).toBe(false);
  const other = createSigner(new Uint8Array(32).fill(2));
  expect(verifySignature(other.identity.publicKey, bytes('head 42'), signature)).toBe(false);
  expect(other.identity.keyId).not.toBe(signer.identity.keyId);
});

test('verifySignature() proves nothing with a key of another kind or no key', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  expect(verifySignature(pem, bytes(''), new Uint8Array(64))).toBe(false);
  expect(verifySignature('no key', bytes(''), new Uint8Array(64))).toBe(false);
});

test('toSignerKeyId() names the key that a signer names', () => {
  const { identity } = createSigner(new Uint8Array(32).fill(3));
  expect(toSignerKeyId(identity.publicKey)).toBe(identity.keyId);
  expect(identity.keyId).toMatch(/^[0-9a-f]{16}$/);
  expect(toSignerKeyId('no key')).toBeNull();
});
