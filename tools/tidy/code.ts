// Rules on the lines of source files.
import type { Fault, ProjectFiles } from '../project-files.ts';
import { splitSource, toLine } from '../source-text.ts';

const fileLinesMax = 500;
const lineCharsMax = 110;
const literalLineCharsMax = 160;

/**
 * Where the real clock, timers and randomness may be used. Everywhere else they are ports, so that tests own
 * time.
 */
const mayUseClock: readonly RegExp[] = [
  /^src\/assembly\//,
  /^src\/main\.ts$/,
  // The entry file of a worker thread is the place where that thread's ports are made.
  /^src\/.*-worker\.ts$/,
  /\.(test|case)\.ts$/,
  /^(test|tools|bench|bin)\//,
];

const clockNames: readonly string[] = [
  String.raw`Date\.now|new Date\(\)|Math\.random|performance\.now|process\.hrtime|AbortSignal\.timeout`,
  String.raw`(?:globalThis\.)?set(?:Timeout|Interval)(?=\s*[(,;)])`,
  String.raw`from 'node:timers`,
];

const clockUses = new RegExp(String.raw`(?<![.\w$])(?:${clockNames.join('|')})`, 'g');

/** Written in two parts, so that this file does not find itself. */
const leftovers = new RegExp(`\\b(?:TODO|FIXME|XXX|HACK)\\b`, 'g');

const disables = /(?:oxlint|eslint)-disable(?:-next-line|-line)?(?<rest>[^\n]*)/g;

/** Finds faults in the lines of code files. */
export function findCodeFaults(files: ProjectFiles): Fault[] {
  const faults: Fault[] = [];
  for (const [file, source] of files) {
    if (!/\.(ts|mts|mjs|js|css|svelte)$/.test(file)) continue;
    faults.push(...findLongLines(file, source));
    if (!/\.(ts|mts|mjs|js)$/.test(file)) continue;
    const parts = splitSource(source);
    faults.push(
      ...findComments(file, parts.comments),
      ...(mayUseClock.some((place) => place.test(file)) ? [] : findClockUses(file, parts)),
    );
  }
  return faults;
}

function findLongLines(file: string, source: string): Fault[] {
  const lines = source.replace(/\n$/, '').split('\n');
  const faults: Fault[] = [];
  if (lines.length > fileLinesMax) {
    const text = `Cannot have ${lines.length} lines in a file: ${fileLinesMax} at most, split it by what it is for`;
    faults.push({ file, line: fileLinesMax + 1, text });
  }
  for (const [index, line] of lines.entries()) {
    if (line.length <= toLineMax(line)) continue;
    const text = `Cannot have ${line.length} characters in a line: ${lineCharsMax} at most`;
    faults.push({ file, line: index + 1, text });
  }
  return faults;
}

/** A long text or regular expression cannot be broken well, and an address not at all. */
function toLineMax(line: string): number {
  if (/https?:\/\/\S{60}/.test(line)) return Infinity;
  const isLiteral = /'[^']{60,}'|"[^"]{60,}"|`[^`]{60,}`|\/[^/\s][^/]{60,}\//.test(line);
  return isLiteral && !/^\s*(\*|\/\/)/.test(line) ? literalLineCharsMax : lineCharsMax;
}

function findComments(file: string, comments: string): Fault[] {
  const faults: Fault[] = [];
  const find = (pattern: RegExp, toText: (match: RegExpExecArray) => string | undefined) => {
    for (const match of comments.matchAll(pattern)) {
      const text = toText(match);
      if (text !== undefined) faults.push({ file, line: toLine(comments, match.index), text });
    }
  };
  find(leftovers, ([word]) => `Cannot leave a ${word}: do it, or open an issue`);
  find(disables, (match) =>
    / -- \S+ \S+/.test(match.groups?.['rest'] ?? '')
      ? undefined
      : 'Cannot switch a rule off without its reason: write it after " -- "',
  );
  find(/@ts-(?:ignore|nocheck)/g, ([word]) => `Cannot use ${word}: use @ts-expect-error with a reason`);
  find(/@ts-expect-error(?<rest>[^\n]*)/g, (match) =>
    /\S+ \S+/.test(match.groups?.['rest'] ?? '') ? undefined : 'Cannot expect an error without its reason',
  );
  return faults;
}

function findClockUses(file: string, { code, uncommented }: { code: string; uncommented: string }): Fault[] {
  return [...uncommented.matchAll(clockUses)]
    .filter(({ index }) => code[index] !== ' ')
    .map((match) => ({
      file,
      line: toLine(code, match.index),
      text: `Cannot use ${match[0]} here: take a clock or random port, which src/assembly joins`,
    }));
}
