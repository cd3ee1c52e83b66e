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
  /**
   * What stands after the last whole frame, with the line breaks that it lacks, or null when nothing does.
   * For streams whose host ends with its last line and sends no empty line after it.
   */
  takeRest(): Uint8Array | null;
  /** Bytes of an unfinished frame; not empty at the end of a stream means that it was cut. */
  readonly pendingBytes: number;
}

export interface FrameRun {
  readonly bytes: Uint8Array;
  readonly ends: readonly number[];
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const twoLineFeeds = Uint8Array.of(lineFeed, lineFeed);

/**
 * Creates a splitter; a frame longer than `limitBytes` is refused, or one endless line would fill the memory.
 */
export function createFrameSplitter(limitBytes: number): FrameSplitter {
  return new Splitter(limitBytes);
}

class Splitter implements FrameSplitter {
  readonly #limitBytes: number;
  readonly #lines = new LineBreaks();
  #parts: Uint8Array[] = [];
  #partBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get pendingBytes(): number {
    return this.#partBytes;
  }

  push(chunk: Uint8Array): FrameRun | null {
    const ends = this.#lines.findEnds(chunk);
    const shift = this.#partBytes;
    const last = ends[ends.length - 1];
    const firstFrameBytes = shift + (ends[0] ?? chunk.length);
    if (firstFrameBytes > this.#limitBytes) {
      throw new RangeError(`SSE frame is longer than ${this.#limitBytes} bytes`);
    }
    if (last === undefined) {
      this.#parts.push(chunk);
      this.#partBytes += chunk.length;
      return null;
    }
    const bytes = this.#join(chunk, last);
    this.#parts = last < chunk.length ? [chunk.subarray(last)] : [];
    this.#partBytes = chunk.length - last;
    return { bytes, ends: shift === 0 ? ends : ends.map((end) => end + shift) };
  }

  takeRest(): Uint8Array | null {
    if (this.#partBytes === 0) return null;
    const rest = this.#join(twoLineFeeds, twoLineFeeds.length);
    this.#parts = [];
    this.#partBytes = 0;
    return rest[rest.length - 3] === lineFeed ? rest.subarray(0, -1) : rest;
  }

  #join(chunk: Uint8Array, end: number): Uint8Array {
    if (this.#parts.length === 0) return end === chunk.length ? chunk : chunk.subarray(0, end);
    const whole = new Uint8Array(this.#partBytes + end);
    let offset = 0;
    for (const part of this.#parts) {
      whole.set(part, offset);
      offset += part.length;
    }
    whole.set(chunk.subarray(0, end), offset);
    return whole;
  }
}

/** Finds the ends of frames: the line breaks that end an empty line. Remembers its state across chunks. */
class LineBreaks {
  #lineEmpty = true;
  #afterReturn = false;
  /** A frame ended on that CR. */
  #endedByReturn = false;

  findEnds(chunk: Uint8Array): number[] {
    const isPlain = !this.#afterReturn && !chunk.includes(carriageReturn);
    return isPlain ? this.#findEndsLineFeed(chunk) : this.#findEndsAnyBreak(chunk);
  }

  #findEndsLineFeed(chunk: Uint8Array): number[] {
    const ends: number[] = [];
    let lineStart = 0;
    for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, lineStart)) {
      if (at === lineStart && this.#lineEmpty) ends.push(at + 1);
      lineStart = at + 1;
      this.#lineEmpty = true;
    }
    if (lineStart < chunk.length) this.#lineEmpty = false;
    return ends;
  }

  #findEndsAnyBreak(chunk: Uint8Array): number[] {
    const ends: number[] = [];
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte === lineFeed && this.#afterReturn) {
        // Second half of CRLF: it belongs to the break before; a frame that ended there ends here. When that
        // frame is on its way already, its LF follows alone: kept back, it would be lost at the end.
        this.#afterReturn = false;
        if (ends[ends.length - 1] === at) ends[ends.length - 1] = at + 1;
        else if (this.#endedByReturn) ends.push(at + 1);
        continue;
      }
      this.#afterReturn = byte === carriageReturn;
      if (byte === lineFeed || byte === carriageReturn) {
        this.#endedByReturn = this.#lineEmpty && byte === carriageReturn;
        if (this.#lineEmpty) ends.push(at + 1);
        this.#lineEmpty = true;
      } else this.#lineEmpty = false;
    }
    return ends;
  }
}
