import type { ConfigProblem } from './problem.ts';
import { type Path, toPathText, type YamlDocument } from './read-yaml.ts';

/** A problem before it has a place in the text. */
export interface Finding {
  readonly path: Path;
  readonly text: string;
  readonly remedy: string;
  /** Point at the key instead of the value after it. */
  readonly part?: 'key' | 'value';
}

/** Collects problems of one document. */
export interface Report {
  error(finding: Finding): void;
  warn(finding: Finding): void;
  readonly problems: readonly ConfigProblem[];
}

/** Creates a report that finds the places of its problems in the document. */
export function createReport(file: string, document: Pick<YamlDocument, 'locate'>): Report {
  const problems: ConfigProblem[] = [];
  function add(severity: ConfigProblem['severity'], { path, text, remedy, part = 'value' }: Finding): void {
    problems.push({
      severity,
      file,
      position: document.locate(path, part),
      path: toPathText(path),
      text,
      remedy,
    });
  }
  return {
    error: (finding) => add('error', finding),
    warn: (finding) => add('warning', finding),
    problems,
  };
}
