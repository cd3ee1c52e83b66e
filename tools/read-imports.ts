import { splitSource, toLine } from './source-text.ts';

/** One import, export-from, dynamic import or worker address. */
export interface ImportLine {
  readonly line: number;
  readonly specifier: string;
  /** The names imported, as the module calls them; `*` for the whole module, `default` for its default. */
  readonly names: readonly string[];
  /** True when nothing of it is left at run time. */
  readonly isTypeOnly: boolean;
}

/** `import … from 'x'`, `export … from 'x'` and `import 'x'`. */
const staticImport = /(?<![.\w$])(import|export)\s+(type\s+)?((?:[\w$*{},\s]*?)\s*from\s*)?'([^'\n]+)'/g;

/** `import('x')`, `require('x')`, `workerUrl(import.meta.url, 'x')` and `new URL('x', import.meta.url)`. */
const otherImports: readonly RegExp[] = [
  /(?<![.\w$])(?:import|require)\s*\(\s*['"`]([^'"`\n]+)['"`]/g,
  /(?<![.\w$])workerUrl\(\s*import\.meta\.url,\s*'([^'\n]+)'/g,
];

export function readImports(source: string): ImportLine[] {
  const { uncommented, code } = splitSource(source);
  const found: ImportLine[] = [];
  /** The keyword must be code: text that quotes an import is none. */
  const isCode = (at: number) => code[at] === uncommented[at] && code[at] !== ' ';
  for (const match of uncommented.matchAll(staticImport)) {
    const [, keyword = '', type, clause = '', specifier = ''] = match;
    if (!isCode(match.index) || (keyword === 'export' && clause === '')) continue;
    const names = readNames(clause.replace(/\bfrom\s*$/, ''));
    const isTypeOnly = type !== undefined || (names.length > 0 && names.every(({ isType }) => isType));
    const values = names.filter(({ isType }) => !isType || type !== undefined).map(({ name }) => name);
    found.push({ line: toLine(source, match.index), specifier, names: values, isTypeOnly });
  }
  for (const pattern of otherImports) {
    for (const match of uncommented.matchAll(pattern)) {
      if (!isCode(match.index)) continue;
      const isWorker = match[0].startsWith('workerUrl');
      const specifier = isWorker ? `${match[1]}.ts` : (match[1] ?? '');
      found.push({
        line: toLine(source, match.index),
        specifier,
        names: isWorker ? [] : ['*'],
        isTypeOnly: false,
      });
    }
  }
  return found;
}

function readNames(clause: string): { name: string; isType: boolean }[] {
  const [outer = '', inner = ''] = clause.replace('}', '').split('{');
  const outerNames = outer
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => ({ name: part.startsWith('*') ? '*' : 'default', isType: false }));
  const innerNames = inner
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => ({
      name: part.replace(/^type\s+/, '').split(/\s+as\s+/)[0] ?? '',
      isType: /^type\s/.test(part),
    }));
  return [...outerNames, ...innerNames];
}
