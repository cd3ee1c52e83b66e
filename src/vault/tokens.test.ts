import { expect, test } from 'vitest';
import { createSeededRandom } from '../kernel/index.ts';
import { toBase32 } from './base32.ts';
import { createClientToken, isSameSecret, randomToken, toTokenShape } from './tokens.ts';

const random = createSeededRandom(11);

test('toBase32() writes five bits a letter', () => {
  expect(toBase32(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff))).toBe('zzzzzzzz');
  expect(toBase32(Uint8Array.of(0x00, 0x44, 0x32, 0x14, 0xc7))).toBe('01234567');
  expect(toBase32(Uint8Array.of(0x80))).toBe('g0');
  expect(toBase32(new Uint8Array(0))).toBe('');
});

test('randomToken() has 32 letters and does not repeat', () => {
  const tokens = new Set(Array.from({ length: 1_000 }, () => randomToken(random)));
  expect(tokens.size).toBe(1_000);
  expect([...tokens].every((token) => token.length === 32)).toBe(true);
});

test('toTokenShape() finds each single wrong letter, each swap and each cut', () => {
  const token = createClientToken(random);
  expect(toTokenShape(token)).toBe('whole');
  for (let index = 4; index < token.length; index++) {
    const wrong = token[index] === 'z' ? 'y' : 'z';
    expect(toTokenShape(token.slice(0, index) + wrong + token.slice(index + 1))).toBe('damaged');
    expect(toTokenShape(token.slice(0, index))).toBe('damaged');
    const swapped = `${token.slice(0, index)}${token[index + 1] ?? ''}${token[index] ?? ''}${token.slice(index + 2)}`;
    if (swapped !== token) expect(toTokenShape(swapped)).toBe('damaged');
  }
});

test.each(['', 'sk-proj-1234', 'CHG_abc', 'Bearer chg_'])('toTokenShape() calls %o foreign', (text) => {
  expect(toTokenShape(text)).toBe('foreign');
});

test('toTokenShape() stays quick on hostile lengths', () => {
  expect(toTokenShape(`chg_${'a'.repeat(1_000_000)}`)).toBe('damaged');
});

test('isSameSecret() compares texts of any length', () => {
  expect(isSameSecret('a', 'a')).toBe(true);
  expect(isSameSecret('a', 'ab')).toBe(false);
  expect(isSameSecret('', '')).toBe(true);
  expect(isSameSecret('é', 'e\u0301')).toBe(false);
});
