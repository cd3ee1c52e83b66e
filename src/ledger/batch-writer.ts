import { DatabaseError, type LedgerWriteStore } from '../store/ledger/index.ts';
import { blockBytesMax, type BodyEntry, encodeBodyBlock } from './body-block.ts';
import { ChainWriter } from './chain-writer.ts';
import { commitToBytes, commitToText, createSalt } from './commitment.ts';
import {
  type BodiesField,
  type CallTuple,
  completeCall,
  parseRecord,
  type RecordTuple,
} from './record-format.ts';
import { createRollUps, type RollUps } from './roll-up.ts';
import { appendEvent, ledgerEvents, systemOrg } from './system-event.ts';
import type { Batch, CommitOutcome } from './writer-messages.ts';

/** Where a body went. */
interface BodyPlace {
  readonly block: number;
  readonly position: number;
  readonly field: BodiesField;
}

interface OpenBlock {
  readonly id: number;
  readonly entries: BodyEntry[];
  expiresAt: number;
  bytes: number;
}

type BodyEntries = ReadonlyMap<number, { readonly entry: BodyEntry; readonly keepMs: number }>;

/** Which rows of a batch to write; `isCareful` looks for each id first. */
interface RowChoice {
  readonly rows: readonly number[];
  readonly bodies: BodyEntries;
  readonly isCareful: boolean;
}

type Written = Pick<CommitOutcome, 'rows' | 'duplicates' | 'unwritable'>;

/** Packs the bodies of one batch into blocks: one per time to keep, so that a block expires as a whole. */
class BlockPacker {
  readonly #store: LedgerWriteStore;
  readonly #open = new Map<number, OpenBlock>();
  lastBlock: number;

  constructor(store: LedgerWriteStore, lastBlock: number) {
    this.#store = store;
    this.lastBlock = lastBlock;
  }

  add(entry: BodyEntry, at: number, keepMs: number): BodyPlace {
    let block = this.#open.get(keepMs);
    if (block === undefined) {
      block = { id: ++this.lastBlock, entries: [], expiresAt: 0, bytes: 0 };
      this.#open.set(keepMs, block);
    }
    const position = block.entries.length;
    block.entries.push(entry);
    block.expiresAt = Math.max(block.expiresAt, at + keepMs);
    block.bytes += entry.request.length + entry.response.length;
    if (block.bytes >= blockBytesMax) {
      this.#write(block);
      this.#open.delete(keepMs);
    }
    const request = commitToBytes('request', entry.salt, entry.request);
    const response = commitToBytes('response', entry.salt, entry.response);
    return { block: block.id, position, field: [request, response, keepMs] };
  }

  close(): void {
    for (const block of this.#open.values()) this.#write(block);
  }

  #write(block: OpenBlock): void {
    this.#store.insertBlock(block.id, block.expiresAt, encodeBodyBlock(block.entries));
  }
}

/** Cuts the bodies of a batch out of their common buffer, by row. */
function toBodyEntries(batch: Batch): BodyEntries {
  const entries = new Map<number, { entry: BodyEntry; keepMs: number }>();
  const { rows, keepMs, requestLengths, responseLengths, bytes } = batch.bodies;
  let offset = 0;
  for (const [index, row] of rows.entries()) {
    const requestEnd = offset + (requestLengths[index] ?? 0);
    const responseEnd = requestEnd + (responseLengths[index] ?? 0);
    const entry = {
      salt: createSalt(),
      request: bytes.subarray(offset, requestEnd),
      response: bytes.subarray(requestEnd, responseEnd),
    };
    entries.set(row, { entry, keepMs: keepMs[index] ?? 0 });
    offset = responseEnd;
  }
  return entries;
}

function parseHead(head: string): RecordTuple {
  // A call's head lacks its two commitments; with two nulls it is a whole record.
  const tuple = parseRecord(head.startsWith('["call"') ? completeCall(head, null, null) : head);
  if (tuple === null) throw new TypeError(`Cannot write a record that is none: ${head.slice(0, 80)}`);
  return tuple;
}

const sessionMeta = 'session';

/** Limit: characters of an error's text in an event. */
const reasonMax = 200;

/**
 * Writes batches, each in one transaction and each once. After an error other than a duplicate, open a new
 * one.
 */
export class BatchWriter {
  /** For steps beside batches: erasures, and events of the ledger itself. */
  readonly chains: ChainWriter;
  readonly #store: LedgerWriteStore;
  readonly #rollUps: RollUps;
  readonly #session: string;
  #lastBlock: number;
  #openCalls: Set<string>;
  #committed: number;

  constructor(store: LedgerWriteStore, writer: string, session: string) {
    this.#store = store;
    this.#session = session;
    this.chains = new ChainWriter(store, writer);
    this.#rollUps = createRollUps(store);
    this.#lastBlock = store.lastBlock();
    this.#openCalls = new Set(store.readOpenCalls().map((call) => call.id));
    const [lastSession, lastNumber] = (store.readMeta(sessionMeta) ?? '').split(' ');
    this.#committed = lastSession === session ? Number(lastNumber) : 0;
  }

