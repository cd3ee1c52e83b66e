import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type Failure, failures, toFailureText, toRemedyText } from '../kernel/index.ts';
import type { ErrorAnswer } from './contract.ts';

/**
 * Headers of everything that the control plane answers. Nothing may be kept by a cache, framed, sniffed or
 * embedded elsewhere: answers hold keys that are shown once, names and message texts that customers wrote.
 */
export const safeHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

type Headers = Readonly<Record<string, string>>;

/** Sends one JSON answer whole. */
export function sendJson(
  response: ServerResponse,
  body: unknown,
  { status = 200, headers = {} }: { readonly status?: number; readonly headers?: Headers } = {},
): void {
  const bytes = Buffer.from(`${JSON.stringify(body)}\n`);
  response.writeHead(status, {
    ...safeHeaders,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(bytes.length),
    ...headers,
  });
  response.end(bytes);
}

/** A failure in the form of this API. */
function toErrorAnswer(failure: Failure): ErrorAnswer {
  const detail: Record<string, unknown> = { ...failure.detail };
  if (failure.cause !== undefined) detail['upstream'] = failure.cause;
  return {
    error: {
      code: failure.code,
      message: toFailureText(failure),
      remedy: toRemedyText(failure),
      ...(Object.keys(detail).length === 0 ? {} : { detail }),
    },
  };
}

/** Sends a failure with its status from the failure table. */
export function sendFailure(response: ServerResponse, failure: Failure, headers: Headers = {}): void {
  const { status } = failures[failure.code];
  const challenge: Headers = status === 401 ? { 'www-authenticate': 'Bearer realm="changeover"' } : {};
  sendJson(response, toErrorAnswer(failure), { status, headers: { ...challenge, ...headers } });
}

/**
 * Sends pieces as they come, waiting for a slow reader. The head is written after the first piece, so that
 * what fails at once can still be answered with its status; what fails later cuts the connection, never ends
 * it cleanly.
 */
export async function sendStream(
  response: ServerResponse,
  contentType: string,
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> {
  let isStarted = false;
  function start(): void {
    if (!isStarted) response.writeHead(200, { ...safeHeaders, 'content-type': contentType });
    isStarted = true;
  }
  try {
    for await (const piece of pieces) {
      start();
      if (response.destroyed) return;
      if (!response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
    start();
    response.end();
  } catch (error) {
    if (!isStarted) throw error;
    response.destroy();
    throw error;
  }
}
