import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { compilePattern } from './pattern.ts';

const patterns = [
  'a+b',
  '(a+)+$',
  '^\\d{3}-\\d{4}$',
  '\\bcat\\b',
  '[A-Z][a-z]*',
  '(?:x|xy)*z',
  'a{2,4}b',
  '^$',
  '.',
  'é|ü',
  '\\p{L}+',
  'a??b',
  '(ab|a)(bc|c)',
  '\\.',
  '\\-',
  '^(?<y>\\d+)\\s*$',
  'x*',
  '[^\\n]+end',
  '(|a)b',
  '\\u0041',
  '\\u{1F600}',
  '\\Ba',
  '(a|b){0,3}c',
];
const texts = [
  '',
  'aaab',
  'aaaa!',
  '555-1234',
  'the cat sat',
  'concat',
  'Hello',
  'xyxyz',
  'aab',
  'aaaaab',
  'Ü',
  '日本',
  'abc',
  '.',
  '-',
  '42  ',
  'foo\nend',
  'A',
  'b',
  'ba',
  '😀',
  'abac',
];

test.each(patterns)('compilePattern() agrees with the engine of the language on %s', (pattern) => {
  for (const flags of ['', 'i', 'm', 's', 'ims']) {
    const compiled = compilePattern(pattern, flags);
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.failure));
    // Outside a class the language's Unicode mode does not know an escaped hyphen.
    const expected = new RegExp(pattern.replace('\\-', '-'), `${flags}u`);
    for (const text of texts) {
      expect(compiled.value.test(text), `${flags} ${JSON.stringify(text)}`).toBe(expected.test(text));
    }
  }
});

test('compilePattern() agrees with the engine of the language on random small patterns', () => {
  const part = fc.constantFrom(
    'a',
    'b',
    '.',
    '[ab]',
    '(a|b)',
    'a*',
    'b?',
    '(ab)+',
    '^',
    '$',
    '\\b',
    'a{1,2}',
    '(a|)b',
  );
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 6 }),
      fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 8 }),
      (parts, text) => {
        const source = parts.join('');
        const compiled = compilePattern(source);
        if (!compiled.ok) throw new Error(JSON.stringify(compiled.failure));
        expect(compiled.value.test(text)).toBe(new RegExp(source, 'u').test(text));
      },
    ),
    { numRuns: 2000 },
  );
});

const refused: readonly (readonly [pattern: string, reason: RegExp])[] = [
  ['(?=a)', /look-around/u],
  ['(?<!a)b', /look-around/u],
  ['(a)\\1', /back-reference/u],
  ['a**', /two quantifiers/u],
  ['(', /unclosed group/u],
  [')', /unmatched/u],
  ['[a', /unclosed character class/u],
  ['[z-a]', /invalid character class/u],
  ['a{1001}', /more than 1000/u],
  ['a{3,1}', /below its start/u],
  ['((a{100}){100}){100}', /states/u],
  ['*a', /nothing before/u],
  ['^*', /assertion/u],
  ['\\y', /unknown escape/u],
  ['('.repeat(60), /deeper/u],
  ['a'.repeat(1001), /longer/u],
];

test.each(refused)('compilePattern() refuses %s and says why', (pattern, reason) => {
  const compiled = compilePattern(pattern);
  expect(compiled.ok).toBe(false);
  if (!compiled.ok) expect(compiled.failure.detail['reason']).toMatch(reason);
});

test('compilePattern() matches in linear time where the engine of the language takes hours', () => {
  const compiled = compilePattern('^(a+)+$');
  if (!compiled.ok) throw new Error('refused');
  expect(compiled.value.test(`${'a'.repeat(20_000)}!`)).toBe(false);
  expect(compiled.value.test('a'.repeat(20_000))).toBe(true);
});

test('compilePattern() searches fewer characters with a larger pattern', () => {
  const small = compilePattern('abc');
  const large = compilePattern('(.{0,900})x');
  expect(small.ok && large.ok && large.value.maxCharacters < small.value.maxCharacters).toBe(true);
});
