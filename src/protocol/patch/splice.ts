import type { ObjectScan } from './scan.ts';

/** Sets the top-level member `key` to `value` (JSON text). */
export interface Edit {
  readonly key: string;
  readonly value: string;
}

export interface SpliceInput {
  readonly edits: readonly Edit[];
  /** Gives memory whose old content does not matter, as every byte is written; a pool saves a collection. */
  readonly allocate?: (size: number) => Uint8Array;
}

const encoder = new TextEncoder();

/**
 * Applies edits to the raw bytes of a JSON object: a value that stands there is replaced in place, a
 * new member goes before the closing brace. Every byte outside the edits is the client's own, so that
 * numbers, key order, tool arguments and prompt prefixes (and the upstream's prompt cache) survive.
 */
export function spliceObject(
  bytes: Uint8Array,
  scan: ObjectScan,
  { edits, allocate = (size) => new Uint8Array(size) }: SpliceInput,
): Uint8Array {
  const pieces: { readonly start: number; readonly end: number; readonly bytes: Uint8Array }[] = [];
  let inserts = '';
  for (const edit of edits) {
    const span = scan.spans.get(edit.key);
    if (span !== undefined) {
      pieces.push({ start: span.start, end: span.end, bytes: encoder.encode(edit.value) });
    } else {
      const separator = scan.empty && inserts === '' ? '' : ',';
      inserts += `${separator}${JSON.stringify(edit.key)}:${edit.value}`;
    }
  }
  if (inserts !== '') pieces.push({ start: scan.closeAt, end: scan.closeAt, bytes: encoder.encode(inserts) });
  pieces.sort((left, right) => left.start - right.start);
  let size = bytes.length;
  for (const piece of pieces) size += piece.bytes.length - (piece.end - piece.start);
  const out = allocate(size);
  let from = 0;
  let to = 0;
  for (const piece of pieces) {
    out.set(bytes.subarray(from, piece.start), to);
    to += piece.start - from;
    out.set(piece.bytes, to);
    to += piece.bytes.length;
    from = piece.end;
  }
  out.set(bytes.subarray(from), to);
  return out;
}
