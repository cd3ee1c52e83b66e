import { expect, test } from 'vitest';

import type { KeyRecord } from '../kernel/index.ts';
import { createKeyring, readClientKey } from './identify.ts';

const query = (text: string): URLSearchParams => new URLSearchParams(text);

test('readClientKey() finds the key in each of its places', () => {
  expect(readClientKey({ authorization: 'Bearer chg_1' }, null)).toBe('chg_1');
  expect(readClientKey({ authorization: 'bearer  chg_1 ' }, null)).toBe('chg_1');
  expect(readClientKey({ 'x-api-key': 'chg_2' }, null)).toBe('chg_2');
  expect(readClientKey({ 'x-goog-api-key': 'chg_3' }, null)).toBe('chg_3');
  expect(readClientKey({}, query('key=chg_4'))).toBe('chg_4');
  expect(readClientKey({ authorization: 'Bearer chg_1', 'x-api-key': 'chg_1' }, query('key=chg_1'))).toBe(
    'chg_1',
  );
});

test('readClientKey() takes nothing when two keys disagree or the form is odd', () => {
  expect(readClientKey({ authorization: 'Bearer a', 'x-api-key': 'b' }, null)).toBeNull();
  expect(readClientKey({ 'x-api-key': 'a' }, query('key=b'))).toBeNull();
  expect(readClientKey({}, query('key=a&key=b'))).toBeNull();
  expect(readClientKey({ authorization: 'Basic chg_1', 'x-api-key': 'chg_1' }, null)).toBeNull();
  expect(readClientKey({ authorization: 'Bearer a b' }, null)).toBeNull();
  expect(readClientKey({ 'x-api-key': 'x'.repeat(300) }, null)).toBeNull();
  expect(readClientKey({}, null)).toBeNull();
});

test('find() sees revocation and expiry at once, also for a key that it remembers', () => {
  let hashed = 0;
  const keyring = createKeyring((token) => {
    hashed++;
    return `h:${token}`;
  });
  const key = { hash: 'h:t', revokedAt: null, expiresAt: 100 } as KeyRecord;
  const keys = new Map([[key.hash, key]]);
  expect(keyring.find('t', keys, 50).ok).toBe(true);
  expect(keyring.find('t', keys, 50).ok).toBe(true);
  expect(hashed).toBe(1);
  expect(keyring.find('t', keys, 100).ok).toBe(false);
  expect(keyring.find('t', new Map([[key.hash, { ...key, revokedAt: 40 }]]), 50).ok).toBe(false);
  expect(keyring.find('other', keys, 50).ok).toBe(false);
});
