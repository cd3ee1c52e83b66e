import { createHash, type Hash } from 'node:crypto';
import type { FindingList, FindingPlace } from './finding-list.ts';
import type { RecordTuple } from './record-format.ts';
import { ledgerEvents } from './system-event.ts';

/** Limit: ids listed in a report. */
const listedMax = 1_000;

interface Erasure {
  readonly digest: Hash;
  readonly first: FindingPlace;
  calls: number;
}

/** Follows what rows say about each other: opened and closed calls, erasures, gaps, prunings. */
export class EventCheck {
  readonly #findings: FindingList;
  readonly #open = new Map<string, { readonly org: string; readonly at: number }>();
  readonly #erasures = new Map<string, Erasure>();
  readonly interrupted: string[] = [];
  /** Numbers of checkpoints behind which rows were pruned. */
  readonly prunedBehind = new Set<number>();
  gapCalls = 0;
  erasedRows = 0;

  constructor(findings: FindingList) {
    this.#findings = findings;
  }

  /** Calls that were opened and neither closed nor interrupted, by id. */
  get open(): ReadonlyMap<string, { readonly org: string; readonly at: number }> {
    return this.#open;
  }

  /** A row that states to be erased by an event, which is to come. */
  addErased(eventId: string, hash: Uint8Array, place: FindingPlace): void {
    this.erasedRows += 1;
    const erasure = this.#erasures.get(eventId) ?? { digest: createHash('sha256'), first: place, calls: 0 };
    erasure.digest.update(hash);
    erasure.calls += 1;
    this.#erasures.set(eventId, erasure);
  }

  follow(tuple: RecordTuple, place: FindingPlace, isPruned: boolean): void {
    if (tuple[0] === 'opened') this.#open.set(tuple[2], { at: tuple[3], org: tuple[4] });
    else if (tuple[0] === 'call') this.#open.delete(tuple[2]);
    else this.#followEvent(tuple, place, isPruned);
  }

  /** Ends the check; `exists` tells of events that were written after the check began. */
  finish(exists: (eventId: string) => boolean): void {
    for (const [id, { calls, first }] of this.#erasures) {
      if (exists(id)) continue;
      this.#findings.add(
        'erasure-unexplained',
        `${calls} rows state to be erased by "${id}", which is not there`,
        first,
      );
    }
  }

  #followEvent(tuple: RecordTuple & { 0: 'event' }, place: FindingPlace, isPruned: boolean): void {
    const [, , id, , , , event, subject, data] = tuple;
    if (event === ledgerEvents.gap && typeof data['calls'] === 'number') this.gapCalls += data['calls'];
    if (event === ledgerEvents.pruned && typeof data['checkpoint'] === 'number') {
      this.prunedBehind.add(data['checkpoint']);
    }
    if (event === ledgerEvents.interrupted) {
      this.#open.delete(subject);
      if (this.interrupted.length < listedMax) this.interrupted.push(subject);
    }
    if (event === ledgerEvents.erased) this.#closeErasure(id, data, { place, isPruned });
  }

  #closeErasure(
    id: string,
    data: Readonly<Record<string, unknown>>,
    context: { readonly place: FindingPlace; readonly isPruned: boolean },
  ): void {
    const erasure = this.#erasures.get(id);
    this.#erasures.delete(id);
    const calls = erasure?.calls ?? 0;
    const stated = typeof data['calls'] === 'number' ? data['calls'] : 0;
    // Some of the rows may have been pruned since; the digest is over all of them.
    if (context.isPruned && calls < stated) return;
    const digest = (erasure?.digest ?? createHash('sha256')).digest('hex');
    if (calls === stated && digest === data['digest']) return;
    const text = `Erasure "${id}" names ${stated} rows; those that state to be erased by it are ${calls === stated ? 'others' : calls}`;
    this.#findings.add('erasure-unexplained', text, context.place);
  }
}
