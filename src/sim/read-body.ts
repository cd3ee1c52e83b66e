import type { IncomingMessage } from 'node:http';

/** One request body; what the vendors accept at most is smaller. */
export const bodyLimitBytes = 64 * 1024 * 1024;

/**
 * Calls back with the whole body, or with null when it is larger than the limit. It never calls back
 * when the client leaves first. A callback, because a promise per call is what the fast path saves.
 */
export function readBody(request: IncomingMessage, onBody: (body: Buffer | null) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= bodyLimitBytes) chunks.push(chunk);
    else if (chunks.length > 0) {
      chunks.length = 0;
      onBody(null);
    }
  });
  request.on('end', () => {
    if (size <= bodyLimitBytes) {
      onBody(chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks));
    }
  });
  request.on('error', () => undefined);
}
