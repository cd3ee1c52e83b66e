/** Where something stands in the document; lines and columns start at 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong in a configuration, or risky (a warning). */
export interface ConfigProblem {
  readonly severity: 'error' | 'warning';
  /** Name of the file, as the caller gave it. */
  readonly file: string;
  /** Null when the document as a whole is meant. */
  readonly position: Position | null;
  /** Dotted path, e.g. `routes.support.fallback[1]`; empty for the whole document. */
  readonly path: string;
  readonly text: string;
  readonly remedy: string;
}

/** One problem as a line: `changeover.yaml:7:5 routes.support.serve: Cannot … Remedy: …`. */
export function toProblemText(problem: ConfigProblem): string {
  const { file, position, path } = problem;
  const place = position === null ? file : `${file}:${position.line}:${position.column}`;
  const label = problem.severity === 'warning' ? 'Warning: ' : '';
  return `${place}${path === '' ? '' : ` ${path}`}: ${label}${problem.text}. Remedy: ${problem.remedy}`;
}
