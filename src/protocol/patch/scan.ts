/** Where a value stands in the raw bytes: from its first byte to after its last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What a scan of a JSON object's bytes found. */
export interface ObjectScan {
  /** Spans of the wanted top-level values. */
  readonly spans: ReadonlyMap<string, Span>;
  /** A wanted key that stands there twice, or null: readers would disagree on which one counts. */
  readonly duplicate: string | null;
  /** Deepest nesting of the whole document. */
  readonly depth: number;
  /** Offset of the object's closing brace; a new member is inserted before it. */
  readonly closeAt: number;
  readonly empty: boolean;
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const colon = 0x3a;
const comma = 0x2c;
/** Bytes walked before the search takes over: below it, calling the search costs more than it saves. */
const walkBytes = 48;

/**
 * Offset after the closing quote of the string that opens at `start`. The bytes are valid JSON. Short
 * stretches are walked, long ones are jumped over with the engine's own search; text full of escaped
 * quotes (code in a prompt) falls back to walking, where a search per quote would cost five times as much.
 */
function skipString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  for (;;) {
    const near = Math.min(bytes.length, at + walkBytes);
    while (at < near) {
      const byte = bytes[at];
      if (byte === quote) return at + 1;
      at += byte === backslash ? 2 : 1;
    }
    const found = bytes.indexOf(quote, at);
    if (found === -1) return bytes.length;
    let slashes = 0;
    while (bytes[found - 1 - slashes] === backslash && found - 1 - slashes >= at) slashes++;
    if (slashes % 2 === 0) return found + 1;
    at = found + 1;
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === lineFeed || byte === 0x0d || byte === 0x09;
}
const lineFeed = 0x0a;

const keyDecoder = new TextDecoder();

function readKey(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start + 1; at < end - 1; at++) {
    const byte = bytes[at] ?? 0;
    // Escaped or non-ASCII keys take the exact way: "mod\u0065l" is "model" to every JSON reader.
    if (byte === backslash || byte >= 0x80) {
      return JSON.parse(keyDecoder.decode(bytes.subarray(start, end))) as string;
    }
    text += String.fromCharCode(byte);
  }
  return text;
}

/** Offset after the last byte of the value before `boundary`, white space left out. */
function trimEnd(bytes: Uint8Array, boundary: number): number {
  let end = boundary;
  while (isSpace(bytes[end - 1])) end--;
  return end;
}

/**
 * Walks the bytes of a JSON object once and finds top-level values without decoding them, so that an
 * edit can replace exactly one value and every other byte stays. The bytes must have parsed as JSON.
 */
export function scanObject(bytes: Uint8Array, wanted: ReadonlySet<string>): ObjectScan {
  const spans = new Map<string, Span>();
  let duplicate: string | null = null;
  let depth = 0;
  let deepest = 0;
  let at = 0;
  let key: string | null = null;
  let valueStart = -1;
  let expectKey = false;
  let empty = true;
  let closeAt = -1;
  function closeMember(boundary: number): void {
    if (key !== null && valueStart !== -1 && wanted.has(key)) {
      if (spans.has(key)) duplicate = key;
      spans.set(key, { start: valueStart, end: trimEnd(bytes, boundary) });
    }
    key = null;
    valueStart = -1;
  }
  while (at < bytes.length) {
    const byte = bytes[at];
    if (depth === 1 && key !== null && valueStart === -1 && byte !== colon && !isSpace(byte)) valueStart = at;
    if (byte === quote) {
      const end = skipString(bytes, at);
      if (depth === 1 && expectKey) {
        key = readKey(bytes, at, end);
        expectKey = false;
        empty = false;
      }
      at = end;
      continue;
    }
    if (byte === openBrace || byte === openBracket) {
      depth++;
      if (depth > deepest) deepest = depth;
      if (depth === 1) expectKey = true;
    } else if (byte === closeBrace || byte === closeBracket) {
      if (depth === 1) {
        closeMember(at);
        closeAt = at;
      }
      depth--;
    } else if (byte === comma && depth === 1) {
      closeMember(at);
      expectKey = true;
    }
    at++;
  }
  return { spans, duplicate, depth: deepest, closeAt, empty };
}
