import type { EntryRow, LedgerReadStore } from '../store/ledger/index.ts';
import { type BodyEntry, decodeBodyBlock } from './body-block.ts';
import { commitToBytes, commitToText } from './commitment.ts';
import type { FindingList, FindingPlace } from './finding-list.ts';
import type { CallTuple, RecordTuple } from './record-format.ts';

/** Limit: unpacked blocks kept at once. Rows of one batch take turns over few blocks. */
const blocksMax = 8;

interface BlockState {
  readonly expiresAt: number;
  /** The latest end of a row's time to keep. */
  latest: number;
}

/** Compares what stands beside a record with the record. */
export class RowCheck {
  readonly #store: LedgerReadStore;
  readonly #findings: FindingList;
  readonly #now: number;
  readonly #unpacked = new Map<number, readonly (BodyEntry | null)[] | null>();
  readonly #blocks = new Map<number, BlockState>();
  bodies = 0;

  constructor(store: LedgerReadStore, findings: FindingList, now: number) {
    this.#store = store;
    this.#findings = findings;
    this.#now = now;
  }

  check(row: EntryRow, tuple: RecordTuple, place: FindingPlace): void {
    const [kind, , id, at, org] = tuple;
    if (row.kind !== kind) this.#differs('kind', { expected: kind, found: row.kind }, place);
    if (row.id !== id) this.#differs('id', { expected: id, found: row.id }, place);
    if (row.at !== at) this.#differs('at', { expected: at, found: row.at }, place);
    if (row.org !== org) this.#differs('org', { expected: org, found: row.org }, place);
    if (org !== place.org) this.#differs('chain_id', { expected: org, found: place.org }, place);
    if (tuple[0] === 'call') this.#checkCall(row, tuple, place);
    else this.#checkEmpty(row, place);
  }

  /** Ends the check: blocks must expire when the last of their bodies does. */
  finish(): void {
    for (const [block, { expiresAt, latest }] of this.#blocks) {
      if (expiresAt === latest) continue;
      const text = `Body block ${block} expires at ${expiresAt}, its rows say ${latest}`;
      this.#findings.add('column-differs', text);
    }
  }

  #differs(name: string, values: { expected: unknown; found: unknown }, place: FindingPlace): void {
    const text = `Column ${name} holds ${String(values.found)}, the record says ${String(values.expected)}`;
    this.#findings.add('column-differs', text, place);
  }

  #checkEmpty(row: EntryRow, place: FindingPlace): void {
    const { conversation, salt, costText, currency, bodyBlock, bodyPosition, erasedBy } = row;
    const columns = { conversation, salt, cost_nano: costText, currency, bodyBlock, bodyPosition, erasedBy };
    this.#checkNulls(columns, place);
  }

  #checkNulls(columns: Readonly<Record<string, unknown>>, place: FindingPlace): void {
    for (const [name, found] of Object.entries(columns)) {
      if (found !== null) this.#differs(name, { expected: null, found }, place);
    }
  }

  #checkCall(row: EntryRow, call: CallTuple, place: FindingPlace): void {
    const conversation = call[32];
    const hasBodies = Array.isArray(call[33]);
    this.#checkBodies(row, call, place);
    if (row.erasedBy === null) {
      this.#checkConversation(row, conversation, place);
      return;
    }
    if (conversation === null && !hasBodies) {
      const text = `The row states to be erased by "${row.erasedBy}" and had nothing to erase`;
      this.#findings.add('erasure-unexplained', text, place);
    }
    this.#checkNulls({ conversation: row.conversation, salt: row.salt }, place);
  }

  #checkConversation(row: EntryRow, commitment: string | null, place: FindingPlace): void {
    const { conversation, salt } = row;
    if (commitment === null) {
      this.#checkNulls({ conversation, salt }, place);
      return;
    }
    if (conversation === null || salt === null) {
      const text = 'Conversation or salt is gone, and no erasure says so';
      this.#findings.add('erasure-unexplained', text, place);
    } else if (commitToText('conversation', salt, conversation) !== commitment) {
      const text = 'Conversation and salt do not give the commitment of the record';
      this.#findings.add('commitment-differs', text, place);
    }
  }

  #checkBodies(row: EntryRow, call: CallTuple, place: FindingPlace): void {
    const field = call[33];
    const { bodyBlock, bodyPosition } = row;
    if (field === null || field === 'shed') {
      this.#checkNulls({ body_block: bodyBlock, body_position: bodyPosition }, place);
      return;
    }
    if (bodyBlock === null || bodyPosition === null) {
      this.#findings.add('body-missing', 'The place of the bodies is gone', place);
      return;
    }
    const entries = this.#unpack(bodyBlock, place);
    const expiresAt = row.at + field[2];
    const block = this.#blocks.get(bodyBlock);
    if (block !== undefined) block.latest = Math.max(block.latest, expiresAt);
    else if (this.#now < expiresAt) {
      const text = `Body block ${bodyBlock} is gone before its time, and no erasure says so`;
      this.#findings.add('body-missing', text, place);
    }
    if (entries === null) return;
    this.#checkEntry(entries[bodyPosition], { field, isErased: row.erasedBy !== null }, place);
  }

  #checkEntry(
    entry: BodyEntry | null | undefined,
    expected: { readonly field: readonly [string, string, number]; readonly isErased: boolean },
    place: FindingPlace,
  ): void {
    const { field, isErased } = expected;
    if (isErased && entry !== null) {
      this.#findings.add('erasure-unexplained', 'The bodies are said to be erased, and are there', place);
    }
    if (isErased) return;
    if (entry === null || entry === undefined) {
      this.#findings.add(
        'body-missing',
        'The bodies are gone from their block, and no erasure says so',
        place,
      );
      return;
    }
    this.bodies += 1;
    const request = commitToBytes('request', entry.salt, entry.request);
    const response = commitToBytes('response', entry.salt, entry.response);
    if (request === field[0] && response === field[1]) return;
    const which = request === field[0] ? 'response' : 'request';
    this.#findings.add('commitment-differs', `The ${which} body is not the one of the record`, place);
  }

  /** The entries of a block; null when there is no such block or it cannot be read (then that was noted). */
  #unpack(id: number, place: FindingPlace): readonly (BodyEntry | null)[] | null {
    const known = this.#unpacked.get(id);
    if (known !== undefined) return known;
    const block = this.#store.readBlock(id);
    let entries: readonly (BodyEntry | null)[] | null = null;
    if (block !== null) {
      const { expiresAt } = block;
      try {
        entries = decodeBodyBlock(block.data);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#findings.add('body-unreadable', `Body block ${id} cannot be read: ${reason}`, place);
      }
      // One that cannot be read stays known, so that its rows are not reported again as missing.
      if (!this.#blocks.has(id)) this.#blocks.set(id, { expiresAt, latest: 0 });
    }
    const oldest = this.#unpacked.size >= blocksMax ? this.#unpacked.keys().next().value : undefined;
    if (oldest !== undefined) this.#unpacked.delete(oldest);
    this.#unpacked.set(id, entries);
    return entries;
  }
}
