import { hash } from 'node:crypto';
import type { EntryValues, LedgerWriteStore } from '../store/ledger/index.ts';
import { linkHeadBytes, toGenesisHash, writeLinkHead } from './chain.ts';

/** What stands beside a record in its row. */
export interface EntryColumns {
  readonly org: string;
  readonly kind: string;
  readonly at: number;
  readonly id: string;
  readonly conversation: string | null;
  readonly salt: string | null;
  readonly cost: bigint | null;
  readonly currency: string | null;
  readonly bodyBlock: number | null;
  readonly bodyPosition: number | null;
}

interface ChainState {
  readonly id: number;
  seq: number;
  hash: Uint8Array;
  isNew: boolean;
  isChanged: boolean;
}

/** Bytes for the records of some commits; a fresh buffer per record would cost more than its hash. */
const scratchBytes = 1024 * 1024;

/** Links records to the chains of one writer. Used inside a transaction: `append` … `write`, else `reset`. */
export class ChainWriter {
  readonly #store: LedgerWriteStore;
  readonly #writer: string;
  #chains = new Map<string, ChainState>();
  #rows: EntryValues[] = [];
  #lastChain = 0;
  #lastPlace = 0;
  #totalRows = 0;
  #scratch = Buffer.alloc(scratchBytes);
  #used = 0;

  constructor(store: LedgerWriteStore, writer: string) {
    this.#store = store;
    this.#writer = writer;
    this.reset();
  }

  /** Rows in the file. */
  get totalRows(): number {
    return this.#totalRows;
  }

  /** Place of the newest row. */
  get lastPlace(): number {
    return this.#lastPlace;
  }

  /** Rows were deleted by retention. */
  forgetRows(count: number): void {
    this.#totalRows -= count;
  }

  /** Forgets what was appended and reads the heads again. */
  reset(): void {
    this.#chains = new Map();
    this.#rows = [];
    this.#used = 0;
    this.#lastPlace = this.#store.lastPlace();
    this.#lastChain = 0;
    this.#totalRows = 0;
    for (const { id, org, writer, seq, hash: head, prunedSeq } of this.#store.readChains()) {
      this.#lastChain = Math.max(this.#lastChain, id);
      this.#totalRows += seq - prunedSeq;
      if (writer !== this.#writer) continue;
      this.#chains.set(org, { id, seq, hash: head, isNew: false, isChanged: false });
    }
  }

  append(text: string, columns: EntryColumns): void {
    const chain = this.#findChain(columns.org);
    const seq = chain.seq + 1;
    const start = this.#reserve(text.length);
    const scratch = this.#scratch;
    writeLinkHead(scratch, start, { prev: chain.hash, seq });
    const end = start + linkHeadBytes + scratch.write(text, start + linkHeadBytes);
    this.#used = end;
    const link = hash('sha256', scratch.subarray(start, end), 'buffer');
    this.#lastPlace += 1;
    this.#rows.push([
      this.#lastPlace,
      chain.id,
      seq,
      link,
      scratch.subarray(start + linkHeadBytes, end),
      columns.org,
      columns.kind,
      columns.at,
      columns.id,
      columns.conversation,
      columns.salt,
      columns.cost,
      columns.currency,
      columns.bodyBlock,
      columns.bodyPosition,
    ]);
    chain.seq = seq;
    chain.hash = link;
    chain.isChanged = true;
  }

  /** Inserts the rows that were appended and moves the heads. */
  write(): void {
    this.#store.insertEntries(this.#rows);
    this.#totalRows += this.#rows.length;
    this.#rows = [];
    this.#used = 0;
    for (const [org, chain] of this.#chains) {
      if (!chain.isChanged) continue;
      if (chain.isNew) this.#insertChain(org, chain);
      else this.#store.writeHead(chain.id, chain.seq, chain.hash);
      chain.isNew = false;
      chain.isChanged = false;
    }
  }

  #insertChain(org: string, { id, seq, hash: head }: ChainState): void {
    const writer = this.#writer;
    const genesis = toGenesisHash(org, writer);
    this.#store.insertChain({ id, org, writer, seq, hash: head, prunedSeq: 0, prunedHash: genesis });
  }

  #findChain(org: string): ChainState {
    let chain = this.#chains.get(org);
    if (chain === undefined) {
      const genesis = toGenesisHash(org, this.#writer);
      chain = { id: ++this.#lastChain, seq: 0, hash: genesis, isNew: true, isChanged: false };
      this.#chains.set(org, chain);
    }
    return chain;
  }

  #reserve(textLength: number): number {
    // UTF-8 takes at most three bytes per UTF-16 unit.
    const needed = linkHeadBytes + textLength * 3;
    if (this.#used + needed > this.#scratch.length) {
      // Rows that wait to be inserted keep their part of the old one alive.
      this.#scratch = Buffer.alloc(Math.max(scratchBytes, needed));
      this.#used = 0;
    }
    return this.#used;
  }
}
