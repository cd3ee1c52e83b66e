import {
  type Clock,
  type IdSource,
  type LedgerPressure,
  type LedgerRecord,
  limits,
  type Recorder,
} from '../kernel/index.ts';
import { toBodyBytes, toPendingRow } from './batch-builder.ts';
import { createGapCount, type Gap } from './gap-count.ts';
import type { QueueLimits } from './ledger.ts';
import { ledgerEvents } from './system-event.ts';
import type { WriterQueue } from './writer-queue.ts';

/** The kernel's limits of the queue. */
export const defaultQueueLimits: QueueLimits = {
  shedRows: limits.ledgerQueueShed,
  maxRows: limits.ledgerQueueRows,
  maxBodyBytes: limits.ledgerQueueBytes,
};

export interface RecorderOptions {
  readonly durability: Recorder['durability'];
  readonly whenBehind: Recorder['whenBehind'];
  readonly queue: WriterQueue;
  readonly limits: QueueLimits;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** The recorder with what the ledger tells about it. */
export interface LedgerRecorder extends Recorder {
  readonly shedBodies: number;
  readonly gapCalls: number;
  /** Chains what was counted as a gap, when the queue has recovered; `force` at the end of the process. */
  chainGaps(force?: boolean): void;
}

/** What an offered record meets. `full`: it does not fit and is counted. */
type Room = 'free' | 'full';

/** Puts records into the queue under the rule of the full queue: bodies go first, then calls. */
export function createRecorder(options: RecorderOptions): LedgerRecorder {
  const { queue, whenBehind, clock, ids } = options;
  const { shedRows, maxRows, maxBodyBytes } = options.limits;
  const gaps = createGapCount();
  let shedBodies = 0;

  function pressure(): LedgerPressure {
    const { rows } = queue;
    if (rows >= maxRows || queue.writeError !== null) return 'behind';
    return rows >= shedRows || queue.bodyBytes >= maxBodyBytes ? 'shedding' : 'normal';
  }
  function findRoom({ kind }: LedgerRecord): Room {
    // Calls that are in flight when the queue gets full are still recorded where new ones are refused; twice
    // the limit ends that. With `gap` nobody refuses calls, so that the limit itself is the end.
    const isCounted = whenBehind === 'gap' && kind !== 'event';
    return queue.rows >= (isCounted ? maxRows : maxRows * 2) ? 'full' : 'free';
  }
  function push(offered: LedgerRecord, settle: ((error: Error | null) => void) | null): void {
    const bodies = offered.kind === 'call' ? offered.bodies : null;
    const mayKeepBodies =
      bodies === null || (queue.rows < shedRows && queue.bodyBytes + toBodyBytes(bodies) <= maxBodyBytes);
    if (!mayKeepBodies) shedBodies += 1;
    queue.push(toPendingRow(offered, { mayKeepBodies, settle }));
  }
  function record(offered: LedgerRecord): void {
    if (findRoom(offered) === 'free') push(offered, null);
    // The record of the call itself counts; the row that opened it would count it twice.
    else if (offered.kind !== 'opened') gaps.add(offered.org, offered.kind, clock.now());
  }
  function pushGap({ org, calls, others, fromMs, toMs }: Gap): void {
    const data = { calls, others, from: fromMs, to: toMs };
    const about = { actor: 'system', event: ledgerEvents.gap, subject: 'ledger', data };
    push({ kind: 'event', id: ids.next('evt'), at: clock.now(), org, ...about }, null);
  }
  function recordDurably(offered: LedgerRecord): Promise<void> {
    const isBehind = pressure() === 'behind';
    if (isBehind && whenBehind === 'gap' && offered.kind !== 'event') {
      // The operator wants answers rather than rows: the call goes on, and its row follows or is counted.
      record(offered);
      return Promise.resolve();
    }
    const mustWait = offered.kind === 'call' ? queue.rows >= maxRows * 2 : isBehind;
    if (mustWait) {
      if (offered.kind === 'call') gaps.add(offered.org, 'call', clock.now());
      return Promise.reject(new Error(`Cannot record now: ${queue.writeError ?? 'the queue is full'}`));
    }
    return new Promise((resolve, reject) => {
      push(offered, (error) => (error === null ? resolve() : reject(error)));
      // The row of a call that has happened stays queued, but nobody can wait for a disk that does not write.
      if (queue.isStuck) reject(new Error(`Cannot write to the ledger: ${queue.writeError ?? ''}`));
    });
  }
  return {
    durability: options.durability,
    whenBehind,
    pressure,
    record,
    recordDurably,
    get shedBodies() {
      return shedBodies;
    },
    get gapCalls() {
      return gaps.calls;
    },
    chainGaps(force = false) {
      if (gaps.isEmpty || (!force && pressure() === 'behind')) return;
      for (const gap of gaps.take()) pushGap(gap);
    },
  };
}
