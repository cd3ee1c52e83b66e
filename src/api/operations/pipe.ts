/**
 * Joins a writer that waits to a reader that asks, one piece at a time: no long queue stands between them.
 */
export interface Pipe {
  /** Resolves when the piece was taken; rejects when the reader has left. */
  write(piece: Uint8Array): Promise<void>;
  /** Starts the writer. The pieces end when it resolves, and fail when it rejects. */
  run(writer: () => Promise<void>): void;
  readonly pieces: AsyncIterable<Uint8Array>;
}

interface Slot {
  readonly piece: Uint8Array;
  readonly taken: () => void;
  readonly refused: (error: Error) => void;
}

/** Creates a pipe whose writer is told by a rejection when `signal` says that the reader has left. */
export function createPipe(signal: AbortSignal): Pipe {
  const waiting: Slot[] = [];
  let end: { readonly error: unknown } | 'clean' | null = null;
  let wake: () => void = () => undefined;

  async function* read(): AsyncGenerator<Uint8Array> {
    while (!signal.aborted) {
      const slot = waiting.shift();
      if (slot !== undefined) {
        yield slot.piece;
        slot.taken();
      } else if (end === 'clean') {
        return;
      } else if (end === null) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else {
        throw end.error;
      }
    }
  }

  function leave(): void {
    for (const slot of waiting.splice(0)) slot.refused(new Error('The reader has left'));
    wake();
  }

  function finish(how: typeof end): void {
    end = how;
    wake();
  }

  signal.addEventListener('abort', leave, { once: true });
  return {
    pieces: read(),
    write(piece) {
      return new Promise((taken, refused) => {
        waiting.push({ piece, taken, refused });
        if (signal.aborted) leave();
        wake();
      });
    },
    run(writer) {
      writer().then(
        () => finish('clean'),
        (error: unknown) => finish({ error }),
      );
    },
  };
}
