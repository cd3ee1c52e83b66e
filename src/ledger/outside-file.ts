// Checkpoints outside of the data folder: whoever can rewrite ledger.db cannot make it forget what is written
// here.
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { parseCheckpoint } from './checkpoint.ts';

/** A signed checkpoint as one line of JSON. */
export interface CheckpointLine {
  readonly checkpoint: string;
  /** Base64. */
  readonly signature: string;
  readonly keyId: string;
}

/** Writes the line, without a line feed. */
export function encodeCheckpointLine(content: string, signature: Uint8Array, keyId: string): string {
  const line: CheckpointLine = {
    checkpoint: content,
    signature: Buffer.from(signature).toString('base64'),
    keyId,
  };
  return JSON.stringify(line);
}

/** Reads one line; null when it is not a signed checkpoint. */
export function parseCheckpointLine(text: string): CheckpointLine | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const { checkpoint, signature, keyId } = value as Partial<Record<keyof CheckpointLine, unknown>>;
    if (typeof checkpoint !== 'string' || typeof signature !== 'string') return null;
    if (typeof keyId !== 'string') return null;
    return { checkpoint, signature, keyId };
  } catch {
    return null;
  }
}

/** Lines of the file in order; none when it is not there. An unreadable line comes as null. */
export function readOutsideFile(path: string): (CheckpointLine | null)[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(parseCheckpointLine);
}

/** The highest checkpoint number in the file; 0 when there is none. */
export function readOutsideNumber(path: string): number {
  let last = 0;
  for (const line of readOutsideFile(path)) {
    const number = line === null ? 0 : (parseCheckpoint(line.checkpoint)?.number ?? 0);
    last = Math.max(last, number);
  }
  return last;
}

function endsInsideLine(file: number): boolean {
  const size = fstatSync(file).size;
  const last = Buffer.alloc(1);
  return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a;
}

/** Appends lines and waits until they are on disk. */
export function appendOutside(path: string, lines: readonly string[]): void {
  const file = openSync(path, 'a+', 0o600);
  try {
    // A crash may have left a line without its end: joined to the next one, it would spoil both.
    writeSync(file, `${endsInsideLine(file) ? '\n' : ''}${lines.join('\n')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