  commit(batch: Batch): CommitOutcome {
    const isRepeated = batch.number <= this.#committed;
    const outcome = isRepeated ? { rows: 0, duplicates: 0, unwritable: 0 } : this.#commitOnce(batch);
    this.#committed = Math.max(this.#committed, batch.number);
    return { ...outcome, totalRows: this.chains.totalRows, fileBytes: this.#store.fileBytes() };
  }

  /** Runs a step in a transaction and writes the rows that it appended. */
  transaction<Value>(step: () => Value): Value {
    return this.#store.transaction(() => {
      const value = step();
      this.chains.write();
      this.#rollUps.write();
      return value;
    });
  }

  #commitOnce(batch: Batch): Written {
    const bodies = toBodyEntries(batch);
    const rows = [...batch.heads.keys()];
    try {
      return this.#commitRows(batch, { rows, bodies, isCareful: false });
    } catch (error) {
      this.#reset();
      // An id that is already there, or a record that is none, must not hold up everything behind it for
      // ever.
      if (!(error instanceof DatabaseError)) return this.#commitSingly(batch, bodies, error);
      if (error.kind !== 'constraint') throw error;
      return this.#commitRows(batch, { rows, bodies, isCareful: true });
    }
  }

  #commitRows(batch: Batch, choice: RowChoice): Written {
    return this.transaction(() => {
      const written = this.#writeRows(batch, choice);
      this.#store.writeMeta(sessionMeta, `${this.#session} ${batch.number}`);
      return written;
    });
  }

  /** Writes what can be written row by row, and chains how many could not. */
  #commitSingly(batch: Batch, bodies: BodyEntries, reason: unknown): Written {
    let duplicates = 0;
    let unwritable = 0;
    for (const row of batch.heads.keys()) {
      try {
        const choice = { rows: [row], bodies, isCareful: true };
        duplicates += this.transaction(() => this.#writeRows(batch, choice)).duplicates;
      } catch (error) {
        this.#reset();
        if (error instanceof DatabaseError) throw error;
        unwritable += 1;
      }
    }
    const id = `gap_${this.#session}_${batch.number}`;
    const text = reason instanceof Error ? reason.message.slice(0, reasonMax) : '';
    const data = { calls: unwritable, others: 0, from: batch.at, to: batch.at, reason: text };
    const about = { actor: 'system', event: ledgerEvents.gap, subject: 'ledger', data };
    this.transaction(() => {
      if (unwritable > 0) appendEvent(this.chains, { id, at: batch.at, org: systemOrg, ...about });
      this.#store.writeMeta(sessionMeta, `${this.#session} ${batch.number}`);
    });
    return { rows: batch.heads.length - duplicates - unwritable, duplicates, unwritable };
  }

  #reset(): void {
    this.chains.reset();
    this.#rollUps.reset();
    this.#lastBlock = this.#store.lastBlock();
    this.#openCalls = new Set(this.#store.readOpenCalls().map((call) => call.id));
  }

  #writeRows(batch: Batch, { rows, bodies, isCareful }: RowChoice): Written {
    const packer = new BlockPacker(this.#store, this.#lastBlock);
    const seen = new Set<string>();
    let duplicates = 0;
    for (const row of rows) {
      const head = batch.heads[row] ?? '';
      const tuple = parseHead(head);
      const [kind, , id, at] = tuple;
      // Events come again after a crash of their sender; for calls the unique index watches, which costs
      // nothing.
      if ((isCareful || kind === 'event') && this.#isDuplicate(seen, kind, id)) {
        duplicates += 1;
        continue;
      }
      if (kind !== 'call') {
        this.#appendPlain(tuple, head);
        continue;
      }
      const found = bodies.get(row);
      const body = found === undefined ? null : packer.add(found.entry, at, found.keepMs);
      this.#appendCall(tuple, batch, { row, body });
    }
    packer.close();
    this.#lastBlock = packer.lastBlock;
    return { rows: rows.length - duplicates, duplicates, unwritable: 0 };
  }

  #isDuplicate(seen: Set<string>, kind: string, id: string): boolean {
    const name = `${kind} ${id}`;
    if (seen.has(name) || this.#store.hasEntry(id, kind)) return true;
    seen.add(name);
    return false;
  }

  #appendCall(call: CallTuple, batch: Batch, place: { row: number; body: BodyPlace | null }): void {
    const { row, body } = place;
    const conversation = batch.conversations[row] ?? null;
    const salt = conversation === null ? null : createSalt();
    const commitment = salt === null ? null : commitToText('conversation', salt, conversation ?? '');
    const isShed = body === null && batch.bodies.shed.includes(row);
    const price = { cost: batch.costs[row] ?? null, currency: batch.currencies[row] ?? null };
    const text = completeCall(batch.heads[row] ?? '', commitment, body?.field ?? (isShed ? 'shed' : null));
    this.chains.append(text, {
      org: call[4],
      kind: 'call',
      at: call[3],
      id: call[2],
      conversation,
      salt,
      cost: price.cost,
      currency: price.currency,
      bodyBlock: body?.block ?? null,
      bodyPosition: body?.position ?? null,
    });
    this.#rollUps.addCall(call, price);
    this.#rollUps.addSpending(call, price);
    if (this.#openCalls.delete(call[2])) this.#store.closeCall(call[2]);
  }

  #appendPlain(tuple: RecordTuple, text: string): void {
    const [kind, , id, at, org] = tuple;
    const none = { conversation: null, salt: null, cost: null, currency: null };
    this.chains.append(text, { org, kind, at, id, ...none, bodyBlock: null, bodyPosition: null });
    if (kind !== 'opened') return;
    this.#store.openCall(id, org, at);
    this.#openCalls.add(id);
  }
}
