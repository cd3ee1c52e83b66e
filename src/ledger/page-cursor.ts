import type { PagePosition } from '../store/ledger/index.ts';

/** A position as an opaque text for clients. */
export function encodeCursor({ at, id }: PagePosition): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url');
}

/** Reads a cursor; null when it is not one of ours. */
export function parseCursor(text: string): PagePosition | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (!Array.isArray(value) || value.length !== 2) return null;
    const [at, id] = value as unknown[];
    return Number.isSafeInteger(at) && typeof id === 'string' ? { at: at as number, id } : null;
  } catch {
    return null;
  }
}

/** Newest first: negative when `a` comes before `b`. */
export function comparePositions(a: PagePosition, b: PagePosition): number {
  if (a.at !== b.at) return b.at - a.at;
  if (a.id === b.id) return 0;
  return a.id < b.id ? 1 : -1;
}
