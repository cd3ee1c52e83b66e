import type { FailureCode } from './failures.ts';

/** An expected failure as a value. `detail` fills the `{…}` places of the text in the failure table. */
export interface Failure {
  readonly code: FailureCode;
  /** Values for the message; never a secret, never customer content. */
  readonly detail: Readonly<Record<string, string | number>>;
  /** Upstream status and vendor code where the failure came from outside; shown to callers, capped in length. */
  readonly cause?: { readonly status: number; readonly code: string; readonly text: string };
}

export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: Failure };

/** Wraps a value as a success. */
export function success<Value>(value: Value): Result<Value> {
  return { ok: true, value };
}

/** Builds a failure value; the code decides status, retry class and text (see `failures`). */
export function failure(code: FailureCode, detail: Failure['detail'] = {}): { ok: false; failure: Failure } {
  return { ok: false, failure: { code, detail } };
}
