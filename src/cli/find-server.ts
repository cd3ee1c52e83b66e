import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CliIo } from './io.ts';
import { done, exitCodes, type Outcome, stop, wrongUsage } from './problem.ts';

/** Where the admin API answers, and the key for it. */
export interface ServerAddress {
  readonly url: string;
  readonly key: string;
}

function readAdminFile(folder: string): ServerAddress | null {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path.join(folder, 'admin.json'), 'utf8'));
  } catch (error) {
    // No file, no rights or half a file: in each case the reader learns where it was looked for.
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error)) return null;
    throw error;
  }
  if (typeof value !== 'object' || value === null || !('url' in value) || !('key' in value)) return null;
  const { url, key } = value;
  return typeof url === 'string' && typeof key === 'string' ? { url, key } : null;
}

function toOrigin(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, origin } = new URL(url);
  return protocol === 'http:' || protocol === 'https:' ? origin : null;
}

/**
 * Finds the server: the one that `--url` or CHANGEOVER_URL names, with the key from CHANGEOVER_ADMIN_KEY;
 * else the one that wrote `admin.json` into the data folder. The key of that file is sent to no other address
 * than the file's own.
 */
export function findServer(io: CliIo, folder: string, named: string | undefined): Outcome<ServerAddress> {
  const variable = io.env['CHANGEOVER_URL'];
  const url = named ?? (variable === '' ? undefined : variable);
  const file = readAdminFile(folder);
  if (url === undefined) {
    if (file !== null) return done(file);
    return stop({
      exitCode: exitCodes.unreachable,
      text: `Cannot find a server: "${path.join(folder, 'admin.json')}" is not there or cannot be read`,
      remedy: 'Start one with "changeover", or name its data folder with --data or its address with --url',
    });
  }
  const origin = toOrigin(url);
  if (origin === null) return wrongUsage(`Cannot use the address "${url}"`, 'Write it as http://host:port');
  const given = io.env['CHANGEOVER_ADMIN_KEY'];
  if (given !== undefined && given !== '') return done({ url: origin, key: given });
  if (file !== null && toOrigin(file.url) === origin) return done({ url: origin, key: file.key });
  return wrongUsage(`Cannot sign in at "${origin}": no admin key is given`, 'Set CHANGEOVER_ADMIN_KEY');
}
