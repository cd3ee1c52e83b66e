import { type Failure, toFailureSpec, toFailureText, toRemedyText } from '../../kernel/index.ts';
import { isJsonObject, type WireError } from '../neutral/index.ts';

const wireTextChars = 500;

const errorTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
};

function toErrorObject(failure: Failure, callId: string): object {
  const { status } = toFailureSpec(failure);
  const detail = failure.cause === undefined || failure.cause.text === '' ? '' : `: ${failure.cause.text}`;
  return {
    type: 'error',
    error: {
      type: errorTypes[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error'),
      message: `${toFailureText(failure)}${detail}. ${toRemedyText(failure)}. [${failure.code}]`,
    },
    request_id: callId,
  };
}

/** A failure in the shape of Anthropic's error body. */
export function encodeError(failure: Failure, callId: string): string {
  return JSON.stringify(toErrorObject(failure, callId));
}

/** The `error` event that ends a Messages stream; no message_stop follows it. */
export function encodeStreamError(failure: Failure, callId: string): string {
  return `event: error\ndata: ${JSON.stringify(toErrorObject(failure, callId))}\n\n`;
}

/** The error that a body or an event's data carries, or null; also found inside a 200. */
export function readWireError(body: unknown): WireError | null {
  if (!isJsonObject(body)) return null;
  const error = body['error'];
  if (isJsonObject(error)) {
    const code = error['code'] ?? error['type'] ?? '';
    const text = typeof error['message'] === 'string' ? error['message'] : '';
    return { code: String(code).slice(0, 64), text: text.slice(0, wireTextChars) };
  }
  const base = body['base_resp'];
  if (isJsonObject(base) && typeof base['status_code'] === 'number' && base['status_code'] !== 0) {
    const text = typeof base['status_msg'] === 'string' ? base['status_msg'] : '';
    return { code: String(base['status_code']), text: text.slice(0, wireTextChars) };
  }
  if (body['type'] === 'error') {
    return { code: 'error', text: 'The upstream reported an error without details' };
  }
  return null;
}
