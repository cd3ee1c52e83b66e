import type { WireError } from './codec.ts';
import { isJsonObject } from './codec.ts';

/** Vendors' messages are shown capped: some repeat the whole prompt. */
const wireTextChars = 500;
const wireCodeChars = 64;

function toCodeText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, wireCodeChars) : '';
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, wireTextChars) : '';
}

/**
 * The error that a JSON body carries, or null; also found inside a 200, as some hosts answer. Knows the
 * shapes that the vendors share: an `error` object or text, MiniMax's `base_resp`, and vLLM's flat
 * `{"object":"error"}`.
 */
export function readWireError(body: unknown): WireError | null {
  if (!isJsonObject(body)) return null;
  const { error, base_resp: base } = body;
  if (isJsonObject(error)) {
    return { code: toCodeText(error['code'] ?? error['type']), text: toText(error['message']) };
  }
  if (typeof error === 'string' && error !== '') return { code: '', text: toText(error) };
  if (isJsonObject(base) && typeof base['status_code'] === 'number' && base['status_code'] !== 0) {
    return { code: toCodeText(base['status_code']), text: toText(base['status_msg']) };
  }
  if (body['object'] === 'error' || body['type'] === 'error') {
    return { code: toCodeText(body['code']), text: toText(body['message']) };
  }
  return null;
}
