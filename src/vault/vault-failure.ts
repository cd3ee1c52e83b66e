import { failure, type Result } from '../kernel/index.ts';

/**
 * A failure at start about secrets or the files that hold them; `reason` says the remedy and never a secret.
 */
export function vaultFailure<Value>(reason: string): Result<Value> {
  return failure('CHG_START_REFUSED', { reason });
}

/** What the operating system said, without a stack. */
export function toReason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
