// Reads TypeScript just well enough for the checkers: what is code, what is a comment, what is text.
// TypeScript 7 has no programming interface, and a parser of its own would be a dependency with its own idea
// of the language.

/**
 * A source text with parts blanked by spaces, so that offsets and line numbers stay those of the original.
 */
export interface SourceParts {
  /** Code with comments and the insides of strings, templates and regular expressions blanked. */
  readonly code: string;
  /** Code with only comments blanked. */
  readonly uncommented: string;
  /** Comments only. */
  readonly comments: string;
}

type Kind = 'code' | 'text' | 'comment';

/** What may come before a `/` that begins a regular expression rather than a division. */
const beforeRegex =
  /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|void|delete|throw|yield|await))\s*$/;

/**
 * How far back to look for what comes before a `/`. Limit: longer runs of blanks do not occur in formatted
 * code.
 */
const regexLookBack = 80;

export function splitSource(source: string): SourceParts {
  const kinds = findKinds(source);
  const keep = (isKept: (kind: Kind) => boolean) => {
    let kept = '';
    for (let at = 0; at < source.length; at++) {
      const char = source.charAt(at);
      kept += char === '\n' || isKept(kinds[at] ?? 'code') ? char : ' ';
    }
    return kept;
  };
  return {
    code: keep((kind) => kind === 'code'),
    uncommented: keep((kind) => kind !== 'comment'),
    comments: keep((kind) => kind === 'comment'),
  };
}

/** The line number, from 1, of an offset. */
export function toLine(source: string, offset: number): number {
  let line = 1;
  for (let at = source.indexOf('\n'); at !== -1 && at < offset; at = source.indexOf('\n', at + 1)) line++;
  return line;
}

function findKinds(source: string): Kind[] {
  const kinds: Kind[] = new Array<Kind>(source.length).fill('code');
  /** For each open template, how many braces are open inside its `${`. */
  const templates: number[] = [];
  let at = 0;
  while (at < source.length) {
    const end = findEnd(source, at, templates);
    if (end === undefined) {
      at++;
      continue;
    }
    kinds.fill(end.kind, end.kind === 'text' ? at + 1 : at, end.kind === 'text' ? end.at - 1 : end.at);
    at = end.at;
  }
  return kinds;
}

/** The end of the comment or text that begins at `at`, or undefined when code does. */
function findEnd(source: string, at: number, templates: number[]): { kind: Kind; at: number } | undefined {
  const char = source.charAt(at);
  const pair = source.slice(at, at + 2);
  if (pair === '//') return { kind: 'comment', at: orLength(source, source.indexOf('\n', at)) };
  if (pair === '/*') return { kind: 'comment', at: orLength(source, source.indexOf('*/', at + 2), 2) };
  if (char === "'" || char === '"') return { kind: 'text', at: findQuote(source, at, char) };
  if (char === '`') return findTemplateEnd(source, at, templates);
  if (char === '/' && beforeRegex.test(source.slice(Math.max(0, at - regexLookBack), at))) {
    return { kind: 'text', at: findRegexEnd(source, at) };
  }
  const depth = templates.at(-1);
  if (depth === undefined) return undefined;
  if (char === '{') templates[templates.length - 1] = depth + 1;
  if (char !== '}') return undefined;
  if (depth > 0) {
    templates[templates.length - 1] = depth - 1;
    return undefined;
  }
  templates.pop();
  return findTemplateEnd(source, at, templates);
}

function orLength(source: string, found: number, width = 0): number {
  return found === -1 ? source.length : found + width;
}

function findQuote(source: string, at: number, quote: string): number {
  let end = at + 1;
  while (end < source.length && source[end] !== quote && source[end] !== '\n') {
    end += source[end] === '\\' ? 2 : 1;
  }
  return end + 1;
}

function findTemplateEnd(source: string, at: number, templates: number[]): { kind: Kind; at: number } {
  let end = at + 1;
  while (end < source.length && source[end] !== '`') {
    if (source.startsWith('${', end)) {
      templates.push(0);
      return { kind: 'text', at: end + 2 };
    }
    end += source[end] === '\\' ? 2 : 1;
  }
  return { kind: 'text', at: end + 1 };
}

function findRegexEnd(source: string, at: number): number {
  let end = at + 1;
  let isInClass = false;
  while (end < source.length && source[end] !== '\n' && (isInClass || source[end] !== '/')) {
    if (source[end] === '[') isInClass = true;
    if (source[end] === ']') isInClass = false;
    end += source[end] === '\\' ? 2 : 1;
  }
  return end + 1;
}
