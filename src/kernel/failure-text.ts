import { failures, type FailureSpec } from './failures.ts';
import type { Failure } from './result.ts';

/** Looks up status, retry class and texts of a failure. */
export function toFailureSpec(failure: Failure): FailureSpec {
  return failures[failure.code];
}

/** The failure as one sentence with its values filled in; a place without a value keeps its braces. */
export function toFailureText(failure: Failure): string {
  return failures[failure.code].text.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = failure.detail[name];
    return value === undefined ? place : String(value);
  });
}

/** The remedy of a failure with its values filled in. */
export function toRemedyText(failure: Failure): string {
  return failures[failure.code].remedy.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = failure.detail[name];
    return value === undefined ? place : String(value);
  });
}
