import type { IncomingMessage } from 'node:http';
import { type Clock, failure, type Result, success } from '../kernel/index.ts';

/** Limit: one request body of the admin API; the largest thing sent is a config document. */
const maximumBodyBytes = 1024 * 1024;

/** Limit: time for a client to send its whole body. */
const bodyReadMs = 30_000;

/**
 * Types whose body is read as JSON. Besides JSON itself these are what `curl -d` and `fetch` with a text send
 * when nobody names a type; the bytes must be JSON all the same, and a form on a foreign page gains nothing
 * by them, because the API uses no cookies and refuses cross-site requests.
 */
const readableTypes = new Set(['', 'application/json', 'text/plain', 'application/x-www-form-urlencoded']);

function checkHeaders(request: IncomingMessage): Result<null> {
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  if (!readableTypes.has(type.trim())) {
    return failure('CHG_MEDIA_TYPE', { reason: 'its content-type is not JSON' });
  }
  const charset = parameters.map((parameter) => parameter.trim()).find((text) => text.startsWith('charset='));
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) {
    return failure('CHG_MEDIA_TYPE', { reason: 'its charset is not UTF-8' });
  }
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    return failure('CHG_MEDIA_TYPE', { reason: 'it is compressed' });
  }
  if (Number(request.headers['content-length'] ?? 0) > maximumBodyBytes) return tooLarge();
  return success(null);
}

function tooLarge(): Result<never> {
  return failure('CHG_BODY_TOO_LARGE', { limitBytes: maximumBodyBytes });
}

function readBytes(request: IncomingMessage, clock: Clock): Promise<Result<Buffer>> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let size = 0;
    const timer = clock.after(bodyReadMs, () =>
      finish(failure('CHG_REQUEST_TIMEOUT', { limitMs: bodyReadMs })),
    );
    function onData(piece: Buffer): void {
      size += piece.length;
      pieces.push(piece);
      if (size > maximumBodyBytes) finish(tooLarge());
    }
    function onEnd(): void {
      finish(success(Buffer.concat(pieces)));
    }
    function onClose(): void {
      finish(failure('CHG_BODY_INVALID', { reason: 'the client left before it was complete' }));
    }
    function finish(result: Result<Buffer>): void {
      timer.cancel();
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      // What still comes is thrown away; a paused request would keep its connection for ever.
      request.on('error', () => undefined).resume();
      resolve(result);
    }
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

function parseObject(bytes: Buffer): Result<object> {
  let value: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    value = text.trim() === '' ? {} : JSON.parse(text);
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'it is not JSON' : 'it is not UTF-8';
    return failure('CHG_BODY_INVALID', { reason });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return failure('CHG_BODY_INVALID', { reason: 'it is not one JSON object' });
  }
  return success(value);
}

/** Reads one JSON object from a request; no body at all counts as `{}`. */
export async function readJsonBody(request: IncomingMessage, clock: Clock): Promise<Result<object>> {
  const headers = checkHeaders(request);
  if (!headers.ok) {
    request.resume();
    return headers;
  }
  const bytes = await readBytes(request, clock);
  return bytes.ok ? parseObject(bytes.value) : bytes;
}
