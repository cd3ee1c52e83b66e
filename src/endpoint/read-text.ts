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
    const { signal, timeoutMs, limitBytes } = request;
    const timer = clock.after(timeoutMs, () => stop(`no answer within ${timeoutMs} ms`));
    const onAbort = (): void => stop('it was cancelled');
    /** A signal may live long: what stays registered there keeps the answer. */
    function settle(): void {
      timer.cancel();
      signal?.removeEventListener('abort', onAbort);
    }
    function stop(reason: string): void {
      settle();
      exchange?.abort();
      reject(
        Object.assign(new Error(`Cannot read ${new URL(request.url).origin}: ${reason}`), { code: reason }),
      );
    }
    if (signal?.aborted === true) return stop('it was cancelled');
    signal?.addEventListener('abort', onAbort, { once: true });
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
          if (size > limitBytes) stop(`the answer is longer than ${limitBytes} bytes`);
          else chunks.push(chunk);
        },
        onEnd() {
          settle();
          resolve({ status, body: Buffer.concat(chunks).toString('utf8') });
        },
        onError(error) {
          settle();
          reject(error);
        },
      },
    );
  });
}
