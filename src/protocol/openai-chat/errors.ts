import { type Failure, toFailureSpec, toFailureText, toRemedyText } from '../../kernel/index.ts';

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
