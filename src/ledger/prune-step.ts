import type { LedgerWriteStore } from '../store/ledger/index.ts';
import type { BatchWriter } from './batch-writer.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { appendEvent, ledgerEvents } from './system-event.ts';
import type { EventSeed, PruneTarget } from './writer-messages.ts';

/** Limit: rows deleted in one transaction. 2,000 take some 10 ms; batches are written in between. */
export const pruneRowsAtOnce = 2_000;

/** Limit: body blocks deleted in one transaction; a block may be some megabytes. */
export const pruneBlocksAtOnce = 50;

/**
 * Decides up to where rows go: up to the newest checkpoint that is at least as old as `before`, so that what
 * is left begins at signed heads. Marks it and chains an event before anything is deleted: a crash in the
 * middle leaves rows that are to go, never a hole that nobody explains. Null when there is nothing to prune.
 */
export function markPruned(
  store: LedgerWriteStore,
  writer: BatchWriter,
  request: { readonly before: number; readonly seed: EventSeed },
): PruneTarget | null {
  const row = store.readCheckpointBefore(request.before);
  const checkpoint = row === null ? null : parseCheckpoint(row.content);
  if (row === null || checkpoint === null) return null;
  const ids = new Map(store.readChains().map((chain) => [`${chain.org}\n${chain.writer}`, chain]));
  let pruned = 0;
  writer.transaction(() => {
    for (const [org, name, seq, hash] of checkpoint.heads) {
      const chain = ids.get(`${org}\n${name}`);
      if (chain === undefined || chain.prunedSeq >= seq) continue;
      store.markPruned(chain.id, seq, Buffer.from(hash, 'hex'));
      pruned += seq - chain.prunedSeq;
    }
    if (pruned === 0) return;
    appendEvent(writer.chains, {
      ...request.seed,
      event: ledgerEvents.pruned,
      subject: 'ledger',
      data: { checkpoint: row.number, place: row.place },
    });
  });
  writer.chains.forgetRows(pruned);
  return { place: row.place, block: store.lastBlockUpTo(row.place) };
}
