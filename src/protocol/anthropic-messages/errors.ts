import { type Failure, toFailureSpec, toFailureText, toRemedyText } from '../../kernel/index.ts';

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
