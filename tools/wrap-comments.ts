// Wraps comments that are too long for a line, which the formatter leaves alone. Only paragraphs with such a
// line are touched; lists keep their shape, and tables, fences and indented examples are never reflowed.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './project-files.ts';

const lineCharsMax = 110;

/** Begins a line that must stay where it is: a table, a quotation, an indented example, a word to a tool. */
const fixedLine = /^(?:\s{3,}|\||>|#|(?:oxlint|eslint)-|@ts-)/;

/** Begins a list entry or a tag; what follows belongs to it. */
const entryStart = /^(?:[-*•]|\d+[.)]|@\w+)\s+/;

/** One run of comment lines: what stands before each line's text, and the texts. */
interface CommentRun {
  readonly prefix: string;
  readonly texts: readonly string[];
}

/** The source with over-long comment paragraphs wrapped. */
export function wrapComments(source: string): string {
  const lines = source.split('\n').flatMap(openDocBlock);
  const wrapped: string[] = [];
  let isInBlock = false;
  for (let at = 0; at < lines.length;) {
    const prefix = toPrefix(lines[at] ?? '', isInBlock);
    if (prefix === undefined) {
      isInBlock = isStillInBlock(lines[at] ?? '', isInBlock);
      wrapped.push(lines[at] ?? '');
      at++;
      continue;
    }
    const texts: string[] = [];
    while (at < lines.length && toPrefix(lines[at] ?? '', isInBlock) === prefix) {
      texts.push((lines[at] ?? '').slice(prefix.length));
      at++;
    }
    wrapped.push(...wrapRun({ prefix, texts }));
  }
  return wrapped.join('\n');
}

/** A one-line doc block that is too long becomes one of three lines. */
function openDocBlock(line: string): string[] {
  const match = /^(\s*)\/\*\* (.*) \*\/$/.exec(line);
  if (match === null || line.length <= lineCharsMax) return [line];
  const [, indent = '', text = ''] = match;
  return [`${indent}/**`, `${indent} * ${text}`, `${indent} */`];
}

function isStillInBlock(line: string, isInBlock: boolean): boolean {
  if (line.trimStart().startsWith('/**') && !line.includes('*/')) return true;
  return isInBlock && !line.includes('*/');
}

function toPrefix(line: string, isInBlock: boolean): string | undefined {
  const pattern = isInBlock ? /^\s*\*(?!\/)(?: |$)/ : /^\s*\/\/(?: |$)/;
  const found = pattern.exec(line)?.[0];
  if (found === undefined || line.trimEnd().endsWith('*/')) return undefined;
  return found.endsWith(' ') ? found : `${found} `;
}

function wrapRun({ prefix, texts }: CommentRun): string[] {
  const width = lineCharsMax - prefix.length;
  const wrapped: string[] = [];
  let isFenced = false;
  for (let at = 0; at < texts.length;) {
    const first = texts[at] ?? '';
    if (first.startsWith('```')) isFenced = !isFenced;
    const end = isFenced || isFixed(first) ? at + 1 : findParagraphEnd(texts, at);
    const paragraph = texts.slice(at, end);
    const isTooLong = !isFenced && !isFixed(first) && paragraph.some((text) => text.length > width);
    wrapped.push(...(isTooLong ? wrapParagraph(paragraph, width) : paragraph));
    at = end;
  }
  return wrapped.map((text) => `${prefix}${text}`.trimEnd());
}

function isFixed(text: string): boolean {
  return text.trim() === '' || fixedLine.test(text) || text.startsWith('```');
}

function findParagraphEnd(texts: readonly string[], start: number): number {
  let end = start + 1;
  while (end < texts.length && !isFixed(texts[end] ?? '') && !entryStart.test(texts[end] ?? '')) end++;
  return end;
}

function wrapParagraph(paragraph: readonly string[], width: number): string[] {
  const marker = entryStart.exec(paragraph[0] ?? '')?.[0] ?? '';
  const hanging = ' '.repeat(marker.startsWith('@') ? 2 : marker.length);
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph
    .join(' ')
    .split(/\s+/)
    .filter((each) => each !== '')) {
    if (line !== '' && line.trim() !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `${hanging}${word}`;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** Wraps the comments of the files given; returns those that it changed. */
export function wrapFiles(files: Iterable<string>): string[] {
  const changed: string[] = [];
  for (const file of files) {
    if (!/\.(ts|mts|mjs|js)$/.test(file)) continue;
    const place = path.join(root, file);
    const source = readFileSync(place, 'utf8');
    const wrapped = wrapComments(source);
    if (wrapped === source) continue;
    writeFileSync(place, wrapped);
    changed.push(file);
  }
  return changed;
}
