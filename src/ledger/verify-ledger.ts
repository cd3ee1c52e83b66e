import type { EntryRow, LedgerReadStore, LedgerSnapshot } from '../store/ledger/index.ts';
import { ChainCheck } from './chain-check.ts';
import { parseCheckpoint } from './checkpoint.ts';
import {
  checkCheckpoints,
  checkOutside,
  type CheckpointClaims,
  toChainName,
  toKeyMap,
} from './checkpoint-check.ts';
import { EventCheck } from './event-check.ts';
import { FindingList, type FindingPlace } from './finding-list.ts';
import { parseRecord } from './record-format.ts';
import { RowCheck } from './row-check.ts';
import { SumCheck } from './sum-check.ts';
import type { VerifyProgress, VerifyReport } from './verify-report.ts';

/** Rows read at once; the file is not held between reads, so that writing and pruning go on. */
const stepRows = 2_000;

/** Limit: ids listed in a report. */
const listedMax = 1_000;

export interface VerifyOptions {
  /** Epoch milliseconds; decides which bodies must still be there. */
  readonly now: number;
  /** PEM keys whose checkpoints are believed. Without any, only the chain itself is checked. */
  readonly publicKeys: readonly string[];
  readonly outsideFile?: string | undefined;
  /** Also lets SQLite check its own pages and indexes, which reads the whole file once more. */
  readonly isDeep?: boolean;
  readonly onProgress?: ((progress: VerifyProgress) => void) | undefined;
}

const decoder = new TextDecoder();
const emptyClaims: ReadonlyMap<number, string> = new Map();

/** Verifies ledger.db while it may be written to: what is there when this begins. */
export function verifyLedger(store: LedgerReadStore, options: VerifyOptions): VerifyReport {
  return new LedgerVerifier(store, options).run();
}

class LedgerVerifier {
  readonly #store: LedgerReadStore;
  readonly #options: VerifyOptions;
  readonly #findings = new FindingList();
  readonly #chains = new Map<number, ChainCheck>();
  readonly #pruned = new Map<number, number>();
  readonly #rows: RowCheck;
  readonly #events: EventCheck;
  #count = 0;
  #unsigned = 0;

  constructor(store: LedgerReadStore, options: VerifyOptions) {
    this.#store = store;
    this.#options = options;
    this.#rows = new RowCheck(store, this.#findings, options.now);
    this.#events = new EventCheck(this.#findings);
  }

  run(): VerifyReport {
    try {
      return this.#verify();
    } catch (error) {
      // A damaged file fails in many ways: a table without its column, a text where a number was, a page of
      // nothing.
      const reason = error instanceof Error ? error.message : String(error);
      this.#findings.add('file-damaged', `Reading ended after ${this.#count} rows: ${reason}`);
      return this.#report(null, 0);
    }
  }

  #verify(): VerifyReport {
    if (this.#options.isDeep === true) {
      for (const text of this.#store.checkFile()) this.#findings.add('file-damaged', text);
    }
    const { snapshot, sums } = this.#store.atOneMoment(() => {
      const taken = this.#store.readSnapshot();
      return { snapshot: taken, sums: new SumCheck(this.#store, toPrunedAt(taken)) };
    });
    const claims = this.#checkCheckpoints(snapshot);
    this.#startChains(snapshot, claims);
    this.#scan(snapshot, claims, sums);
    this.#finish(snapshot, claims);
    sums.finish(this.#findings);
    return this.#report(claims, snapshot.chains.length);
  }

  #checkCheckpoints(snapshot: LedgerSnapshot): CheckpointClaims {
    const keys = toKeyMap(this.#options.publicKeys);
    const findings = this.#findings;
    const claims = checkCheckpoints(snapshot.checkpoints, { keys, findings, mustBeginAtOne: true });
    for (const row of snapshot.checkpoints) {
      const said = claims.byNumber.get(row.number);
      if (said !== undefined && said.at === row.at && said.place === row.place) continue;
      findings.add('column-differs', `Columns of checkpoint ${row.number} are not what it says`);
    }
    if (claims.ledger !== null && claims.ledger !== snapshot.ledger) {
      findings.add(
        'checkpoint-differs',
        `Checkpoints are of ledger ${claims.ledger}, the file is ${snapshot.ledger}`,
      );
    }
    const { outsideFile } = this.#options;
    if (outsideFile !== undefined) {
      const contents = new Map(snapshot.checkpoints.map((row) => [row.number, row.content]));
      checkOutside(outsideFile, claims, { keys, findings, contents });
    }
    return claims;
  }

  #startChains(snapshot: LedgerSnapshot, claims: CheckpointClaims): void {
    for (const { id, org, writer, prunedSeq, prunedHash } of snapshot.chains) {
      const start = { org, writer, seq: prunedSeq, hash: prunedHash };
      const claimed = claims.heads.get(toChainName(org, writer)) ?? emptyClaims;
      this.#chains.set(id, new ChainCheck(start, claimed, this.#findings));
      this.#pruned.set(id, prunedSeq);
    }
    const names = new Set(snapshot.chains.map(({ org, writer }) => toChainName(org, writer)));
    for (const name of claims.heads.keys()) {
      if (names.has(name)) continue;
      const [org = '', writer = ''] = name.split('\n');
      this.#findings.add('checkpoint-differs', 'Checkpoints name a chain that is not there', { org, writer });
    }
  }

