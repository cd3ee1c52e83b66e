/**
 * Cuts a byte stream into whole SSE frames without decoding it. A frame ends with an empty line;
 * lines end with LF, CRLF or CR. Spec: https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export interface FrameSplitter {
  /**
   * Takes the next chunk and returns the whole frames that are complete now: `bytes` holds them one
   * after another, `ends` the offset after each. Null when no frame is complete. Throws RangeError
   * when one frame passes the limit.
   */
  push(chunk: Uint8Array): FrameRun | null;
  /** Bytes of an unfinished frame; not empty at the end of a stream means that it was cut. */
  readonly pendingBytes: number;
}

export interface FrameRun {
  readonly bytes: Uint8Array;
  readonly ends: readonly number[];
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Creates a splitter; a frame longer than `limitBytes` is refused, or one endless line would fill the memory. */
export function createFrameSplitter(limitBytes: number): FrameSplitter {
  let parts: Uint8Array[] = [];
  let partBytes = 0;
  // What the line break logic must remember across chunks.
  let lineEmpty = true;
  let afterReturn = false;

  function findEnds(chunk: Uint8Array): number[] {
    return chunk.includes(carriageReturn) || afterReturn ? findEndsAnyBreak(chunk) : findEndsLineFeed(chunk);
  }

  function findEndsLineFeed(chunk: Uint8Array): number[] {
    const ends: number[] = [];
    let lineStart = 0;
    for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, lineStart)) {
      if (at === lineStart && lineEmpty) ends.push(at + 1);
      lineStart = at + 1;
      lineEmpty = true;
    }
    if (lineStart < chunk.length) lineEmpty = false;
    return ends;
  }

  function findEndsAnyBreak(chunk: Uint8Array): number[] {
    const ends: number[] = [];
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte === lineFeed && afterReturn) {
        // Second half of CRLF: it belongs to the break before; a frame that ended there now ends here.
        afterReturn = false;
        if (ends.length > 0 && ends[ends.length - 1] === at) ends[ends.length - 1] = at + 1;
        continue;
      }
      afterReturn = byte === carriageReturn;
      if (byte === lineFeed || byte === carriageReturn) {
        if (lineEmpty) ends.push(at + 1);
        lineEmpty = true;
      } else lineEmpty = false;
    }
    return ends;
  }

  function join(chunk: Uint8Array, end: number): Uint8Array {
    if (parts.length === 0) return end === chunk.length ? chunk : chunk.subarray(0, end);
    const whole = new Uint8Array(partBytes + end);
    let offset = 0;
    for (const part of parts) {
      whole.set(part, offset);
      offset += part.length;
    }
    whole.set(chunk.subarray(0, end), offset);
    return whole;
  }

  return {
    push(chunk) {
      const ends = findEnds(chunk);
      const last = ends[ends.length - 1];
      if (last === undefined) {
        parts.push(chunk);
        partBytes += chunk.length;
        if (partBytes > limitBytes) throw new RangeError(`SSE frame is longer than ${limitBytes} bytes`);
        return null;
      }
      const bytes = join(chunk, last);
      const shift = partBytes;
      parts = [];
      partBytes = 0;
      if (last < chunk.length) {
        parts.push(chunk.subarray(last));
        partBytes = chunk.length - last;
      }
      if ((ends[0] ?? 0) + shift > limitBytes) throw new RangeError(`SSE frame is longer than ${limitBytes} bytes`);
      return { bytes, ends: shift === 0 ? ends : ends.map((end) => end + shift) };
    },
    get pendingBytes() {
      return partBytes;
    },
  };
}
