import { toSignerKeyId, verifySignature } from '../vault/index.ts';
import { type Checkpoint, parseCheckpoint, toCheckpointHash } from './checkpoint.ts';
import type { FindingList } from './finding-list.ts';
import { readOutsideFile } from './outside-file.ts';

/** A checkpoint as it is kept in the file or written into an export. */
export interface SignedCheckpoint {
  readonly content: string;
  readonly signature: Uint8Array;
  readonly keyId: string;
}

/** What signed checkpoints say that rows must be. */
export interface CheckpointClaims {
  readonly count: number;
  readonly trusted: number;
  /** Place of the newest trusted one; 0 = none. */
  readonly trustedPlace: number;
  readonly ledger: string | null;
  /** By `toChainName`, then by sequence number: the hash in hex. */
  readonly heads: ReadonlyMap<string, ReadonlyMap<number, string>>;
  readonly byNumber: ReadonlyMap<number, Checkpoint>;
}

/** One text per chain; a line feed cannot be part of a name. */
export function toChainName(org: string, writer: string): string {
  return `${org}\n${writer}`;
}

function checkSignature(
  signed: SignedCheckpoint,
  { number, keyId }: Checkpoint,
  context: { readonly keys: ReadonlyMap<string, string>; readonly findings: FindingList },
): boolean {
  const { keys, findings } = context;
  if (signed.keyId !== keyId) {
    findings.add('checkpoint-signature', `Checkpoint ${number} names key ${keyId}, its row ${signed.keyId}`);
  }
  // Without any key to trust, nothing can be said about signatures; the report then counts none as trusted.
  if (keys.size === 0) return false;
  const key = keys.get(keyId);
  if (key === undefined) {
    findings.add(
      'checkpoint-signature',
      `Checkpoint ${number} is signed by ${keyId}, which is not a trusted key`,
    );
    return false;
  }
  if (verifySignature(key, Buffer.from(signed.content), signed.signature)) return true;
  findings.add('checkpoint-signature', `Checkpoint ${number} has a wrong signature: it was changed`);
  return false;
}

function checkOrder(
  checkpoint: Checkpoint,
  before: { content: string; parsed: Checkpoint },
  findings: FindingList,
): void {
  const { number, previous } = checkpoint;
  if (number !== before.parsed.number + 1) {
    findings.add(
      'checkpoint-missing',
      `Checkpoint ${number} follows ${before.parsed.number}: some were taken out`,
    );
  } else if (previous !== toCheckpointHash(before.content)) {
    findings.add(
      'checkpoint-differs',
      `Checkpoint ${number} does not follow checkpoint ${number - 1} as it stands`,
    );
  }
}

/** The keys to trust by their ids. */
export function toKeyMap(publicKeys: readonly string[]): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  for (const key of publicKeys) {
    const id = toSignerKeyId(key);
    if (id !== null) keys.set(id, key);
  }
  return keys;
}

/**
 * Checks signatures, numbers and links of checkpoints in their order, and collects what they say about rows.
 * `mustBeginAtOne` is false for an export, which holds a part.
 */
export function checkCheckpoints(
  list: readonly SignedCheckpoint[],
  options: {
    readonly keys: ReadonlyMap<string, string>;
    readonly findings: FindingList;
    readonly mustBeginAtOne: boolean;
  },
): CheckpointClaims {
  const { keys, findings } = options;
  const heads = new Map<string, Map<number, string>>();
  const byNumber = new Map<number, Checkpoint>();
  let before: { content: string; parsed: Checkpoint } | null = null;
  let trusted = 0;
  let trustedPlace = 0;
  let ledger: string | null = null;
  for (const signed of list) {
    const parsed = parseCheckpoint(signed.content);
    if (parsed === null) {
      findings.add('checkpoint-differs', 'A checkpoint cannot be read');
      continue;
    }
    if (before !== null) checkOrder(parsed, before, findings);
    else if (options.mustBeginAtOne && parsed.number !== 1) {
      findings.add(
        'checkpoint-missing',
        `The first checkpoint has number ${parsed.number}: earlier ones were taken out`,
      );
    }
    if (ledger !== null && ledger !== parsed.ledger) {
      findings.add(
        'checkpoint-differs',
        `Checkpoint ${parsed.number} is of another ledger: ${parsed.ledger}`,
      );
    }
    ledger ??= parsed.ledger;
    if (checkSignature(signed, parsed, { keys, findings })) {
      trusted += 1;
      trustedPlace = Math.max(trustedPlace, parsed.place);
    }
    collectHeads(parsed, heads, findings);
    byNumber.set(parsed.number, parsed);
    before = { content: signed.content, parsed };
  }
  return { count: list.length, trusted, trustedPlace, ledger, heads, byNumber };
}

function collectHeads(
  checkpoint: Checkpoint,
  heads: Map<string, Map<number, string>>,
  findings: FindingList,
): void {
  for (const [org, writer, seq, hash] of checkpoint.heads) {
    const name = toChainName(org, writer);
    const known = heads.get(name) ?? new Map<number, string>();
    heads.set(name, known);
    const other = known.get(seq);
    if (other !== undefined && other !== hash) {
      findings.add(
        'checkpoint-differs',
        `Checkpoint ${checkpoint.number} names another row than an earlier checkpoint`,
        { org, writer, seq },
      );
    }
    known.set(seq, hash);
  }
}

/**
 * Compares the checkpoints that were written outside with those of the file. Finds a file that was set back.
 */
export function checkOutside(
  path: string,
  claims: CheckpointClaims,
  options: {
    readonly keys: ReadonlyMap<string, string>;
    readonly findings: FindingList;
    readonly contents: ReadonlyMap<number, string>;
  },
): void {
  const { findings, keys, contents } = options;
  for (const [index, line] of readOutsideFile(path).entries()) {
    const parsed = line === null ? null : parseCheckpoint(line.checkpoint);
    if (line === null || parsed === null) {
      findings.add('checkpoint-differs', `Line ${index + 1} of the outside file is not a checkpoint`);
      continue;
    }
    const signature = Buffer.from(line.signature, 'base64');
    checkSignature({ content: line.checkpoint, signature, keyId: line.keyId }, parsed, { keys, findings });
    const inside = contents.get(parsed.number);
    if (inside === line.checkpoint) continue;
    const text =
      inside === undefined
        ? `Checkpoint ${parsed.number} was written outside and is not in the ledger (${claims.count} are): it was set back or cut off`
        : `Checkpoint ${parsed.number} was written outside with another content: the ledger was replaced`;
    findings.add('set-back', text);
  }
}
