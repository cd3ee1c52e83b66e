import { createHmac } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSeededRandom, type Result, Secret, toFailureText } from '../kernel/index.ts';
import { createFastHmac } from './fast-hmac.ts';
import { openVault, type Vault } from './vault.ts';

const strong = new Secret('0123456789abcdef0123456789abcdef-strong');
const random = createSeededRandom(7);
let folder = '';

beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(tmpdir(), 'chg-vault-')), 'data');
});
afterEach(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

function must<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(toFailureText(result.failure));
  return result.value;
}
const textOf = (result: Result<unknown>): string => (result.ok ? 'it worked' : toFailureText(result.failure));
const open = (secret?: Secret): Vault =>
  must(openVault(secret === undefined ? { folder } : { folder, secret }));
const keyFile = (): string => path.join(folder, 'secret.key');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('root secret', () => {
  test('openVault() makes a secret file once and finds it again', () => {
    const first = open();
    expect(first.source).toBe('file');
    expect(first.warnings).toEqual([]);
    expect(open().hashKey('x')).toBe(first.hashKey('x'));
    expect(readdirSync(folder)).toEqual(['secret.key']);
  });

  test.skipIf(process.platform === 'win32')('openVault() lets nobody else into folder and file', () => {
    open();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
  });

  test.skipIf(process.platform === 'win32')('openVault() warns when others may read the secret file', () => {
    open();
    chmodSync(keyFile(), 0o640);
    expect(open().warnings).toEqual([expect.stringContaining('chmod 600')]);
  });

  test('openVault() takes the secret from the environment and writes no file', () => {
    const vault = open(strong);
    expect(vault.source).toBe('environment');
    expect(vault.warnings).toEqual([]);
    expect(open(new Secret(` ${strong.reveal()}\n`)).hashKey('x')).toBe(vault.hashKey('x'));
    expect(() => statSync(keyFile())).toThrow('ENOENT');
  });

  test('openVault() stretches a short secret, warns, and refuses a very short one', () => {
    const vault = open(new Secret('correct horse'));
    expect(vault.warnings).toEqual([expect.stringContaining('openssl rand -hex 32')]);
    expect(vault.warnings.join()).not.toContain('correct horse');
    expect(open(new Secret('correct horse')).hashKey('x')).toBe(vault.hashKey('x'));
    expect(textOf(openVault({ folder, secret: new Secret('seven77') }))).toContain('fewer than 8');
  });

  test('openVault() says that the file is missing rather than make another one for existing data', () => {
    expect(textOf(openVault({ folder, mayCreate: false }))).toContain('secret.key" is missing');
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each(['', 'hello', 'changeover-secret-1:c2hvcnQ'])(
    'openVault() refuses the secret file %o',
    (text) => {
      open();
      writeFileSync(keyFile(), text);
      expect(textOf(openVault({ folder }))).toContain('holds no secret of Changeover');
    },
  );

  test('openVault() refuses a huge secret file and a folder that cannot be made', () => {
    open();
    writeFileSync(keyFile(), 'x'.repeat(100_000));
    expect(textOf(openVault({ folder }))).toContain('larger than');
    expect(textOf(openVault({ folder: path.join(keyFile(), 'below') }))).toContain('check the rights');
  });

  test('openVault() picks up nothing that a killed process left half written', () => {
    open();
    const left = `${keyFile()}.${process.pid}.partial`;
    rmSync(keyFile());
    writeFileSync(left, 'half');
    expect(open().source).toBe('file');
    expect(readdirSync(folder)).toEqual(['secret.key']);
  });
});

describe('canary', () => {
  test('checkCanary() passes the same secret and fails every other', () => {
    const canary = open(strong).makeCanary();
    expect(open(strong).checkCanary(canary).ok).toBe(true);
    const other = open(new Secret(`${strong.reveal()}!`));
    expect(textOf(other.checkCanary(canary))).toContain('CHANGEOVER_SECRET is not the one that this data');
    expect(textOf(open().checkCanary(canary))).toContain('secret.key of the data folder');
    expect(textOf(open(strong).checkCanary('damaged'))).toContain('is not the one');
  });
});

describe('client keys', () => {
  test('hashKey() is HMAC-SHA256 for every text', () => {
    const key = new Uint8Array(32).fill(9);
    const fast = createFastHmac(key);
    const texts = fc.uint8Array({ maxLength: 300 }).map((all) => Buffer.from(all).toString('latin1'));
    const isSame = fc.property(texts, (text) => {
      expect(fast(text)).toBe(createHmac('sha256', key).update(text).digest('hex'));
    });
    fc.assert(isSame, { numRuns: 200 });
    // Where the short way ends, with the widest characters that it takes.
    for (const text of ['\uffff'.repeat(128), '\uffff'.repeat(129), 'x'.repeat(10_000)]) {
      expect(fast(text)).toBe(createHmac('sha256', key).update(text).digest('hex'));
    }
  });

  test('createClientKey() gives a token, its hash and a hint that tells nothing else', () => {
    const vault = open(strong);
    const { token, hash, hint } = vault.createClientKey(random);
    expect(token).toMatch(/^chg_[0-9a-hjkmnp-tv-z]{38}$/);
    expect(hash).toBe(vault.hashKey(token));
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(hint).toBe(token.slice(0, 8));
  });

  test('hashKey() differs under another secret', () => {
    expect(open(strong).hashKey('chg_x')).not.toBe(open().hashKey('chg_x'));
  });
});

describe('sealing', () => {
  test('open() gives back what seal() took', () => {
    const vault = open(strong);
    for (const text of ['', 'x', 'ключ 🔑', 'y'.repeat(100_000)]) {
      expect(
        must(vault.open('secret', 'endpoint/a', vault.seal('secret', 'endpoint/a', bytes(text)))),
      ).toEqual(bytes(text));
    }
  });

  test('seal() never gives the same bytes twice, nor the plain text', () => {
    const vault = open(strong);
    const first = Buffer.from(vault.seal('secret', 'a', bytes('sk-live-1234')));
    expect(first.equals(vault.seal('secret', 'a', bytes('sk-live-1234')))).toBe(false);
    expect(first.includes('sk-live')).toBe(false);
  });

  test('open() refuses each changed byte', () => {
    const vault = open(strong);
    const sealed = vault.seal('secret', 'a', bytes('value'));
    for (let index = 0; index < sealed.length; index++) {
      const changed = Uint8Array.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(vault.open('secret', 'a', changed).ok).toBe(false);
    }
    for (let size = 0; size < sealed.length; size++) {
      expect(vault.open('secret', 'a', sealed.subarray(0, size)).ok).toBe(false);
    }
  });

  test('open() refuses another place, purpose or secret, and says which', () => {
    const vault = open(strong);
    const sealed = vault.seal('secret', 'endpoint/a', bytes('value'));
    expect(textOf(vault.open('secret', 'endpoint/b', sealed))).toContain('belongs to another place');
    expect(textOf(vault.open('config', 'endpoint/a', sealed))).toContain('another secret');
    expect(textOf(open().open('secret', 'endpoint/a', sealed))).toContain('another secret');
  });

  test('seal() refuses a purpose that is no word', () => {
    expect(() => open(strong).seal('Not a word', '', bytes(''))).toThrow('not a word');
  });
});

test('no failure and no printed vault holds the secret', () => {
  const vault = open();
  const secret = readFileSync(keyFile(), 'utf8').trim().split(':')[1] ?? '';
  expect(secret.length).toBeGreaterThan(40);
  expect(JSON.stringify(vault)).not.toContain(secret);
  expect(textOf(vault.checkCanary('x'))).not.toContain(secret);
});
