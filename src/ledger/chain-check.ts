import { toGenesisHash, toLinkHash } from './chain.ts';
import type { FindingList } from './finding-list.ts';

/** A row as the check of a chain needs it. */
export interface LinkedRow {
  readonly seq: number;
  readonly hash: Uint8Array;
  readonly record: Uint8Array;
  readonly id: string | null;
}

export interface ChainStart {
  readonly org: string;
  readonly writer: string;
  /** The row before the first one to come; 0 and the genesis hash for a whole chain. */
  readonly seq: number;
  readonly hash: Uint8Array;
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/**
 * Follows one chain row by row. A wrong row is reported once, and the check goes on from the hash it states.
 */
export class ChainCheck {
  readonly org: string;
  readonly writer: string;
  readonly #claims: ReadonlyMap<number, string>;
  readonly #findings: FindingList;
  #seq: number;
  #hash: Uint8Array;

  constructor(start: ChainStart, claims: ReadonlyMap<number, string>, findings: FindingList) {
    this.org = start.org;
    this.writer = start.writer;
    this.#seq = start.seq;
    this.#hash = start.hash;
    this.#claims = claims;
    this.#findings = findings;
    if (start.seq === 0) this.#checkGenesis(start.hash);
    else this.#checkClaim(start.seq, start.hash);
  }

  /** The last row that was followed. */
  get seq(): number {
    return this.#seq;
  }

  get hash(): Uint8Array {
    return this.#hash;
  }

  /** Goes on behind rows that retention has taken. */
  skipTo(seq: number, hash: Uint8Array): void {
    this.#seq = seq;
    this.#hash = hash;
  }

  follow(row: LinkedRow): void {
    const place = { org: this.org, writer: this.writer, seq: row.seq, id: row.id };
    if (row.seq !== this.#seq + 1) {
      const text =
        row.seq <= this.#seq
          ? `Row ${row.seq} comes again after row ${this.#seq}`
          : `Rows ${this.#seq + 1} to ${row.seq - 1} are missing`;
      this.#findings.add('row-missing', text, place);
    } else if (!toLinkHash(this.#hash, row.seq, row.record).equals(row.hash)) {
      this.#findings.add(
        'chain-broken',
        `Row ${row.seq} does not hash to what it states: its record, its hash, or the hash of row ${row.seq - 1} was changed`,
        place,
      );
    }
    this.#seq = Math.max(this.#seq, row.seq);
    this.#hash = row.hash;
    this.#checkClaim(row.seq, row.hash);
  }

  /** At the end: checkpoints must not name rows that are not there. */
  checkEnd(): void {
    let last = 0;
    for (const seq of this.#claims.keys()) last = Math.max(last, seq);
    if (last <= this.#seq) return;
    const text = `A checkpoint names row ${last}, the chain ends at row ${this.#seq}: rows were cut off`;
    this.#findings.add('checkpoint-differs', text, { org: this.org, writer: this.writer, seq: last });
  }

  #checkGenesis(hash: Uint8Array): void {
    if (toGenesisHash(this.org, this.writer).equals(hash)) return;
    const place = { org: this.org, writer: this.writer, seq: 0 };
    this.#findings.add(
      'chain-broken',
      'The chain does not begin where a chain of this org and writer begins',
      place,
    );
  }

  #checkClaim(seq: number, hash: Uint8Array): void {
    const claimed = this.#claims.get(seq);
    if (claimed === undefined || claimed === toHex(hash)) return;
    const text = `A checkpoint names hash ${claimed} for row ${seq}, the row states ${toHex(hash)}`;
    this.#findings.add('checkpoint-differs', text, { org: this.org, writer: this.writer, seq });
  }
}
