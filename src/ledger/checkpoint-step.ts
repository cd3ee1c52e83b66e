import type { ChainRow, LedgerWriteStore } from '../store/ledger/index.ts';
import { type ChainHead, type Checkpoint, parseCheckpoint, toCheckpointHash } from './checkpoint.ts';
import { appendOutside, encodeCheckpointLine, readOutsideNumber } from './outside-file.ts';
import type { CheckpointSeed } from './writer-messages.ts';

function toHead(chain: ChainRow): ChainHead {
  return [chain.org, chain.writer, chain.seq, Buffer.from(chain.hash).toString('hex')];
}

/** What the next checkpoint is to say; null when nothing was written since the last one. */
export function seedCheckpoint(
  store: LedgerWriteStore,
  ledger: string,
  place: number,
): CheckpointSeed | null {
  const last = store.readLastCheckpoint();
  if (place <= (last?.place ?? 0)) return null;
  const heads = store
    .readChains()
    .map(toHead)
    .toSorted(([orgA, writerA], [orgB, writerB]) => (orgA + writerA < orgB + writerB ? -1 : 1));
  const previous = last === null ? null : toCheckpointHash(last.content);
  return { number: (last?.number ?? 0) + 1, ledger, previous, place, heads };
}

function readContent(content: string): Checkpoint {
  const checkpoint = parseCheckpoint(content);
  if (checkpoint === null) throw new TypeError('Cannot keep a checkpoint that is none');
  return checkpoint;
}

/**
 * Keeps a signed checkpoint, and appends to the outside file what is missing there: also those that could not
 * be written when the outside was not reachable.
 */
export function storeCheckpoint(
  store: LedgerWriteStore,
  signed: { readonly content: string; readonly signature: Uint8Array; readonly outsideFile: string | null },
): void {
  const { content, signature, outsideFile } = signed;
  const { number, at, place, keyId } = readContent(content);
  store.transaction(() => store.insertCheckpoint({ number, at, place, content, signature, keyId }));
  if (outsideFile === null) return;
  const missing = store.readCheckpointsAfter(readOutsideNumber(outsideFile));
  appendOutside(
    outsideFile,
    missing.map((row) => encodeCheckpointLine(row.content, row.signature, row.keyId)),
  );
}
