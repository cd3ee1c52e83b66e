// The canonical text of a record: one JSON array per record, by position, as docs/reference/ledger-format.md
// has it. By position and not by name, because it is written for every call: 0.8 µs instead of 3, 450 bytes
// instead of 1,040.
import type { AttemptRecord, CallRecord, EventRecord, LedgerRecord, OpenedRecord } from '../kernel/index.ts';
import { toCanonicalJson } from './canonical-json.ts';

/**
 * Version of the record format; the second element of every record. A reader refuses a version it does not
 * know.
 */
const recordVersion = 1;

/** Names of the positions, in order; the reference page lists them and a test compares. */
export const callFields = [
  'kind',
  'version',
  'id',
  'at',
  'org',
  'team',
  'key',
  'purpose',
  'dialect',
  'stream',
  'route',
  'routeVersion',
  'offer',
  'turn',
  'task',
  'configHash',
  'verdict',
  'reason',
  'attempts',
  'status',
  'failure',
  'finish',
  'usage',
  'usageSource',
  'tariff',
  'reportedModel',
  'totalUs',
  'firstByteUs',
  'firstTokenUs',
  'requestBytes',
  'responseBytes',
  'loss',
  'conversation',
  'bodies',
] as const;

export const attemptFields = [
  'offer',
  'startUs',
  'firstByteUs',
  'firstTokenUs',
  'endUs',
  'status',
  'failure',
  'cause',
  'resent',
] as const;

export const usageFields = [
  'inputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'outputTokens',
  'reasoningTokens',
] as const;

export const openedFields = ['kind', 'version', 'id', 'at', 'org', 'key', 'route', 'purpose'] as const;

export const eventFields = [
  'kind',
  'version',
  'id',
  'at',
  'org',
  'actor',
  'event',
  'subject',
  'data',
] as const;

type AttemptTuple = readonly [
  offer: string,
  startUs: number,
  firstByteUs: number | null,
  firstTokenUs: number | null,
  endUs: number,
  status: number | null,
  failure: AttemptRecord['failure'],
  cause: string | null,
  resent: boolean,
];

/** `[input, cache read, cache write, output, reasoning]` tokens. */
export type UsageTuple = readonly [number, number, number, number, number];

/** What a record says about bodies: not kept, dropped by a long queue, or commitments and time to keep. */
export type BodiesField = null | 'shed' | readonly [request: string, response: string, keepMs: number];

/** A call as the parsed canonical text has it. */
export type CallTuple = readonly [
  kind: 'call',
  version: number,
  id: string,
  at: number,
  org: string,
  team: string | null,
  key: string,
  purpose: CallRecord['purpose'],
  dialect: CallRecord['dialect'],
  stream: boolean,
  route: string,
  routeVersion: number,
  offer: string | null,
  turn: number,
  task: string | null,
  configHash: string,
  verdict: CallRecord['decision']['verdict'],
  reason: string,
  attempts: readonly AttemptTuple[],
  status: number,
  failure: CallRecord['failure'],
  finish: string | null,
  usage: UsageTuple | null,
  usageSource: CallRecord['usageSource'],
  tariff: string | null,
  reportedModel: string | null,
  totalUs: number,
  firstByteUs: number | null,
  firstTokenUs: number | null,
  requestBytes: number,
  responseBytes: number,
  loss: readonly string[],
  conversation: string | null,
  bodies: BodiesField,
];

export type OpenedTuple = readonly [
  kind: 'opened',
  version: number,
  id: string,
  at: number,
  org: string,
  key: string,
  route: string,
  purpose: OpenedRecord['purpose'],
];

export type EventTuple = readonly [
  kind: 'event',
  version: number,
  id: string,
  at: number,
  org: string,
  actor: string,
  event: string,
  subject: string,
  data: EventRecord['data'],
];

export type RecordTuple = CallTuple | OpenedTuple | EventTuple;

/**
 * Limit: text that comes from a vendor or a translation; longer values are cut, so that no answer can bloat
 * the chain.
 */
const foreignTextMax = 200;
/** Limit: lines of loss kept per call. */
const lossMax = 50;
/**
 * Limit: tokens of one class in one call; what a vendor reports beyond it is nonsense, and would break sums.
 */
const tokensMax = 1_000_000_000;

/** Limit: a client names its conversation in a header. */
const conversationMax = 1024;

function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000);
}

function toMicrosecondsOrNull(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1000);
}

function toForeignText(text: string | null): string | null {
  return text === null || text.length <= foreignTextMax ? text : text.slice(0, foreignTextMax);
}

