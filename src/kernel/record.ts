import type { Dialect } from './dialect.ts';
import type { FailureCode } from './failures.ts';
import type { NanoMoney } from './money.ts';
import type { Usage, UsageSource } from './usage.ts';

/** Why a call was made. Only `client` calls are billed to a key. */
export const purposes = ['client', 'replay', 'shadow', 'judge', 'probe'] as const;
export type Purpose = (typeof purposes)[number];

/** One try at one offer. Times are milliseconds since the call began; null = did not get there. */
export interface AttemptRecord {
  readonly offer: string;
  readonly startMs: number;
  readonly firstByteMs: number | null;
  readonly firstTokenMs: number | null;
  readonly endMs: number;
  /** Upstream HTTP status, or null without an answer. */
  readonly status: number | null;
  readonly failure: FailureCode | null;
  /** Vendor's inner code or a socket error code, at most 64 characters; never message text. */
  readonly cause: string | null;
  /** True when the request was sent a second time because a reused socket reset before the first byte. */
  readonly resent: boolean;
}

/** Bodies of a call, kept only when the route says so. */
export interface CallBodies {
  readonly request: Uint8Array;
  readonly response: Uint8Array;
  /** How long to keep them, milliseconds. */
  readonly keepMs: number;
}

/** One call as the ledger keeps it. `cost` is derived from usage and tariff and is not part of the chain. */
export interface CallRecord {
  readonly kind: 'call';
  readonly id: string;
  /** Epoch milliseconds at accept. */
  readonly at: number;
  readonly org: string;
  readonly team: string | null;
  readonly key: string;
  readonly purpose: Purpose;
  readonly dialect: Dialect;
  readonly stream: boolean;
  readonly route: string;
  readonly routeVersion: number;
  /** The offer that answered, or the last one tried; null when none was. */
  readonly offer: string | null;
  readonly conversation: string | null;
  readonly turn: number;
  readonly task: string | null;
  readonly configHash: string;
  /** What policy decided, and why. */
  readonly decision: { readonly verdict: 'admit' | 'refuse'; readonly reason: string };
  readonly attempts: readonly AttemptRecord[];
  /** HTTP status that the client saw (499 = client gone). */
  readonly status: number;
  readonly failure: FailureCode | null;
  readonly finish: string | null;
  readonly usage: Usage | null;
  readonly usageSource: UsageSource;
  readonly tariff: string | null;
  readonly reportedModel: string | null;
  readonly totalMs: number;
  readonly firstByteMs: number | null;
  readonly firstTokenMs: number | null;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** What a translation could not keep; empty on the native way. */
  readonly loss: readonly string[];
  readonly cost: NanoMoney | null;
  readonly currency: string | null;
  readonly bodies: CallBodies | null;
}

/** Written before the upstream call in `strict` durability, so that a crash leaves a trace. */
export interface OpenedRecord {
  readonly kind: 'opened';
  readonly id: string;
  readonly at: number;
  readonly org: string;
  readonly key: string;
  readonly route: string;
  readonly purpose: Purpose;
}

/** A decision or change that the ledger must hold: switch, key, config, start, stop, erase, gap, checkpoint. */
export interface EventRecord {
  readonly kind: 'event';
  readonly id: string;
  readonly at: number;
  readonly org: string;
  /** Who did it: `admin`, a key id, `config`, `system`. */
  readonly actor: string;
  /** Dotted noun and verb, e.g. `serving.switched`, `key.created`, `config.applied`, `ledger.gap`. */
  readonly event: string;
  /** What it is about, e.g. a route name or key id. */
  readonly subject: string;
  /** Plain JSON facts; never secrets or customer content. */
  readonly data: Readonly<Record<string, unknown>>;
}

export type LedgerRecord = CallRecord | OpenedRecord | EventRecord;

/** `normal`: all is kept · `shedding`: bodies are dropped · `behind`: new calls must be refused or counted as a gap. */
export type LedgerPressure = 'normal' | 'shedding' | 'behind';

/** The ledger's door for the data plane. Nothing here touches a disk on the caller's thread. */
export interface Recorder {
  readonly durability: 'batch' | 'strict';
  /** What to do when `behind`: refuse new calls, or serve them and chain a gap record with their count. */
  readonly whenBehind: 'refuse' | 'gap';
  pressure(): LedgerPressure;
  /** Queues one record; durable within the stated lag. Under `shedding` its bodies are dropped first. */
  record(record: LedgerRecord): void;
  /** Resolves when the record is on disk (strict mode; admin events). Rejects when the ledger cannot write. */
  recordDurably(record: LedgerRecord): Promise<void>;
}
