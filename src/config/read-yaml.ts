import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { limits } from '../kernel/index.ts';
import type { ConfigProblem, Position } from './problem.ts';
import { quote } from './quote.ts';

/** Names of keys and numbers of list entries from the top of the document. */
export type Path = readonly (string | number)[];

/** A path as people write it: `routes.support.fallback[1]`, with quotes where a name has dots. */
export function toPathText(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[\w-]{1,60}$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${quote(part)}]`;
  }
  return text;
}

/** A document that could be read, with the way back to its text. */
export interface YamlDocument {
  readonly value: unknown;
  /** Where a value, or the key before it, stands; the nearest thing above it when it is absent. */
  locate(path: Path, part: 'key' | 'value'): Position | null;
}

/** Limit: how often anchors may be expanded in all. Ten levels of nine aliases would make 3 billion values. */
const aliasesMax = 1_000;

/** Limit: problems of one document; beyond it the file is not a configuration. */
export const problemsMax = 100;

type ReadYaml =
  | { readonly ok: true; readonly document: YamlDocument }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Reads YAML 1.2 under limits of size, nesting and aliases; every syntax error comes with its place. */
export function readYaml(text: string, file: string): ReadYaml {
  const size = Buffer.byteLength(text);
  if (size > limits.configBytes) {
    const found = `Cannot read the document: it has ${size} bytes, the limit is ${limits.configBytes}`;
    return refuse(file, found, 'Split what is not configuration off');
  }
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
    const faults = [...document.errors, ...document.warnings];
    if (faults.length > 0) {
      return {
        ok: false,
        problems: faults.slice(0, problemsMax).map((fault) => toProblem(fault, file, lines)),
      };
    }
    const value: unknown = document.toJS({ maxAliasCount: aliasesMax });
    const prototypeKey = findPrototypeKey(document, lines, file);
    if (prototypeKey !== null) return { ok: false, problems: [prototypeKey] };
    return { ok: true, document: { value, locate: (path, part) => locate(document, lines, { path, part }) } };
  } catch (error) {
    if (error instanceof RangeError) return refuse(file, ...tooDeep);
    if (error instanceof ReferenceError) {
      const found = 'Cannot read the document: its anchors expand to too many values';
      return refuse(file, found, 'Write the values out, or use fewer aliases (*name)');
    }
    throw error;
  }
}

function refuse(file: string, text: string, remedy: string): ReadYaml {
  return { ok: false, problems: [{ severity: 'error', file, position: null, path: '', text, remedy }] };
}

/** The reader calls itself for each level, so endless brackets exhaust the stack, here or inside it. */
const tooDeep = [
  'Cannot read the document: it is nested too deeply',
  'Remove the brackets or dashes',
] as const;

/** Texts for the faults that people make most; others keep the reader's own words. */
const faultTexts: Readonly<Record<string, readonly [text: string, remedy: string]>> = {
  DUPLICATE_KEY: ['Cannot read the document: this key stands twice in one map', 'Remove one of the two'],
  TAB_AS_INDENT: ['Cannot read the document: a tab is used for indenting', 'Indent with spaces'],
  BAD_INDENT: [
    'Cannot read the document: this line is indented wrongly',
    'Align it with the lines it belongs to',
  ],
  MULTIPLE_DOCS: [
    'Cannot read the document: it holds more than one',
    'Remove the line "---" and what follows',
  ],
  TAG_RESOLVE_FAILED: ['Cannot read the document: it uses a tag (!…)', 'Write the plain value'],
};

function toProblem(
  fault: { readonly code: string; readonly message: string; readonly pos: readonly [number, number] },
  file: string,
  lines: LineCounter,
): ConfigProblem {
  const [text, remedy] = fault.message.includes('call stack')
    ? tooDeep
    : (faultTexts[fault.code] ?? [
        `Cannot read the document: ${fault.message.split('\n')[0] ?? ''}`,
        'Correct the YAML at this place; text with : # @ or * in it needs quotes',
      ]);
  return { severity: 'error', file, position: toPosition(fault.pos[0], lines), path: '', text, remedy };
}

function toPosition(offset: number, lines: LineCounter): Position {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** A key `__proto__` would be dropped in silence further on, so it is refused where it stands. */
function findPrototypeKey(document: Document, lines: LineCounter, file: string): ConfigProblem | null {
  const pending: unknown[] = [document.contents];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (isSeq(node)) pending.push(...node.items);
    if (!isMap(node)) continue;
    for (const { key, value } of node.items) {
      if (isScalar(key) && key.value === '__proto__') {
        const text = 'Cannot use key "__proto__": it has a meaning of its own';
        const position = toPosition(key.range?.[0] ?? 0, lines);
        return { severity: 'error', file, position, path: '__proto__', text, remedy: 'Rename it' };
      }
      pending.push(value ?? null);
    }
  }
  return null;
}

function locate(
  document: Document,
  lines: LineCounter,
  place: { readonly path: Path; readonly part: 'key' | 'value' },
): Position | null {
  let node: unknown = document.contents;
  let nearest = toOffset(node);
  for (const [index, part] of place.path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const isLast = index === place.path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
      if (pair === undefined) break;
      const keyOffset = toOffset(pair.key);
      node = pair.value;
      const wantsValue = isLast && place.part === 'value';
      // A value that is empty or a whole map is found by its key, which is what people look for.
      nearest = (wantsValue && isScalarLike(node) ? toOffset(node) : keyOffset) ?? nearest;
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part];
      nearest = toOffset(node) ?? nearest;
    } else break;
  }
  return nearest === null ? null : toPosition(nearest, lines);
}

function isScalarLike(node: unknown): boolean {
  return isAlias(node) || (isScalar(node) && node.value !== null);
}

function toOffset(node: unknown): number | null {
  return (node as Node | null)?.range?.[0] ?? null;
}
