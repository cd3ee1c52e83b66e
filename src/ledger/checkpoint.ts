import { hash } from 'node:crypto';
import { toCanonicalJson } from './canonical-json.ts';

/** The newest row of one chain; `hash` in lower-case hex. */
export type ChainHead = readonly [org: string, writer: string, seq: number, hash: string];

/** What a checkpoint says; its canonical text is what is signed. */
export interface Checkpoint {
  /** Counts from 1 without holes. */
  readonly number: number;
  readonly at: number;
  /** Id of the ledger: a checkpoint of one ledger proves nothing about another. */
  readonly ledger: string;
  /** Who signs, see `SignerIdentity`. */
  readonly keyId: string;
  /** `toCheckpointHash` of the checkpoint before; null for the first. Without it one could be taken out. */
  readonly previous: string | null;
  /** All rows up to this place of the file are covered. */
  readonly place: number;
  readonly heads: readonly ChainHead[];
}

/** Names of the positions of the canonical text, in order. */
export const checkpointFields = [
  'kind',
  'version',
  'number',
  'at',
  'ledger',
  'keyId',
  'previous',
  'place',
  'heads',
] as const;

/** The text that is signed (its UTF-8 bytes) and kept. */
export function encodeCheckpoint(checkpoint: Checkpoint): string {
  const { number, at, ledger, keyId, previous, place, heads } = checkpoint;
  return toCanonicalJson(['checkpoint', 1, number, at, ledger, keyId, previous, place, heads]);
}

function isHead(value: unknown): value is ChainHead {
  if (!Array.isArray(value) || value.length !== 4) return false;
  const [org, writer, seq, text] = value as unknown[];
  return (
    typeof org === 'string' &&
    typeof writer === 'string' &&
    Number.isSafeInteger(seq) &&
    typeof text === 'string'
  );
}

/** Reads a checkpoint's text; null when it is none of a version that we know. */
export function parseCheckpoint(text: string): Checkpoint | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(value) || value.length !== checkpointFields.length) return null;
  const [kind, version, number, at, ledger, keyId, previous, place, heads] = value as unknown[];
  if (kind !== 'checkpoint' || version !== 1) return null;
  if (typeof number !== 'number' || typeof at !== 'number' || typeof place !== 'number') return null;
  if (typeof ledger !== 'string' || typeof keyId !== 'string') return null;
  if (previous !== null && typeof previous !== 'string') return null;
  if (!Array.isArray(heads) || !heads.every(isHead)) return null;
  return { number, at, ledger, keyId, previous, place, heads };
}

/** What the next checkpoint names as `previous`: SHA-256 of the text in lower-case hex. */
export function toCheckpointHash(text: string): string {
  return hash('sha256', text, 'hex');
}
