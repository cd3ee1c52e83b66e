import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';

import { type Clock, failure, limits, type Result, success } from '../kernel/index.ts';
import type { BodyBudget } from './body-budget.ts';

/** A body in memory; `release` gives its bytes back to the budget, once. */
export interface ReadBody {
  readonly bytes: Buffer;
  release(): void;
}

export interface ReadBodyOptions {
  readonly budget: BodyBudget;
  readonly clock: Clock;
  readonly limitBytes: number;
}

const decompressors: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/**
 * Reads a request body whole. Limits hold for the bytes after decompression, as they come out, so that
 * a small bomb never becomes a large buffer. On failure the rest of the body is not read.
 */
export function readBody(request: IncomingMessage, options: ReadBodyOptions): Promise<Result<ReadBody>> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > options.limitBytes) {
    return Promise.resolve(failure('CHG_BODY_TOO_LARGE', { limitBytes: options.limitBytes }));
  }
  if (encoding === 'identity' || encoding === '') return collect(request, request, options);
  const create = Object.hasOwn(decompressors, encoding) ? decompressors[encoding] : undefined;
  if (create === undefined) {
    return Promise.resolve(failure('CHG_ENCODING_UNSUPPORTED', { encoding: encoding.slice(0, 40) }));
  }
  return collect(request, request.pipe(create()), options);
}

function collect(
  request: IncomingMessage,
  source: NodeJS.ReadableStream & { destroy(): unknown },
  options: ReadBodyOptions,
): Promise<Result<ReadBody>> {
  const { budget, clock, limitBytes } = options;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let settled = false;
    const timer = clock.after(limits.bodyReadMs, () => {
      finish(failure('CHG_REQUEST_TIMEOUT', { limitMs: limits.bodyReadMs }));
    });
    function finish(result: Result<ReadBody>): void {
      if (settled) return;
      settled = true;
      timer.cancel();
      if (!result.ok) {
        budget.give(size);
        if (source !== request) source.destroy();
        request.pause();
      }
      resolve(result);
    }
    source.on('data', (chunk: Buffer) => {
      if (settled) return;
      if (size + chunk.length > limitBytes) return finish(failure('CHG_BODY_TOO_LARGE', { limitBytes }));
      if (!budget.take(chunk.length)) {
        const limit = `${budget.limitBytes} bytes`;
        return finish(failure('CHG_BUSY', { what: 'request bodies in memory', limit }));
      }
      size += chunk.length;
      chunks.push(chunk);
    });
    source.on('end', () => {
      const bytes = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size);
      let held = size;
      finish(
        success({
          bytes,
          release() {
            budget.give(held);
            held = 0;
          },
        }),
      );
    });
    source.on('error', () => finish(failure('CHG_BODY_INVALID', { reason: 'its encoding is broken' })));
    request.on('close', () => {
      // A request closes also after its last byte; its decompression may still be at work then.
      if (!request.complete) finish(failure('CHG_CLIENT_GONE'));
    });
  });
}
