import { createHash } from 'node:crypto';
import type { ErasableRow, LedgerWriteStore } from '../store/ledger/index.ts';
import { decodeBodyBlock, encodeBodyBlock } from './body-block.ts';
import type { ChainWriter } from './chain-writer.ts';
import { appendEvent, ledgerEvents } from './system-event.ts';
import type { EraseStep } from './writer-messages.ts';

/** Names the erased rows for the event: SHA-256 over their chain hashes in the order of writing, in hex. */
function toErasureDigest(hashes: readonly Uint8Array[]): string {
  const digest = createHash('sha256');
  for (const each of hashes) digest.update(each);
  return digest.digest('hex');
}

function blankBodies(store: LedgerWriteStore, rows: readonly ErasableRow[]): void {
  const positions = new Map<number, number[]>();
  for (const { bodyBlock, bodyPosition } of rows) {
    if (bodyBlock === null || bodyPosition === null) continue;
    positions.set(bodyBlock, [...(positions.get(bodyBlock) ?? []), bodyPosition]);
  }
  for (const [block, erased] of positions) {
    const data = store.readBlock(block);
    // Null: it has expired meanwhile.
    if (data === null) continue;
    const entries = decodeBodyBlock(data);
    for (const position of erased) entries[position] = null;
    store.rewriteBlock(block, encodeBodyBlock(entries));
  }
}

/**
 * Deletes bodies, conversations and salts of the calls, and chains one event that counts and names the rows,
 * in one transaction (the caller's). Returns how many calls had something to erase; without any there is no
 * event.
 */
export function eraseCalls(store: LedgerWriteStore, chains: ChainWriter, step: EraseStep): number {
  const rows: ErasableRow[] = [];
  for (const id of new Set(step.ids)) {
    const row = store.findErasable(step.seed.org, id);
    if (row !== null) rows.push(row);
  }
  if (rows.length === 0) return 0;
  rows.sort((a, b) => a.place - b.place);
  blankBodies(store, rows);
  for (const row of rows) store.eraseEntry(row.place, step.seed.id);
  const digest = toErasureDigest(rows.map((row) => row.hash));
  appendEvent(chains, {
    ...step.seed,
    event: ledgerEvents.erased,
    subject: step.selector,
    data: { calls: rows.length, digest, reason: step.reason },
  });
  return rows.length;
}
