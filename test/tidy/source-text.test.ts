import { expect, test } from 'vitest';
import { readImports } from '../../tools/read-imports.ts';
import { splitSource, toLine } from '../../tools/source-text.ts';

test('splitSource() keeps offsets and lines', () => {
  const source = "const a = 'x'; // note\n/* two\nlines */ const b = `t${a}`;\n";
  const { code, comments, uncommented } = splitSource(source);
  expect([code.length, comments.length, uncommented.length]).toEqual(Array(3).fill(source.length));
  expect(code.split('\n')).toHaveLength(source.split('\n').length);
  expect(comments.trim().split(/\s+/)).toEqual(['//', 'note', '/*', 'two', 'lines', '*/']);
});

test.each([
  ["'// no comment'", ''],
  ['`/* no ${"comment"} */`', ''],
  ['x = /\\/\\/ no comment/', ''],
  ['a / b / c // comment', '// comment'],
  ['`${ `inner ${ { a: 1 }.a } // no` } // no` // yes', '// yes'],
  ["'it\\'s' // yes", '// yes'],
  ['/[/]\\//.test(x) // yes', '// yes'],
])('splitSource() finds the comment of %s', (source, comment) => {
  expect(splitSource(source).comments.trim()).toBe(comment);
});

test('splitSource() keeps the code inside a template', () => {
  expect(splitSource('`at ${Date.now()} sharp`').code).toContain('Date.now()');
});

test('toLine() counts from one', () => {
  expect([toLine('a\nb\nc', 0), toLine('a\nb\nc', 2), toLine('a\nb\nc', 4)]).toEqual([1, 2, 3]);
});

test('readImports() reads every form of import', () => {
  const source = [
    "import { a, type B, c as d } from './one.ts';",
    "import type { E } from './two.ts';",
    "import './three.ts';",
    "export { f } from './four.ts';",
    "import * as all from 'node:http';",
    "import first, { second } from 'five';",
    "const six = await import('./six.ts');",
    "new Worker(workerUrl(import.meta.url, './seven-worker'));",
    "import {\n  g,\n  h,\n} from './eight.ts';",
    'export const text = "import { x } from \'./no.ts\'";',
    "// import { y } from './no.ts';",
    "import { type I } from './nine.ts';",
  ].join('\n');
  expect(
    readImports(source).map(({ specifier, names, isTypeOnly }) => [specifier, names.join(), isTypeOnly]),
  ).toEqual([
    ['./one.ts', 'a,c', false],
    ['./two.ts', 'E', true],
    ['./three.ts', '', false],
    ['./four.ts', 'f', false],
    ['node:http', '*', false],
    ['five', 'default,second', false],
    ['./eight.ts', 'g,h', false],
    ['./nine.ts', '', true],
    ['./six.ts', '*', false],
    ['./seven-worker.ts', '', false],
  ]);
});
