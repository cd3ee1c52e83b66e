import { type Failure, toFailureSpec, toFailureText, toRemedyText } from '../../kernel/index.ts';
import type { JsonObject, UpstreamError } from '../neutral/index.ts';

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

const upstreamTypes: Readonly<Record<UpstreamError['kind'], readonly [number, string, string | null]>> = {
  invalid: [400, 'invalid_request_error', null],
  authentication: [401, 'authentication_error', 'invalid_api_key'],
  billing: [402, 'insufficient_quota', 'insufficient_quota'],
  permission: [403, 'permission_error', null],
  'not-found': [404, 'invalid_request_error', 'model_not_found'],
  'too-large': [413, 'invalid_request_error', 'request_too_large'],
  context: [400, 'invalid_request_error', 'context_length_exceeded'],
  rate: [429, 'rate_limit_error', 'rate_limit_exceeded'],
  timeout: [504, 'api_error', 'timeout'],
  overloaded: [503, 'api_error', 'overloaded'],
  failed: [502, 'api_error', null],
};

function toContextText(error: UpstreamError): string {
  const { given = null, most = null } = error.tokens ?? {};
  if (most === null) return error.text || 'The messages are longer than the context of this model';
  const size = given === null ? 'too many' : String(given);
  return `This model's maximum context length is ${most} tokens. However, your messages resulted in ${size} tokens. Please reduce the length of the messages.`;
}

/** An endpoint's refusal in the words of OpenAI. */
export function encodeUpstreamError(error: UpstreamError): { status: number; body: JsonObject } {
  const [status, type, code] = upstreamTypes[error.kind];
  const message =
    error.kind === 'context' ? toContextText(error) : error.text || `The endpoint answered ${error.status}`;
  return { status, body: { error: { message, type, param: null, code: code ?? (error.code || null) } } };
}
