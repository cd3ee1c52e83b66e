import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findUrlFault, isPrivateHost } from './check-url.ts';
import { toDurationText } from './explain.ts';
import { parseKeyReference } from './key-reference.ts';
import { parseBytes, parseDuration } from './schema-values.ts';
import { findNearest } from './suggest.ts';

describe('parseDuration()', () => {
  test.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['12h', 43_200_000],
    ['30d', 2_592_000_000],
    ['0s', null],
    ['-1s', null],
    ['1.5s', null],
    ['5 m', null],
    ['5', null],
    ['5y', null],
    ['99999999d', null],
    ['', null],
  ])('reads %j as %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test('reads back what toDurationText() writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000_000 }), (ms) => {
        expect(parseDuration(toDurationText(ms))).toBe(ms);
      }),
    );
  });
});

describe('parseBytes()', () => {
  test.each([
    [1024, 1024],
    ['32MiB', 33_554_432],
    ['1 kB', 1000],
    ['2GB', 2_000_000_000],
    ['7B', 7],
    ['7', null],
    ['1TB', null],
    ['1kiB', null],
    [0, null],
    [-1, null],
    [1.5, null],
    ['999999999999GiB', null],
  ])('reads %j as %s', (value, bytes) => {
    expect(parseBytes(value)).toBe(bytes);
  });
});

describe('findUrlFault()', () => {
  test.each([
    'http://127.0.0.1:9001/v1',
    'https://api.example.com',
    'http://[::1]:8000/',
    'https://bücher.example/v1',
  ])('accepts %s', (url) => {
    expect(findUrlFault(url, 'base')).toBeNull();
  });

  test.each([
    ['https://u@h/', 'credentials'],
    ['https://h/#', 'fragment'],
    ['https://h/?a', 'query'],
    ['ftp://h/', 'ftp:'],
    ['javascript:alert(1)', 'javascript:'],
    ['http:h', 'does not begin'],
    ['HTTP://h', 'lower case'],
    ['https://h/a b', 'blanks'],
    ['https://h/\u0000', 'control'],
    ['https://h/{x}', 'braces'],
    ['h:8000', 'h:'],
    ['', 'full URL'],
    ['http://', 'full URL'],
    ['http://h:99999', 'full URL'],
  ])('refuses %j', (url, words) => {
    expect(findUrlFault(url, 'base')).toContain(words);
  });

  test('lets {model} and a query stand in the full URL of a door only', () => {
    const url = 'https://h/deployments/{model}/chat?api-version=1';
    expect(findUrlFault(url, 'door')).toBeNull();
    expect(findUrlFault(url, 'base')).toContain('braces');
    expect(findUrlFault('https://h/{model}/{model}', 'door')).toContain('braces');
  });
});

describe('isPrivateHost()', () => {
  test.each([
    ['http://localhost:1', true],
    ['http://127.9.9.9', true],
    ['http://10.0.0.1', true],
    ['http://172.16.0.1', true],
    ['http://172.32.0.1', false],
    ['http://192.168.1.1', true],
    ['http://vllm:8000', true],
    ['http://vllm.models.svc', true],
    ['http://[::1]', true],
    ['http://[fd00::1]', true],
    ['http://8.8.8.8', false],
    ['http://models.example.com', false],
    ['http://127.0.0.1.example.com', false],
    ['http://fc-models.example.com', false],
    ['http://[2001:db8::1]', false],
  ])('judges %s as %s', (url, expected) => {
    expect(isPrivateHost(url)).toBe(expected);
  });
});

describe('parseKeyReference()', () => {
  test.each([
    ['env:OPENAI_API_KEY', { kind: 'env', name: 'OPENAI_API_KEY' }],
    ['store:openai-prod', { kind: 'store', name: 'openai-prod' }],
    ['sk-abc:def', { kind: 'literal' }],
  ])('reads %s', (text, expected) => {
    expect(parseKeyReference(text)).toEqual(expected);
  });

  test.each(['env:', 'env:A B', 'env:1A', 'env:A\nB', 'store:', 'store:../x', 'line\nbreak', 'ключ'])(
    'refuses %j',
    (text) => {
      expect(parseKeyReference(text).kind).toBe('wrong');
    },
  );
});

describe('findNearest()', () => {
  const known = ['endpoints', 'routes', 'ledger', 'limits', 'listen', 'key', 'url'];
  test.each([
    ['endpionts', 'endpoints'],
    ['Routes', 'routes'],
    ['lisen', 'listen'],
    ['kye', 'key'],
    ['urls', 'url'],
    ['something', null],
    ['x'.repeat(1000), null],
  ])('takes %s for %s', (wrong, meant) => {
    expect(findNearest(wrong, known)).toBe(meant);
  });
});