  #scan(snapshot: LedgerSnapshot, claims: CheckpointClaims, sums: SumCheck): void {
    const { lastPlace } = snapshot;
    const totalRows = snapshot.chains.reduce((sum, { seq, prunedSeq }) => sum + seq - prunedSeq, 0);
    for (let place = 0; place < lastPlace;) {
      const rows = this.#store.readEntriesAfter(place, lastPlace, stepRows);
      for (const row of rows) {
        this.#checkRow(row, sums);
        if (row.place > claims.trustedPlace) this.#unsigned += 1;
      }
      const last = rows.at(-1);
      if (last === undefined) break;
      place = last.place;
      this.#options.onProgress?.({ rows: this.#count, totalRows });
    }
  }

  #checkRow(row: EntryRow, sums: SumCheck): void {
    const chain = this.#chains.get(row.chainId);
    if (chain === undefined) {
      const text = `Row at place ${row.place} belongs to chain ${row.chainId}, which is not there`;
      this.#findings.add('column-differs', text, { org: row.org, seq: row.seq, id: row.id });
      return;
    }
    // Rows that are marked as pruned wait for their deletion.
    if (row.seq <= (this.#pruned.get(row.chainId) ?? 0)) return;
    if (row.seq !== chain.seq + 1 && this.#wasPrunedMeanwhile(row, chain)) return;
    this.#count += 1;
    chain.follow(row);
    const place: FindingPlace = { org: chain.org, writer: chain.writer, seq: row.seq, id: row.id };
    const tuple = parseRecord(decoder.decode(row.record));
    if (tuple === null) {
      this.#findings.add(
        'record-unreadable',
        `Row ${row.seq} does not hold a record that can be read`,
        place,
      );
      return;
    }
    this.#checkColumns(row, tuple, place);
    if (row.erasedBy !== null) this.#events.addErased(row.erasedBy, row.hash, place);
    this.#events.follow(tuple, place, this.#pruned.get(row.chainId) !== 0);
    if (tuple[0] === 'call') sums.add(tuple, row);
  }

  #checkColumns(
    row: EntryRow,
    tuple: NonNullable<ReturnType<typeof parseRecord>>,
    place: FindingPlace,
  ): void {
    const before = this.#findings.count;
    this.#rows.check(row, tuple, place);
    if (this.#findings.count === before || row.kind !== 'call' || row.erasedBy !== null) return;
    // An erasure may have come between reading the row and reading its bodies.
    const again = this.#store.readEntry(row.id, row.kind);
    const isErasedNow = again !== null && again.erasedBy !== null && again.place === row.place;
    if (isErasedNow) this.#findings.takeBack(before);
  }

  /** Retention may take rows away while this runs; then the chain goes on behind them. */
  #wasPrunedMeanwhile(row: EntryRow, chain: ChainCheck): boolean {
    const fresh = this.#store.readChain(row.chainId);
    if (fresh === null || fresh.prunedSeq <= chain.seq) return false;
    this.#pruned.set(row.chainId, fresh.prunedSeq);
    chain.skipTo(fresh.prunedSeq, fresh.prunedHash);
    return row.seq <= fresh.prunedSeq;
  }

  #finish(snapshot: LedgerSnapshot, claims: CheckpointClaims): void {
    for (const { id, org, writer, seq, hash } of snapshot.chains) {
      const chain = this.#chains.get(id);
      if (chain === undefined) continue;
      chain.checkEnd();
      if (chain.seq > seq || (chain.seq === seq && Buffer.from(hash).equals(chain.hash))) continue;
      const text = `The chain is said to end at row ${seq}, and ends at row ${chain.seq}: rows were cut off or changed`;
      this.#findings.add('head-differs', text, { org, writer, seq });
    }
    this.#rows.finish();
    this.#events.finish((id) => this.#store.readEntry(id, 'event') !== null);
    this.#checkPruned(snapshot, claims);
    this.#checkOpen(snapshot);
  }

  #checkPruned(snapshot: LedgerSnapshot, claims: CheckpointClaims): void {
    for (const { org, writer, prunedSeq, prunedHash } of snapshot.chains) {
      if (prunedSeq === 0) continue;
      const hash = Buffer.from(prunedHash).toString('hex');
      const isExplained = [...this.#events.prunedBehind].some((number) =>
        claims.byNumber
          .get(number)
          ?.heads.some(
            (head) => head[0] === org && head[1] === writer && head[2] === prunedSeq && head[3] === hash,
          ),
      );
      if (isExplained) continue;
      const text = `Rows up to ${prunedSeq} are gone, and no pruning behind a checkpoint says so`;
      this.#findings.add('row-missing', text, { org, writer, seq: prunedSeq });
    }
  }

  #checkOpen(snapshot: LedgerSnapshot): void {
    const isPruned = snapshot.chains.some((chain) => chain.prunedSeq > 0);
    const { open } = this.#events;
    for (const { id, org, at } of snapshot.openCalls) {
      const opened = open.get(id);
      if (opened === undefined ? isPruned : opened.org === org && opened.at === at) continue;
      this.#findings.add('column-differs', `Call "${id}" is listed as open and was not opened so`, {
        id,
        org,
      });
    }
    const listed = new Set(snapshot.openCalls.map((call) => call.id));
    for (const id of open.keys()) {
      if (listed.has(id)) continue;
      this.#findings.add('column-differs', `Call "${id}" is open and not listed as open`, { id });
    }
  }

  #report(claims: CheckpointClaims | null, chains: number): VerifyReport {
    const findings = this.#findings;
    return {
      ok: findings.count === 0,
      rows: this.#count,
      chains,
      checkpoints: claims?.count ?? 0,
      trustedCheckpoints: claims?.trusted ?? 0,
      unsignedRows: this.#unsigned,
      erasedRows: this.#events.erasedRows,
      bodies: this.#rows.bodies,
      open: [...this.#events.open.keys()].slice(0, listedMax),
      interrupted: this.#events.interrupted,
      gapCalls: this.#events.gapCalls,
      findings: findings.listed,
      findingCount: findings.count,
    };
  }
}

/** Rows up to this time may be gone: the time of the checkpoint behind which was pruned last; -1 = none. */
function toPrunedAt(snapshot: LedgerSnapshot): number {
  const bases = new Map<string, number>();
  for (const { org, writer, prunedSeq } of snapshot.chains) {
    if (prunedSeq > 0) bases.set(toChainName(org, writer), prunedSeq);
  }
  let latest = -1;
  for (const { content, at } of bases.size === 0 ? [] : snapshot.checkpoints) {
    for (const [org, writer, seq] of parseCheckpoint(content)?.heads ?? []) {
      const name = toChainName(org, writer);
      if (bases.get(name) !== seq) continue;
      // Only the first checkpoint with this head counts: a quiet chain has it in all later ones too.
      bases.delete(name);
      latest = Math.max(latest, at);
    }
  }
  return latest;
}
