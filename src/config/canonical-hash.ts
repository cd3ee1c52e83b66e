import { createHash } from 'node:crypto';
import { Secret } from '../kernel/index.ts';

/** Grows when the same settings would get another hash, so that two readings of one hash cannot be mixed up. */
const hashFormat = 1;

/** SHA-256 in lower-case hex over a value with sorted keys; maps become lists of pairs, secrets are left out. */
export function toCanonicalHash(value: unknown): string {
  return createHash('sha256')
    .update(`changeover-config-${hashFormat}\n`)
    .update(JSON.stringify(toPlain(value)))
    .digest('hex');
}

function toPlain(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Secret) return undefined;
  if (Array.isArray(value)) return value.map(toPlain);
  if (value instanceof Map) return toSortedPairs([...value] as [unknown, unknown][]);
  return Object.fromEntries(toSortedPairs(Object.entries(value)));
}

function toSortedPairs(pairs: readonly (readonly [unknown, unknown])[]): [string, unknown][] {
  return pairs
    .map(([key, entry]): [string, unknown] => [String(key), toPlain(entry)])
    .toSorted(([left], [right]) => (left < right ? -1 : Number(left > right)));
}
