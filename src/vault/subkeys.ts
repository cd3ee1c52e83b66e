import { hkdfSync } from 'node:crypto';

/** A key for one purpose only. `id` tells which key sealed something, and nothing about the key itself. */
export interface Subkey {
  /** 8 hex digits. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

const salt = 'changeover vault 1';

/**
 * HKDF-SHA256. Spec: RFC 5869; `info` keeps the purposes apart, so that no key is ever used for two things.
 */
function expand(root: Uint8Array, info: string, size: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', root, salt, info, size));
}

/** Derives the keys of all purposes from one root secret; each is derived once. */
export function createSubkeys(root: Uint8Array): (purpose: string) => Subkey {
  const known = new Map<string, Subkey>();
  return (purpose) => {
    let subkey = known.get(purpose);
    if (subkey === undefined) {
      const id = Buffer.from(expand(root, `id/${purpose}`, 4)).toString('hex');
      subkey = { id, bytes: expand(root, `key/${purpose}`, 32) };
      known.set(purpose, subkey);
    }
    return subkey;
  };
}
