import type { FailureClass, Profile } from '../catalog/index.ts';
import { type Failure, type FailureCode, toFailureSpec } from '../kernel/index.ts';
import type { WireError } from '../protocol/neutral/index.ts';
import { AddressRefused } from './connector.ts';
import { toErrorCode } from './egress.ts';

/** A failed attempt: what to tell, what to note, and whether another offer may be tried. */
export interface AttemptFailure {
  readonly failure: Failure;
  /** Socket or vendor code, at most 64 characters. */
  readonly cause: string;
  readonly mayTryNext: boolean;
  /** True when the upstream's own error body is the best answer for the client (its request was refused). */
  readonly relayBody: boolean;
  /** Waiting time that the upstream asked for, milliseconds, or null. */
  readonly retryAfterMs: number | null;
}

function build(failure: Failure, cause: string, extra: Partial<AttemptFailure> = {}): AttemptFailure {
  return {
    failure,
    cause: cause.slice(0, 64),
    mayTryNext: toFailureSpec(failure).retry !== 'never',
    relayBody: false,
    retryAfterMs: null,
    ...extra,
  };
}

/** Maps an error of the transport: refused address, unreachable, reset, TLS. */
export function toTransportFailure(error: Error, offer: string, headSeen: boolean): AttemptFailure {
  if (error instanceof AddressRefused) {
    const failure: Failure = {
      code: 'CHG_UPSTREAM_REFUSED_ADDRESS',
      detail: { offer, address: error.address },
    };
    return build(failure, 'ADDRESS_REFUSED');
  }
  const cause = toErrorCode(error);
  if (headSeen) return build({ code: 'CHG_UPSTREAM_CUT', detail: { offer } }, cause);
  return build({ code: 'CHG_UPSTREAM_UNREACHABLE', detail: { offer, reason: cause } }, cause);
}

const classCodes: Readonly<Record<FailureClass, FailureCode>> = {
  rate: 'CHG_UPSTREAM_RATE_LIMITED',
  overload: 'CHG_UPSTREAM_ERROR',
  balance: 'CHG_UPSTREAM_BALANCE',
  content: 'CHG_UPSTREAM_CONTENT',
  request: 'CHG_UPSTREAM_REQUEST',
  credential: 'CHG_UPSTREAM_CREDENTIAL',
  'model-missing': 'CHG_UPSTREAM_ERROR',
};

function toClassByStatus(status: number): FailureClass {
  switch (status) {
    case 401:
    case 403:
      return 'credential';
    case 402:
      return 'balance';
    case 404:
      return 'model-missing';
    case 429:
      return 'rate';
    case 408:
    case 409:
    case 425:
      return 'overload';
    default:
      return status >= 400 && status < 500 ? 'request' : 'overload';
  }
}

/** Some hosts write fractions of a second; signs, exponents and hexadecimal are nobody's waiting time. */
const plainNumber = /^\d{1,15}(?:\.\d{1,15})?$/;
/** Limit: a longer wait than a day is a mistake or a joke, and would be repeated to clients. */
const longestWaitMs = 86_400_000;

/** Reads Retry-After (seconds or a date) and retry-after-ms; milliseconds, at most a day. */
export function readRetryAfter(headers: Readonly<Record<string, unknown>>, now: number): number | null {
  const inMs = headers['retry-after-ms'];
  if (typeof inMs === 'string' && plainNumber.test(inMs)) return Math.min(Number(inMs), longestWaitMs);
  const value = headers['retry-after'];
  if (typeof value !== 'string') return null;
  if (plainNumber.test(value)) return Math.min(Number(value) * 1000, longestWaitMs);
  // Only texts with a time of day: Date.parse() would also take "-5" or "soon 7" for some day.
  const date = value.includes(':') ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : Math.min(Math.max(0, date - now), longestWaitMs);
}

export interface AnswerError {
  readonly status: number;
  readonly error: WireError | null;
  readonly profile: Profile;
  readonly offer: string;
  readonly retryAfterMs: number | null;
}

/**
 * Decides once what an error answer means. The vendor's inner code rules over the HTTP status: GLM
 * answers 429 also for an unpaid account, and retrying that gets the account banned.
 */
export function toAnswerFailure(answer: AnswerError): AttemptFailure {
  const { status, error, profile, offer } = answer;
  const inner = error?.code ?? '';
  // The code is the vendor's text: "constructor" must not find what every object inherits.
  const named = Object.hasOwn(profile.errorCodes, inner) ? profile.errorCodes[inner] : undefined;
  const failureClass = named ?? toClassByStatus(status);
  const failure: Failure = {
    code: classCodes[failureClass],
    detail: { offer, status },
    cause: { status, code: inner, text: error?.text ?? '' },
  };
  return build(failure, inner === '' ? `HTTP_${status}` : inner, {
    // An unknown model or a broken credential is the gateway's side of the call, never the client's words.
    relayBody: failureClass === 'request' || failureClass === 'content',
    retryAfterMs: answer.retryAfterMs,
  });
}
