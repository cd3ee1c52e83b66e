import { randomBytes, scryptSync } from 'node:crypto';
import path from 'node:path';
import { type Result, type Secret, success } from '../kernel/index.ts';
import {
  createPrivateFile,
  makePrivateFolder,
  readPrivateFile,
  toPermissionWarning,
} from './private-file.ts';
import { toReason, vaultFailure } from './vault-failure.ts';

/** The file that holds the root secret when CHANGEOVER_SECRET does not give it. */
const secretFileName = 'secret.key';

const marker = 'changeover-secret-1:';

/** Fewer characters could be tried out one by one, even with the stretching below. */
const secretCharsMin = 8;

/** 32 random characters hold more than 128 bits; shorter ones are taken for something a person thought up. */
const secretCharsStrong = 32;

export interface RootSecret {
  readonly bytes: Uint8Array;
  readonly source: 'environment' | 'file';
  readonly warnings: readonly string[];
}

export interface RootSecretOptions {
  readonly folder: string;
  readonly secret: Secret | undefined;
  readonly mayCreate: boolean;
}

function fromEnvironment(secret: Secret): Result<RootSecret> {
  const text = secret.reveal().trim();
  if (text.length < secretCharsMin) {
    return vaultFailure(
      `CHANGEOVER_SECRET has fewer than ${secretCharsMin} characters; make one with "openssl rand -hex 32"`,
    );
  }
  if (text.length >= secretCharsStrong) {
    return success({ bytes: Buffer.from(text), source: 'environment', warnings: [] });
  }
  // The salt is fixed, because nothing may be needed beside the secret itself; stretching still makes
  // guessing from a stolen backup some ten thousand times dearer.
  const bytes = scryptSync(text, 'changeover root secret', 32, { N: 2 ** 14, r: 8, p: 1 });
  const warning = `CHANGEOVER_SECRET has fewer than ${secretCharsStrong} characters; "openssl rand -hex 32" makes a strong one`;
  return success({ bytes, source: 'environment', warnings: [warning] });
}

function parseSecretFile(file: string, text: string): Result<Uint8Array> {
  const line = text.trim();
  const bytes = line.startsWith(marker)
    ? Buffer.from(line.slice(marker.length), 'base64url')
    : Buffer.alloc(0);
  if (bytes.length === 32) return success(bytes);
  return vaultFailure(
    `"${file}" holds no secret of Changeover; put the right file back from where it is kept`,
  );
}

function fromFile(options: RootSecretOptions): Result<RootSecret> {
  const file = path.join(options.folder, secretFileName);
  try {
    makePrivateFolder(options.folder);
    if (options.mayCreate) {
      // When two processes start at once, one text wins, and both read it back below.
      const isThere = readPrivateFile(file) !== null;
      if (!isThere) createPrivateFile(file, `${marker}${randomBytes(32).toString('base64url')}\n`);
    }
    const text = readPrivateFile(file);
    if (text === null) {
      return vaultFailure(
        `"${file}" is missing, and the data folder holds data that was sealed with it; ` +
          'put the file back, or set CHANGEOVER_SECRET if the secret came from there',
      );
    }
    const bytes = parseSecretFile(file, text);
    if (!bytes.ok) return bytes;
    const warning = toPermissionWarning(file);
    return success({ bytes: bytes.value, source: 'file', warnings: warning === null ? [] : [warning] });
  } catch (error) {
    return vaultFailure(`cannot use "${file}": ${toReason(error)}; check the rights of the data folder`);
  }
}

/**
 * Takes the root secret from the environment, else from the data folder's file, which is made when it may be.
 */
export function readRootSecret(options: RootSecretOptions): Result<RootSecret> {
  return options.secret === undefined ? fromFile(options) : fromEnvironment(options.secret);
}
