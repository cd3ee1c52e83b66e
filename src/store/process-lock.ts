import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Result, success } from '../kernel/index.ts';
import { DatabaseError, toDatabaseError } from './database-error.ts';
import { toOpenFailure } from './store-failure.ts';

/** Says that this process, and no other, writes in a data folder. */
export interface ProcessLock {
  /** Tells those who come second where this process answers. */
  describe(url: string): void;
  release(): void;
}

/**
 * Two that start at the same moment may each see the other's first step; one of them wins within this time.
 */
const raceMs = 300;

function readHolder(file: string): string {
  try {
    const holder: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof holder !== 'object' || holder === null) return 'another process';
    const pid =
      'pid' in holder && typeof holder.pid === 'number' ? `process ${holder.pid}` : 'another process';
    return 'url' in holder && typeof holder.url === 'string' ? `${pid} at ${holder.url}` : pid;
  } catch {
    // The note is a courtesy: it may be missing or half written, and the lock holds all the same.
    return 'another process';
  }
}

function writeHolder(file: string, url: string | null): void {
  const partial = `${file}.partial`;
  writeFileSync(partial, `${JSON.stringify({ pid: process.pid, url })}\n`, { mode: 0o600 });
  renameSync(partial, file);
}

function lockFile(file: string): DatabaseSync {
  const connection = new DatabaseSync(file, { timeout: raceMs });
  try {
    connection.exec('BEGIN EXCLUSIVE');
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/**
 * Takes a data folder for this process. The lock is the operating system's on an open file (through SQLite,
 * which does it right on every platform), not a file with a process id: it ends with its process, also by
 * kill -9, and no process that happens to get the same id can seem to hold it.
 */
export function acquireProcessLock(folder: string): Result<ProcessLock> {
  const note = path.join(folder, 'lock.json');
  let connection: DatabaseSync;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    connection = lockFile(path.join(folder, 'lock.db'));
  } catch (error) {
    const known = toDatabaseError(error, `lock the data folder "${folder}"`);
    if (!(known instanceof DatabaseError) || known.kind !== 'busy') return toOpenFailure(known);
    return toOpenFailure(
      new DatabaseError('locked', `the data folder "${folder}" is in use by ${readHolder(note)}`, {
        cause: error,
      }),
    );
  }
  try {
    writeHolder(note, null);
  } catch (error) {
    connection.close();
    return toOpenFailure(error);
  }
  return success({
    describe: (url) => {
      try {
        writeHolder(note, url);
      } catch {
        // The note only makes a refusal more helpful; a server must not stop because it could not leave it.
      }
    },
    release: () => {
      if (!connection.isOpen) return;
      // The note goes first: after the lock it could be the next holder's.
      rmSync(note, { force: true });
      connection.close();
    },
  });
}
