import type { IncomingHttpHeaders } from 'node:http';

import { failure, type KeyRecord, type Result, success } from '../kernel/index.ts';

/** Longest key that is looked at; real ones are shorter. */
const keyChars = 256;
/** Keys whose hash is remembered, so that a busy key costs one map look-up instead of an HMAC. */
const rememberedKeys = 10_000;

/**
 * The key that a client sent: Authorization Bearer, x-api-key, x-goog-api-key, api-key or ?key=. Two
 * different keys in one request are refused by taking none: nobody should guess which one counts.
 */
export function readClientKey(headers: IncomingHttpHeaders, query: URLSearchParams | null): string | null {
  let found: string | null = null;
  const authorization = headers.authorization;
  if (authorization !== undefined) {
    const match = /^bearer +(\S+) *$/i.exec(authorization);
    if (match?.[1] === undefined) return null;
    found = match[1];
  }
  for (const name of ['x-api-key', 'x-goog-api-key', 'api-key']) {
    const value = headers[name];
    if (value === undefined) continue;
    if (typeof value !== 'string' || (found !== null && found !== value)) return null;
    found = value;
  }
  const inQuery = query?.getAll('key') ?? [];
  for (const value of inQuery) {
    if (found !== null && found !== value) return null;
    found = value;
  }
  return found !== null && found.length > 0 && found.length <= keyChars ? found : null;
}

/** Finds keys by their HMAC. */
export interface Keyring {
  find(token: string, keys: ReadonlyMap<string, KeyRecord>, now: number): Result<KeyRecord>;
}

/** Creates the look-up. `hashKey` is the vault's HMAC; only its result is compared, never the key itself. */
export function createKeyring(hashKey: (token: string) => string): Keyring {
  const remembered = new Map<string, string>();
  function toHash(token: string): string {
    const known = remembered.get(token);
    if (known !== undefined) return known;
    return hashKey(token);
  }
  return {
    find(token, keys, now) {
      const hash = toHash(token);
      const key = keys.get(hash);
      if (key === undefined) return failure('CHG_KEY_UNKNOWN');
      // Only known keys are remembered: a stranger trying keys must not push the busy ones out.
      if (!remembered.has(token)) {
        if (remembered.size >= rememberedKeys) remembered.clear();
        remembered.set(token, hash);
      }
      if (key.revokedAt !== null && key.revokedAt <= now) return failure('CHG_KEY_UNKNOWN');
      if (key.expiresAt !== null && key.expiresAt <= now) return failure('CHG_KEY_UNKNOWN');
      return success(key);
    },
  };
}
