import path from 'node:path';
import { type Random, type Result, Secret, success } from '../kernel/index.ts';
import {
  makePrivateFolder,
  readPrivateFile,
  replacePrivateFile,
  toPermissionWarning,
} from './private-file.ts';
import { isSameSecret, randomToken } from './tokens.ts';
import { toReason, vaultFailure } from './vault-failure.ts';

/** The file by which the command line finds a running server of this data folder. */
const adminFileName = 'admin.json';

/** Shorter fixed keys are taken, because test set-ups use them, and warned about. */
const adminKeyCharsStrong = 16;

export interface AdminFile {
  readonly url: string;
  readonly key: Secret;
}

export interface AdminKey {
  readonly key: Secret;
  readonly warnings: readonly string[];
  /** True for the admin key, in the same time for every wrong one. */
  matches(candidate: string): boolean;
  /** Writes the file, once the server's address is known. */
  publish(url: string): Result<null>;
}

export interface AdminKeyOptions {
  readonly folder: string;
  /** CHANGEOVER_ADMIN_KEY. */
  readonly fixed?: Secret;
  readonly random: Random;
}

interface StoredAdminFile {
  readonly url: string;
  readonly key: string;
  /** True when the key came from the environment, and must not outlive its being set there. */
  readonly isFixed: boolean;
}

function parseAdminFile(text: string): StoredAdminFile | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('url' in value) || !('key' in value)) return null;
  const { url, key } = value;
  if (typeof url !== 'string' || typeof key !== 'string' || key === '') return null;
  return { url, key, isFixed: 'isFixed' in value && value.isFixed === true };
}

function toAdminKey(key: string, options: AdminKeyOptions, warnings: readonly string[]): AdminKey {
  const file = path.join(options.folder, adminFileName);
  return {
    key: new Secret(key),
    warnings,
    matches: (candidate) => isSameSecret(candidate, key),
    publish: (url) => {
      const content: StoredAdminFile = { url, key, isFixed: options.fixed !== undefined };
      try {
        makePrivateFolder(options.folder);
        replacePrivateFile(file, `${JSON.stringify(content)}\n`);
        return success(null);
      } catch (error) {
        return vaultFailure(
          `cannot write "${file}": ${toReason(error)}; check the rights of the data folder`,
        );
      }
    },
  };
}

/**
 * The admin key of a data folder: the one from the environment if it is given, else the one that the folder's
 * admin.json holds, else a new one. `publish` writes it down for the command line.
 */
export function openAdminKey(options: AdminKeyOptions): Result<AdminKey> {
  const file = path.join(options.folder, adminFileName);
  const fixed = options.fixed?.reveal().trim();
  if (fixed === '') return vaultFailure('CHANGEOVER_ADMIN_KEY is empty; unset it, or give it a value');
  if (fixed !== undefined) {
    const warning = `CHANGEOVER_ADMIN_KEY has fewer than ${adminKeyCharsStrong} characters`;
    return success(toAdminKey(fixed, options, fixed.length < adminKeyCharsStrong ? [warning] : []));
  }
  try {
    const text = readPrivateFile(file);
    const stored = text === null ? null : parseAdminFile(text);
    if (stored === null || stored.isFixed) {
      return success(toAdminKey(`chga_${randomToken(options.random)}`, options, []));
    }
    const warning = toPermissionWarning(file);
    return success(toAdminKey(stored.key, options, warning === null ? [] : [warning]));
  } catch (error) {
    return vaultFailure(`cannot read "${file}": ${toReason(error)}; check the rights of the data folder`);
  }
}

/** Where the server of a data folder answers and with which key; null when none has run there yet. */
export function readAdminFile(folder: string): Result<AdminFile | null> {
  const file = path.join(folder, adminFileName);
  try {
    const text = readPrivateFile(file);
    if (text === null) return success(null);
    const stored = parseAdminFile(text);
    if (stored === null) return vaultFailure(`"${file}" is damaged; delete it and start the server again`);
    return success({ url: stored.url, key: new Secret(stored.key) });
  } catch (error) {
    return vaultFailure(`cannot read "${file}": ${toReason(error)}; run as the user that runs the server`);
  }
}
