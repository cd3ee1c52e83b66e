/** Why a simulated vendor refuses; each vendor and dialect words and numbers it in its own way. */
export type ProblemKind =
  | 'invalid'
  | 'unprocessable'
  | 'key-missing'
  | 'key-wrong'
  | 'model-unknown'
  | 'path-unknown'
  | 'method-wrong'
  | 'too-large'
  | 'rate'
  | 'server'
  | 'unavailable'
  | 'overloaded'
  | 'balance'
  | 'banned'
  | 'content'
  | 'not-recorded';

export interface Problem {
  readonly kind: ProblemKind;
  /** Replaces the vendor's usual sentence. */
  readonly message?: string;
  /** The field at fault, where the vendor names one. */
  readonly param?: string;
  /** The vendor's own code, where it differs from the kind's usual one. */
  readonly code?: string;
  readonly model?: string;
}

/** A refused request as a reading's result. */
export function refuse(kind: ProblemKind, message: string, param?: string): { ok: false; problem: Problem } {
  return { ok: false, problem: param === undefined ? { kind, message } : { kind, message, param } };
}