function toAttemptTuple(attempt: AttemptRecord): AttemptTuple {
  return [
    attempt.offer,
    toMicroseconds(attempt.startMs),
    toMicrosecondsOrNull(attempt.firstByteMs),
    toMicrosecondsOrNull(attempt.firstTokenMs),
    toMicroseconds(attempt.endMs),
    attempt.status,
    attempt.failure,
    toForeignText(attempt.cause),
    attempt.resent,
  ];
}

function toTokens(count: number): number {
  return Number.isFinite(count) ? Math.min(tokensMax, Math.max(0, Math.trunc(count))) : 0;
}

function toUsageTuple(usage: CallRecord['usage']): UsageTuple | null {
  if (usage === null) return null;
  return [
    toTokens(usage.inputTokens),
    toTokens(usage.cacheReadTokens),
    toTokens(usage.cacheWriteTokens),
    toTokens(usage.outputTokens),
    toTokens(usage.reasoningTokens),
  ];
}

/**
 * A call without its last two fields, which are commitments: their salts are made where the row is written.
 */
function encodeCallHead(record: CallRecord): string {
  return JSON.stringify([
    'call',
    recordVersion,
    record.id,
    Math.trunc(record.at),
    record.org,
    record.team,
    record.key,
    record.purpose,
    record.dialect,
    record.stream,
    record.route,
    record.routeVersion,
    record.offer,
    record.turn,
    record.task,
    record.configHash,
    record.decision.verdict,
    toForeignText(record.decision.reason),
    record.attempts.map(toAttemptTuple),
    record.status,
    record.failure,
    toForeignText(record.finish),
    toUsageTuple(record.usage),
    record.usageSource,
    record.tariff,
    toForeignText(record.reportedModel),
    toMicroseconds(record.totalMs),
    toMicrosecondsOrNull(record.firstByteMs),
    toMicrosecondsOrNull(record.firstTokenMs),
    record.requestBytes,
    record.responseBytes,
    record.loss.length === 0 ? record.loss : record.loss.slice(0, lossMax).map(toForeignText),
  ]);
}

/** Escapes of NUL and of lone surrogates in JSON; may also meet an escaped backslash, which does no harm. */
const oddText = /\\u(?:0000|d[89a-f])/;

/** Text as databases can hold it: well-formed and without NUL. */
function toPlainText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\u{fffd}');
}

function toPlainValue(value: unknown): unknown {
  if (typeof value === 'string') return toPlainText(value);
  if (Array.isArray(value)) return value.map(toPlainValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [toPlainText(name), toPlainValue(member)]),
  );
}

function encodeHead(record: LedgerRecord): string {
  if (record.kind === 'call') return encodeCallHead(record);
  const head = [record.kind, recordVersion, record.id, Math.trunc(record.at), record.org];
  if (record.kind === 'opened') return JSON.stringify([...head, record.key, record.route, record.purpose]);
  return toCanonicalJson([...head, record.actor, record.event, record.subject, record.data]);
}

/**
 * The text that goes to the writer: the canonical text of an event or opened record, and for a call all but
 * its last two fields. Throws when the record holds what JSON cannot, or a time that is none.
 */
export function encodeRecordHead(record: LedgerRecord): string {
  if (!Number.isSafeInteger(Math.trunc(record.at))) throw new TypeError(`Cannot record at ${record.at}`);
  const head = encodeHead(record);
  // Otherwise columns and sums, which a database keeps as plain text, would differ from the record.
  return oddText.test(head) ? toCanonicalJson(toPlainValue(JSON.parse(head))) : head;
}

/** Adds the last two fields to a call's head, which gives its canonical text. */
export function completeCall(head: string, conversation: string | null, bodies: BodiesField): string {
  const first = conversation === null ? 'null' : `"${conversation}"`;
  const second = bodies === null ? 'null' : JSON.stringify(bodies);
  return `${head.slice(0, -1)},${first},${second}]`;
}

/**
 * The conversation as it is stored and committed to: well-formed text without NUL, which databases do not
 * hold.
 */
export function toStoredConversation(conversation: string | null): string | null {
  if (conversation === null) return null;
  return toPlainText(conversation.slice(0, conversationMax));
}

const lengths: Readonly<Record<string, number>> = {
  call: callFields.length,
  opened: openedFields.length,
  event: eventFields.length,
};

/** Reads canonical text; null when it is not a record of a version that we know. */
export function parseRecord(text: string): RecordTuple | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(value) || typeof value[0] !== 'string' || value[1] !== recordVersion) return null;
  if (value.length !== lengths[value[0]]) return null;
  const isNamed =
    typeof value[2] === 'string' && typeof value[3] === 'number' && typeof value[4] === 'string';
  return isNamed ? (value as unknown as RecordTuple) : null;
}
