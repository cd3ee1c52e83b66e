import { type BoundCredential, type Result, Secret, success } from '../kernel/index.ts';
import { vaultFailure } from './vault-failure.ts';

/** How a credential is sent; the same words as catalog's `AuthScheme`, which this folder must not import. */
export type CredentialScheme = 'bearer' | 'x-api-key' | 'api-key' | 'none';

/** Limit: vendors' keys have less than 300 characters, cloud tokens some thousands. */
const credentialChars = 16 * 1024;

/**
 * Reads a credential as people store it: a line break at its end is dropped; one that no header can carry is
 * a failure, which names `where` it came from and never the value.
 */
export function parseCredential(text: string, where: string): Result<Secret> {
  const trimmed = text.trim();
  if (trimmed === '') return vaultFailure(`the key from ${where} is empty`);
  if (trimmed.length > credentialChars || !/^[\x20-\x7e]+$/.test(trimmed)) {
    return vaultFailure(`the key from ${where} has characters that a header cannot carry; copy it again`);
  }
  return success(new Secret(trimmed));
}

const toHeaders: Readonly<Record<CredentialScheme, (key: string) => Readonly<Record<string, string>>>> = {
  bearer: (key) => ({ authorization: `Bearer ${key}` }),
  'x-api-key': (key) => ({ 'x-api-key': key }),
  'api-key': (key) => ({ 'api-key': key }),
  none: () => ({}),
};

/**
 * Ties a credential to one origin (`https://host:port`). The secret lives in a closure, so that printing or
 * sending the credential shows its origin only. A text with a path is a mistake: the whole host gets the
 * credential.
 */
export function bindCredential(secret: Secret, scheme: CredentialScheme, origin: string): BoundCredential {
  const url = new URL(origin);
  const bound = url.origin;
  if (url.href !== `${bound}/`) {
    throw new TypeError(`Cannot bind a credential to "${origin}": write the origin only, "${bound}"`);
  }
  if (!/^[\x20-\x7e]*$/.test(secret.reveal())) {
    throw new TypeError(
      'Cannot bind a credential that a header cannot carry: read it with parseCredential()',
    );
  }
  const headers = Object.freeze(toHeaders[scheme](secret.reveal()));
  return Object.freeze({
    origin: bound,
    headersFor: (to: string) => (to === bound ? headers : null),
  });
}
