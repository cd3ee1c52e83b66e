import type { EntryRow, LedgerReadStore } from '../store/ledger/index.ts';
import type { ChainStart } from './chain-check.ts';
import type { ExportChain, ExportEnd, ExportHead, ExportRecord } from './export-format.ts';
import type { ExportSummary } from './ledger.ts';
import { encodeCheckpointLine } from './outside-file.ts';

/** Rows per piece; about half a megabyte. */
const stepRows = 1_000;

export interface ExportRange {
  /**
   * Epoch milliseconds. All records between the first and the last one of this time are written, so that
   * chains stay whole.
   */
  readonly from: number;
  readonly to: number;
  readonly now: number;
}

export interface ExportPiece {
  readonly text: string;
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function findPlaces(store: LedgerReadStore, range: ExportRange): { first: number; last: number } | null {
  let first = Infinity;
  let last = 0;
  for (const org of store.readOrgs()) {
    const places = store.readPlaces(org, range.from, range.to);
    if (places === null) continue;
    first = Math.min(first, places.first);
    last = Math.max(last, places.last);
  }
  return last === 0 ? null : { first, last };
}

/** The row before `row` in its chain; for the first row, what the chain or its pruned part ends with. */
function findStart(store: LedgerReadStore, row: EntryRow): ChainStart {
  const chain = store.readChain(row.chainId);
  if (chain === null) throw new TypeError(`Cannot export: row ${row.place} belongs to no chain`);
  const { org, writer } = chain;
  if (chain.prunedSeq === row.seq - 1) return { org, writer, seq: chain.prunedSeq, hash: chain.prunedHash };
  const hash = store.readHash(row.chainId, row.seq - 1, row.place);
  if (hash === null) throw new TypeError(`Cannot export: row ${row.seq - 1} of "${org}" is missing`);
  return { org, writer, seq: row.seq - 1, hash };
}

/** Makes an export piece by piece; each is made when the one before has been taken. */
export function* exportLedger(
  store: LedgerReadStore,
  range: ExportRange,
): Generator<string, ExportSummary, undefined> {
  const places = findPlaces(store, range);
  const { checkpoints, ledger } = store.atOneMoment(() => store.readSnapshot());
  let bytes = 0;
  function toPiece(lines: readonly string[]): string {
    const text = `${lines.join('\n')}\n`;
    bytes += Buffer.byteLength(text);
    return text;
  }
  const head: ExportHead = { changeover: 'ledger-export', version: 1, ledger, at: range.now };
  yield toPiece([JSON.stringify(head)]);
  // All of them, also those outside of the range: each names the one before, and a row before the range may
  // be signed only by one inside.
  for (const row of checkpoints) yield toPiece([encodeCheckpointLine(row.content, row.signature, row.keyId)]);
  const known = new Set<number>();
  let records = 0;
  for (let place = (places?.first ?? 1) - 1; places !== null && place < places.last;) {
    const rows = store.readEntriesAfter(place, places.last, stepRows);
    const lines: string[] = [];
    for (const row of rows) {
      if (!known.has(row.chainId)) {
        const { org, writer, seq, hash } = findStart(store, row);
        const chain: ExportChain = { chain: row.chainId, org, writer, seq, hash: toHex(hash) };
        lines.push(JSON.stringify(chain));
        known.add(row.chainId);
      }
      const record = Buffer.from(row.record).toString();
      const line: ExportRecord = { c: row.chainId, seq: row.seq, hash: toHex(row.hash), record };
      lines.push(JSON.stringify(line));
    }
    const last = rows.at(-1);
    if (last === undefined) break;
    place = last.place;
    records += rows.length;
    yield toPiece(lines);
  }
  const end: ExportEnd = { end: true, records, checkpoints: checkpoints.length };
  yield toPiece([JSON.stringify(end)]);
  return { records, checkpoints: checkpoints.length, bytes };
}
