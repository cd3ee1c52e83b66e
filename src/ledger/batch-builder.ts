import type { CallBodies, LedgerRecord } from '../kernel/index.ts';
import { encodeRecordHead, toStoredConversation } from './record-format.ts';
import type { Batch } from './writer-messages.ts';

/** A record that waits: its text, and what is not part of it. */
export interface PendingRow {
  readonly org: string;
  readonly head: string;
  readonly conversation: string | null;
  readonly cost: bigint | null;
  readonly currency: string | null;
  readonly bodies: CallBodies | null;
  /** True when bodies were to be kept and the queue was too long. */
  readonly isShed: boolean;
  /** Called when the row is on disk, or when it is known that it cannot be written now. */
  readonly settle: ((error: Error | null) => void) | null;
}

/**
 * Limit: cost of one call, a million units of its currency. Beyond it the price is wrong, and sums would
 * overflow.
 */
const costMax = 10n ** 15n;

/** Limit: time to keep bodies, a hundred years. */
const keepMsMax = 100 * 365 * 86_400_000;

function toStoredCost(cost: bigint | null): bigint | null {
  return cost !== null && cost >= 0n && cost <= costMax ? cost : null;
}

/** Bytes of bodies that a row holds. */
export function toBodyBytes(bodies: CallBodies | null): number {
  return bodies === null ? 0 : bodies.request.length + bodies.response.length;
}

/** Encodes a record on the caller's thread (about 1 µs). Throws for what no record can hold. */
export function toPendingRow(
  record: LedgerRecord,
  options: { readonly mayKeepBodies: boolean; readonly settle: PendingRow['settle'] },
): PendingRow {
  const head = encodeRecordHead(record);
  const { org } = record;
  const { settle } = options;
  if (record.kind !== 'call') {
    return { org, head, conversation: null, cost: null, currency: null, bodies: null, isShed: false, settle };
  }
  const bodies = options.mayKeepBodies ? record.bodies : null;
  return {
    org,
    head,
    conversation: toStoredConversation(record.conversation),
    cost: toStoredCost(record.cost),
    currency: record.currency,
    bodies,
    isShed: bodies === null && record.bodies !== null,
    settle,
  };
}

/**
 * Puts rows into one message. Bodies are copied into one buffer that can be transferred: cloning a view would
 * clone all of the memory behind it.
 */
export function toBatch(number: number, rows: readonly PendingRow[], now: number): Batch {
  const shed: number[] = [];
  const bodyRows: number[] = [];
  const keepMs: number[] = [];
  const requestLengths: number[] = [];
  const responseLengths: number[] = [];
  let size = 0;
  for (const row of rows) size += toBodyBytes(row.bodies);
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const [index, { bodies, isShed }] of rows.entries()) {
    if (isShed) shed.push(index);
    if (bodies === null) continue;
    bytes.set(bodies.request, offset);
    bytes.set(bodies.response, offset + bodies.request.length);
    offset += toBodyBytes(bodies);
    bodyRows.push(index);
    keepMs.push(Math.min(keepMsMax, Math.max(0, Math.trunc(bodies.keepMs))));
    requestLengths.push(bodies.request.length);
    responseLengths.push(bodies.response.length);
  }
  return {
    number,
    at: now,
    heads: rows.map((row) => row.head),
    conversations: rows.map((row) => row.conversation),
    costs: rows.map((row) => row.cost),
    currencies: rows.map((row) => row.currency),
    bodies: { shed, rows: bodyRows, keepMs, requestLengths, responseLengths, bytes },
  };
}
