/** The parts of one SSE frame that this protocol family uses. */
export interface FrameData {
  /** Value of the last `event:` line, or ''. */
  readonly event: string;
  /** The `data:` lines joined by LF, or null when there is none (a comment or a bare event). */
  readonly data: string | null;
}

const commentSign = 0x3a;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * True when a whole frame is one comment line. A frame that only begins with a comment may carry data in its
 * next line: some hosts write a keep-alive without the empty line after it.
 */
export function isCommentOnly(frame: Uint8Array): boolean {
  if (frame[0] !== commentSign) return false;
  let end = frame.length;
  while (frame[end - 1] === lineFeed || frame[end - 1] === carriageReturn) end--;
  const firstBreak = frame.indexOf(lineFeed);
  return firstBreak >= end && !frame.subarray(0, end).includes(carriageReturn);
}

/** Reads a whole frame that was decoded as UTF-8. Spec: WHATWG server-sent events, 9.2.6. */
export function readFrame(text: string): FrameData {
  // The common frame is one `data: …` line; it is cut out without splitting.
  if (text.startsWith('data: ') && text.endsWith('\n\n') && text.indexOf('\n') === text.length - 2) {
    return { event: '', data: text.slice(6, -2) };
  }
  let event = '';
  let data: string | null = null;
  for (const line of text.split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':');
    if (colon === 0 || line === '') continue;
    const field = colon === -1 ? line : line.slice(0, colon);
    const raw = colon === -1 ? '' : line.slice(colon + 1);
    const value = raw.startsWith(' ') ? raw.slice(1) : raw;
    if (field === 'event') event = value;
    else if (field === 'data') data = data === null ? value : `${data}\n${value}`;
  }
  return { event, data };
}
