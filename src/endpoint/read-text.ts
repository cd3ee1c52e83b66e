import type { Endpoint } from '../catalog/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Egress, Exchange } from './egress.ts';

/** A small answer that was read whole. */
export interface TextAnswer {
  readonly status: number;
  readonly body: string;
}

export interface ReadTextRequest {
  readonly endpoint: Endpoint;
  readonly url: string;
  /** Name and value in turn. */
  readonly headers: readonly string[];
  readonly timeoutMs: number;
  readonly limitBytes: number;
  readonly signal?: AbortSignal;
}

/** GETs a small text through the egress; no redirect is followed. Rejects with the transport's error. */
export function readText(egress: Egress, clock: Clock, request: ReadTextRequest): Promise<TextAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    let status = 0;
    let exchange: Exchange | null = null;
    const timer = clock.after(request.timeoutMs, () => stop(`no answer within ${request.timeoutMs} ms`));
    function stop(reason: string): void {
      timer.cancel();
      exchange?.abort();
      reject(
        Object.assign(new Error(`Cannot read ${new URL(request.url).origin}: ${reason}`), { code: reason }),
      );
    }
    request.signal?.addEventListener('abort', () => stop('it was cancelled'), { once: true });
    exchange = egress.send(
      {
        endpoint: request.endpoint,
        url: request.url,
        method: 'GET',
        headers: ['accept', 'application/json', 'accept-encoding', 'identity', ...request.headers],
        body: null,
      },
      {
        onConnected: () => undefined,
        onResent: () => undefined,
        onHead: (head) => (status = head),
        onData(chunk) {
          size += chunk.length;
          if (size > request.limitBytes) stop(`the answer is longer than ${request.limitBytes} bytes`);
          else chunks.push(chunk);
        },
        onEnd() {
          timer.cancel();
          resolve({ status, body: Buffer.concat(chunks).toString('utf8') });
        },
        onError(error) {
          timer.cancel();
          reject(error);
        },
      },
    );
  });
}
