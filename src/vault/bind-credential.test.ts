import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret, toFailureText } from '../kernel/index.ts';
import { bindCredential, parseCredential } from './bind-credential.ts';

const secret = new Secret('sk-live-1');
const origin = 'https://api.example.com';

test.each([
  ['bearer', { authorization: 'Bearer sk-live-1' }],
  ['x-api-key', { 'x-api-key': 'sk-live-1' }],
  ['api-key', { 'api-key': 'sk-live-1' }],
  ['none', {}],
] as const)('bindCredential() sends %s as its header', (scheme, headers) => {
  expect(bindCredential(secret, scheme, origin).headersFor(origin)).toEqual(headers);
});

test.each([
  'http://api.example.com',
  'https://api.example.com:8443',
  'https://api.example.com.evil.test',
  'https://evil.test',
  'https://API.example.com',
  'https://api.example.com/',
  '',
])('headersFor() gives nothing to %o', (other) => {
  expect(bindCredential(secret, 'bearer', origin).headersFor(other)).toBeNull();
});

test('bindCredential() refuses an address with a path, and text that is no address', () => {
  expect(() => bindCredential(secret, 'bearer', `${origin}/v1`)).toThrow('write the origin only');
  expect(() => bindCredential(secret, 'bearer', 'https://user@api.example.com')).toThrow('origin only');
  expect(() => bindCredential(secret, 'bearer', 'api.example.com')).toThrow('Invalid URL');
  expect(bindCredential(secret, 'none', 'HTTP://[::1]:80').origin).toBe('http://[::1]');
});

test('a bound credential shows its origin and nothing else', () => {
  const credential = bindCredential(secret, 'bearer', origin);
  expect(JSON.stringify(credential) + inspect(credential, { depth: 9, showHidden: true })).not.toContain(
    'sk-live',
  );
  expect(() => Object.assign(credential.headersFor(origin) ?? {}, { authorization: 'x' })).toThrow(
    'read only',
  );
});

test('parseCredential() drops white space around, as files and copying leave it', () => {
  const parsed = parseCredential(' sk-live-1\r\n', 'env:KEY');
  expect(parsed.ok && parsed.value.reveal()).toBe('sk-live-1');
});

test.each(['', '  \n', 'sk-\nlive', 'sk-\u200blive', 'clé', 'x'.repeat(20_000)])(
  'parseCredential() refuses %o and does not repeat it',
  (text) => {
    const parsed = parseCredential(text, 'env:KEY');
    const message = parsed.ok ? '' : toFailureText(parsed.failure);
    expect(message).toContain('env:KEY');
    expect(message).not.toContain('live');
  },
);

test('bindCredential() refuses a value that would break out of its header', () => {
  expect(() => bindCredential(new Secret('a\r\nx-evil: 1'), 'bearer', origin)).toThrow('parseCredential()');
});
