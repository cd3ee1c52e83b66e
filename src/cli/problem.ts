/** Exit codes of the command line; the reference page documents them. */
export const exitCodes = {
  ok: 0,
  /** The server refused, or verification found damage. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** The server cannot be reached. */
  unreachable: 3,
} as const;

/** Why a command could not do what it was asked. */
export interface Problem {
  readonly exitCode: number;
  readonly text: string;
  readonly remedy: string;
  /** The server's own answer, which `--json` prints as it is. */
  readonly answer?: string;
}

/** A value, or the problem that stands in its place. */
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem };

export function done<Value>(value: Value): Outcome<Value> {
  return { ok: true, value };
}

export function stop(problem: Problem): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem };
}

/** A mistake in the command line. */
export function wrongUsage(text: string, remedy: string): { readonly ok: false; readonly problem: Problem } {
  return stop({ exitCode: exitCodes.usage, text, remedy });
}
