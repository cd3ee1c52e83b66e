import type { SimRequest } from './types.ts';

/** Bytes of bodies kept over all remembered requests; the oldest go first. */
const keptBytes = 64 * 1024 * 1024;

/** The last requests, bounded by count and bytes. */
export interface RequestLog {
  add(request: SimRequest): void;
  list(): readonly SimRequest[];
}

/** Creates an empty log of at most `capacity` requests. */
export function createRequestLog(capacity: number): RequestLog {
  const kept: SimRequest[] = [];
  let bytes = 0;
  return {
    add(request) {
      if (capacity === 0) return;
      kept.push(request);
      bytes += request.body.byteLength;
      while (kept.length > capacity || (bytes > keptBytes && kept.length > 1)) {
        bytes -= kept.shift()?.body.byteLength ?? 0;
      }
    },
    list: () => [...kept],
  };
}
