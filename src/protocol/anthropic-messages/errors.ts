import { type Failure, toFailureSpec, toFailureText, toRemedyText } from '../../kernel/index.ts';
import type { JsonObject, UpstreamError } from '../neutral/index.ts';

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

const upstreamTypes: Readonly<Record<UpstreamError['kind'], readonly [number, string]>> = {
  invalid: [400, 'invalid_request_error'],
  authentication: [401, 'authentication_error'],
  billing: [402, 'billing_error'],
  permission: [403, 'permission_error'],
  'not-found': [404, 'not_found_error'],
  'too-large': [413, 'request_too_large'],
  context: [400, 'invalid_request_error'],
  rate: [429, 'rate_limit_error'],
  timeout: [504, 'timeout_error'],
  overloaded: [529, 'overloaded_error'],
  failed: [500, 'api_error'],
};

/**
 * Texts on which Claude Code heals itself, word for word; another wording ends its work. It compacts the
 * conversation on the first, and sends again without the feature on the others.
 */
const healing: readonly { readonly pattern: RegExp; readonly text: string }[] = [
  {
    pattern: /role.{0,40}["'`]system["'`]|["'`]system["'`].{0,60}role|unknown variant `?system/is,
    text: "role 'system' is not supported on this model",
  },
  {
    pattern:
      /adaptive.{0,60}(?:not supported|unsupported|invalid)|(?:unknown variant|unsupported).{0,40}adaptive/is,
    text: 'adaptive thinking is not supported',
  },
  { pattern: /context_management/i, text: 'context_management: Extra inputs are not permitted' },
  { pattern: /defer_loading/i, text: 'tools.0.custom.defer_loading: Extra inputs are not permitted' },
];

function toMessageText(error: UpstreamError): string {
  if (error.kind === 'context') {
    const { given = null, most = null } = error.tokens ?? {};
    // Claude Code reads both figures; a host that tells one of them only leaves the other a guess above it.
    if (most === null) return 'prompt is too long';
    return `prompt is too long: ${given ?? most + 1} tokens > ${most} maximum`;
  }
  const isHealed = error.kind === 'invalid';
  const known = isHealed ? healing.find(({ pattern }) => pattern.test(error.text)) : undefined;
  return known?.text ?? (error.text || `The endpoint answered ${error.status}`);
}

/** An endpoint's refusal in the words of Anthropic, as its clients heal themselves on them. */
export function encodeUpstreamError(error: UpstreamError): { status: number; body: JsonObject } {
  const [status, type] = upstreamTypes[error.kind];
  return { status, body: { type: 'error', error: { type, message: toMessageText(error) } } };
}
