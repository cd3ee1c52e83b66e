import type { EntryRow } from '../store/ledger/index.ts';
import type { AttemptRecord, Usage } from '../kernel/index.ts';
import type { BodiesState, ChainPosition, StoredCall, StoredEvent } from './ledger.ts';
import { type BodiesField, type CallTuple, parseRecord, type RecordTuple } from './record-format.ts';

const decoder = new TextDecoder();

/** The record of a row, parsed; throws when it is not one: the file is damaged. */
export function toTuple(row: EntryRow): RecordTuple {
  const tuple = parseRecord(decoder.decode(row.record));
  if (tuple !== null) return tuple;
  throw new TypeError(`Cannot read ${row.kind} "${row.id}": run "changeover ledger verify"`);
}

/** Where a row stands in its chain. */
function toPosition(row: EntryRow, writer: string): ChainPosition {
  return { writer, seq: row.seq, hash: Buffer.from(row.hash).toString('hex') };
}

/** What became of the bodies of a call by the time `now`. */
function toBodiesState(field: BodiesField, row: EntryRow, now: number): BodiesState {
  if (field === null) return 'none';
  if (field === 'shed') return 'shed';
  if (row.erasedBy !== null) return 'erased';
  return now >= row.at + field[2] ? 'expired' : 'kept';
}

function toMilliseconds(us: number | null): number | null {
  return us === null ? null : us / 1000;
}

function toAttempt(tuple: CallTuple[18][number]): AttemptRecord {
  const [offer, startUs, firstByteUs, firstTokenUs, endUs, status, failure, cause, resent] = tuple;
  return {
    offer,
    startMs: startUs / 1000,
    firstByteMs: toMilliseconds(firstByteUs),
    firstTokenMs: toMilliseconds(firstTokenUs),
    endMs: endUs / 1000,
    status,
    failure,
    cause,
    resent,
  };
}

function toUsage(tuple: CallTuple[22]): Usage | null {
  if (tuple === null) return null;
  const [inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens] = tuple;
  return { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens };
}

/** A call as it is read back. */
export function toStoredCall(
  row: EntryRow,
  call: CallTuple,
  context: { readonly writer: string; readonly now: number },
): StoredCall {
  return {
    kind: 'call',
    id: call[2],
    at: call[3],
    org: call[4],
    team: call[5],
    key: call[6],
    purpose: call[7],
    dialect: call[8],
    stream: call[9],
    route: call[10],
    routeVersion: call[11],
    offer: call[12],
    conversation: row.conversation,
    turn: call[13],
    task: call[14],
    configHash: call[15],
    decision: { verdict: call[16], reason: call[17] },
    attempts: call[18].map(toAttempt),
    status: call[19],
    failure: call[20],
    finish: call[21],
    usage: toUsage(call[22]),
    usageSource: call[23],
    tariff: call[24],
    reportedModel: call[25],
    totalMs: call[26] / 1000,
    firstByteMs: toMilliseconds(call[27]),
    firstTokenMs: toMilliseconds(call[28]),
    requestBytes: call[29],
    responseBytes: call[30],
    loss: call[31],
    cost: row.costText === null ? null : BigInt(row.costText),
    currency: row.currency,
    bodies: toBodiesState(call[33], row, context.now),
    erasedBy: row.erasedBy,
    position: toPosition(row, context.writer),
  };
}

/** An event as it is read back. */
export function toStoredEvent(row: EntryRow, tuple: RecordTuple, writer: string): StoredEvent {
  if (tuple[0] !== 'event') throw new TypeError(`Cannot read "${row.id}" as an event`);
  const [kind, , id, at, org, actor, event, subject, data] = tuple;
  return { kind, id, at, org, actor, event, subject, data, position: toPosition(row, writer) };
}
