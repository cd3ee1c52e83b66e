// The side door for the command line: verifies a ledger or an export without a running process.
import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { failure, type Result, success } from '../kernel/index.ts';
import { DatabaseError, openLedgerReadStore } from '../store/ledger/index.ts';
import { ExportVerifier } from './verify-export.ts';
import { verifyLedger } from './verify-ledger.ts';
import type { VerifyProgress, VerifyReport } from './verify-report.ts';

export type { VerifyFinding, VerifyProgress, VerifyReport } from './verify-report.ts';

export interface VerifyFolderRequest {
  /** A data folder, also of a running process: it is only read. */
  readonly folder: string;
  /** PEM keys whose checkpoints are believed. */
  readonly publicKeys: readonly string[];
  readonly outsideFile?: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Also lets SQLite check its pages and indexes; reads the whole file once more. */
  readonly isDeep?: boolean;
  readonly onProgress?: (progress: VerifyProgress) => void;
}

export interface VerifyExportRequest {
  readonly file: string;
  readonly publicKeys: readonly string[];
  readonly onProgress?: (progress: VerifyProgress) => void;
}

function unreadable(what: string, id: string): Result<never> {
  return failure('CHG_NOT_FOUND', { what, id });
}

/**
 * Verifies the ledger of a data folder on the caller's thread. Fails when there is no ledger that can be
 * opened.
 */
export async function verifyDataFolder(request: VerifyFolderRequest): Promise<Result<VerifyReport>> {
  const file = path.join(request.folder, 'ledger.db');
  try {
    await access(file);
  } catch {
    return unreadable('ledger', file);
  }
  try {
    const store = openLedgerReadStore(file);
    try {
      return success(verifyLedger(store, request));
    } finally {
      store.close();
    }
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return failure('CHG_CONFIG_INVALID', { reason: error.message });
  }
}

/** Limit: characters of one line of an export; a checkpoint over ten thousand orgs has two million. */
const lineLengthMax = 64 * 1024 * 1024;

/** Line feeds only: `node:readline` also ends a line at U+2028, which JSON text may hold. */
async function readLines(input: AsyncIterable<unknown>, take: (line: string) => void): Promise<void> {
  let rest = '';
  for await (const piece of input) {
    const lines = (rest + String(piece)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') take(line);
    if (rest.length > lineLengthMax) break;
  }
  if (rest !== '') take(rest);
}

/** Verifies an export, line by line, in constant memory. */
export async function verifyExport(request: VerifyExportRequest): Promise<Result<VerifyReport>> {
  const verifier = new ExportVerifier(request.publicKeys, request.onProgress);
  const input = createReadStream(request.file, { encoding: 'utf8' });
  try {
    await readLines(input, (line) => verifier.take(line));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return unreadable('export', request.file);
  } finally {
    input.destroy();
  }
  return success(verifier.finish());
}
