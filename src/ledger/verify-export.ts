import { ChainCheck } from './chain-check.ts';
import {
  checkCheckpoints,
  type CheckpointClaims,
  type SignedCheckpoint,
  toChainName,
  toKeyMap,
} from './checkpoint-check.ts';
import { EventCheck } from './event-check.ts';
import type { ExportChain, ExportEnd, ExportHead, ExportRecord } from './export-format.ts';
import { FindingList } from './finding-list.ts';
import { parseCheckpointLine } from './outside-file.ts';
import { parseRecord } from './record-format.ts';
import type { VerifyProgress, VerifyReport } from './verify-report.ts';

/** Progress is told after so many records. */
const progressRows = 10_000;

type Line = Partial<ExportHead & ExportChain & ExportRecord & ExportEnd>;

function parseLine(text: string): Line | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}

function isRecordLine(line: Line): line is ExportRecord {
  return (
    typeof line.c === 'number' &&
    typeof line.seq === 'number' &&
    typeof line.hash === 'string' &&
    typeof line.record === 'string'
  );
}

function isChainLine(line: Line): line is ExportChain {
  return (
    typeof line.chain === 'number' &&
    typeof line.seq === 'number' &&
    typeof line.org === 'string' &&
    typeof line.writer === 'string' &&
    typeof line.hash === 'string'
  );
}

/** Verifies an export line by line, with nothing but the public keys. */
export class ExportVerifier {
  readonly #keys: ReadonlyMap<string, string>;
  readonly #onProgress: ((progress: VerifyProgress) => void) | undefined;
  readonly #findings = new FindingList();
  readonly #events = new EventCheck(this.#findings);
  readonly #checkpoints: SignedCheckpoint[] = [];
  readonly #chains = new Map<number, ChainCheck>();
  #claims: CheckpointClaims | null = null;
  #lines = 0;
  #records = 0;
  #end: ExportEnd | null = null;

  constructor(publicKeys: readonly string[], onProgress?: (progress: VerifyProgress) => void) {
    this.#keys = toKeyMap(publicKeys);
    this.#onProgress = onProgress;
  }

  take(text: string): void {
    this.#lines += 1;
    const line = parseLine(text);
    if (line === null) {
      this.#findings.add('record-unreadable', `Line ${this.#lines} is not JSON`);
    } else if (this.#lines === 1) {
      if (line.changeover === 'ledger-export' && line.version === 1) return;
      this.#findings.add('record-unreadable', 'The first line is not that of an export that can be read');
    } else if ('checkpoint' in line) this.#takeCheckpoint(text);
    else if (isRecordLine(line)) this.#takeRecord(line);
    else if (isChainLine(line)) this.#takeChain(line);
    else if (line.end === true) this.#end = line as ExportEnd;
    else this.#findings.add('record-unreadable', `Line ${this.#lines} is of no known kind`);
  }

  finish(): VerifyReport {
    const claims = this.#findClaims();
    const findings = this.#findings;
    if (this.#end?.records !== this.#records || this.#end.checkpoints !== this.#checkpoints.length) {
      findings.add(
        'row-missing',
        'The export has no end, or its end counts other lines: it was cut or changed',
      );
    }
    return {
      ok: findings.count === 0,
      rows: this.#records,
      chains: this.#chains.size,
      checkpoints: claims.count,
      trustedCheckpoints: claims.trusted,
      unsignedRows: this.#countUnsigned(claims),
      erasedRows: 0,
      bodies: 0,
      open: [...this.#events.open.keys()],
      interrupted: this.#events.interrupted,
      gapCalls: this.#events.gapCalls,
      findings: findings.listed,
      findingCount: findings.count,
    };
  }

  #findClaims(): CheckpointClaims {
    this.#claims ??= checkCheckpoints(this.#checkpoints, {
      keys: this.#keys,
      findings: this.#findings,
      mustBeginAtOne: true,
    });
    return this.#claims;
  }

  /** Rows behind the newest signed head of their chain. */
  #countUnsigned(claims: CheckpointClaims): number {
    let unsigned = 0;
    for (const { org, writer, seq } of this.#chains.values()) {
      const signed =
        claims.trusted === 0 ? [] : [...(claims.heads.get(toChainName(org, writer))?.keys() ?? [])];
      const last = signed.reduce((highest, each) => Math.max(highest, each), 0);
      unsigned += Math.max(0, seq - last);
    }
    return Math.min(unsigned, this.#records);
  }

  #takeCheckpoint(text: string): void {
    const line = parseCheckpointLine(text);
    if (line === null) {
      this.#findings.add('checkpoint-differs', `Line ${this.#lines} is not a checkpoint that can be read`);
      return;
    }
    const signature = Buffer.from(line.signature, 'base64');
    this.#checkpoints.push({ content: line.checkpoint, signature, keyId: line.keyId });
  }

  #takeChain(line: ExportChain): void {
    const claimed =
      this.#findClaims().heads.get(toChainName(line.org, line.writer)) ?? new Map<number, string>();
    const { org, writer, seq } = line;
    const start = { org, writer, seq, hash: Buffer.from(line.hash, 'hex') };
    this.#chains.set(line.chain, new ChainCheck(start, claimed, this.#findings));
  }

  #takeRecord(line: ExportRecord): void {
    this.#records += 1;
    if (this.#records % progressRows === 0) this.#onProgress?.({ rows: this.#records, totalRows: 0 });
    const chain = this.#chains.get(line.c);
    if (chain === undefined) {
      this.#findings.add('chain-broken', `Line ${this.#lines} belongs to a chain that was not named`);
      return;
    }
    const tuple = parseRecord(line.record);
    const id = tuple?.[2] ?? null;
    const hash = Buffer.from(line.hash, 'hex');
    chain.follow({ seq: line.seq, hash, record: Buffer.from(line.record), id });
    const place = { org: chain.org, writer: chain.writer, seq: line.seq, id };
    if (tuple === null) {
      this.#findings.add(
        'record-unreadable',
        `Row ${line.seq} does not hold a record that can be read`,
        place,
      );
    } else if (tuple[4] !== chain.org) {
      this.#findings.add(
        'column-differs',
        `The record is of org "${tuple[4]}", its chain of "${chain.org}"`,
        place,
      );
    } else if (tuple[0] !== 'event' || tuple[6] !== 'ledger.erased') {
      // Which rows an erasure names can be told from the ledger only, where rows state by which event they
      // were erased.
      this.#events.follow(tuple, place, false);
    }
  }
}
