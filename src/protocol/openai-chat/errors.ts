import { type Failure, toFailureSpec, toFailureText, toRemedyText } from '../../kernel/index.ts';
import { isJsonObject, type WireError } from '../neutral/index.ts';

const wireTextChars = 500;

function toErrorType(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'api_error' : 'invalid_request_error';
}

function toErrorObject(failure: Failure, callId: string): object {
  const spec = toFailureSpec(failure);
  const detail = failure.cause === undefined || failure.cause.text === '' ? '' : `: ${failure.cause.text}`;
  return {
    error: {
      message: `${toFailureText(failure)}${detail}. ${toRemedyText(failure)}.`,
      type: toErrorType(spec.status),
      param: null,
      code: failure.code,
      call: callId,
    },
  };
}

/** A failure in the shape of OpenAI's error body. */
export function encodeError(failure: Failure, callId: string): string {
  return JSON.stringify(toErrorObject(failure, callId));
}

/** The data frame on which OpenAI's SDKs raise an error; no [DONE] follows it. */
export function encodeStreamError(failure: Failure, callId: string): string {
  return `data: ${JSON.stringify(toErrorObject(failure, callId))}\n\n`;
}

/**
 * The error that a body carries, or null. Also found inside a 200: some hosts answer so, and MiniMax
 * reports failures in base_resp.
 */
export function readWireError(body: unknown): WireError | null {
  if (!isJsonObject(body)) return null;
  const error = body['error'];
  if (isJsonObject(error)) {
    const code = error['code'] ?? error['type'] ?? '';
    const text = typeof error['message'] === 'string' ? error['message'] : '';
    return { code: String(code).slice(0, 64), text: text.slice(0, wireTextChars) };
  }
  if (typeof error === 'string' && error !== '') return { code: '', text: error.slice(0, wireTextChars) };
  const base = body['base_resp'];
  if (isJsonObject(base) && typeof base['status_code'] === 'number' && base['status_code'] !== 0) {
    const text = typeof base['status_msg'] === 'string' ? base['status_msg'] : '';
    return { code: String(base['status_code']), text: text.slice(0, wireTextChars) };
  }
  if (body['object'] === 'error' && typeof body['message'] === 'string') {
    return {
      code: String(body['code'] ?? body['type'] ?? '').slice(0, 64),
      text: body['message'].slice(0, wireTextChars),
    };
  }
  return null;
}
