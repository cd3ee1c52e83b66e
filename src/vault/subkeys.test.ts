import { expect, test } from 'vitest';
import { createSubkeys } from './subkeys.ts';

const root = new Uint8Array(32).fill(5);
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('createSubkeys() gives each purpose a key of its own, and the same one each time', () => {
  const subkeys = createSubkeys(root);
  const keys = ['client-key', 'sign', 'canary', 'seal/secret', 'seal/config'].map(subkeys);
  expect(new Set(keys.map(({ bytes }) => hexOf(bytes))).size).toBe(5);
  expect(new Set(keys.map(({ id }) => id)).size).toBe(5);
  expect(createSubkeys(root)('sign')).toEqual(subkeys('sign'));
});

test('createSubkeys() gives other keys for another root, and ids that are no part of a key', () => {
  const one = createSubkeys(root)('sign');
  const other = createSubkeys(new Uint8Array(32).fill(6))('sign');
  expect(hexOf(one.bytes)).not.toBe(hexOf(other.bytes));
  expect(one.id).not.toBe(other.id);
  expect(hexOf(one.bytes)).not.toContain(one.id);
});

test('createSubkeys() derives what earlier versions derived, or their data could not be opened', () => {
  expect(hexOf(createSubkeys(root)('sign').bytes)).toBe(
    'b2d057edf5363c6185d466cdc0c7916a335f79496bb614dd7fe13ec3b43eee2c',
  );
});
