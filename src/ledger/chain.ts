import { hash } from 'node:crypto';
import { toCanonicalJson } from './canonical-json.ts';

/** Bytes of a chain hash (SHA-256). */
const hashBytes = 32;

/** Bytes before the record in what is hashed: the previous hash and the sequence number. */
export const linkHeadBytes = hashBytes + 8;

/**
 * What the first record of a chain follows; binds the chain to its org and writer, so that chains cannot be
 * swapped.
 */
export function toGenesisHash(org: string, writer: string): Buffer {
  return hash('sha256', toCanonicalJson(['changeover-chain', 1, org, writer]), 'buffer');
}

/** Writes the previous hash and the sequence number at `offset`; the record's bytes are to follow. */
export function writeLinkHead(target: Buffer, offset: number, link: { prev: Uint8Array; seq: number }): void {
  target.set(link.prev, offset);
  // Big-endian 64 bits, in halves, because BigInt costs more than the rest of this function.
  target.writeUInt32BE(Math.floor(link.seq / 0x1_0000_0000), offset + hashBytes);
  target.writeUInt32BE(link.seq >>> 0, offset + hashBytes + 4);
}

/** The chain hash of `record` at `seq`, after `prev`: SHA-256(prev ‖ seq ‖ record). */
export function toLinkHash(prev: Uint8Array, seq: number, record: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(linkHeadBytes + record.length);
  writeLinkHead(bytes, 0, { prev, seq });
  bytes.set(record, linkHeadBytes);
  return hash('sha256', bytes, 'buffer');
}
