import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wrapComments } from '../../tools/wrap-comments.ts';

const longText = Array.from({ length: 30 }, (_, at) => `word${at}`).join(' ');

test('wrapComments() wraps a paragraph and nothing else', () => {
  const source = `  // Short.\n  //\n  // ${longText}\n  const x = '${longText}';\n`;
  const lines = wrapComments(source).split('\n');
  expect(lines[0]).toBe('  // Short.');
  expect(lines[1]).toBe('  //');
  expect(lines.slice(2, -2).every((line) => line.startsWith('  // word') && line.length <= 110)).toBe(true);
  expect(lines.at(-2)).toBe(`  const x = '${longText}';`);
});

test('wrapComments() opens a doc block of one line', () => {
  const wrapped = wrapComments(`/** ${longText} */`).split('\n');
  expect(wrapped.map((line) => line.slice(0, 3))).toEqual(['/**', ' * ', ' * ', ' */']);
});

test('wrapComments() keeps lists, tables and fences', () => {
  const block = [
    '/**',
    ' * - one',
    ` * - ${longText}`,
    ` * | ${longText} |`,
    ' * ```',
    ` * ${longText}`,
    ' * ```',
    ' */',
  ];
  const wrapped = wrapComments(block.join('\n')).split('\n');
  expect(wrapped).toContain(' * - one');
  expect(wrapped).toContain(` * | ${longText} |`);
  expect(wrapped).toContain(` * ${longText}`);
  expect(wrapped.filter((line) => line.startsWith(' *   word'))).not.toEqual([]);
});

test('wrapComments() leaves words to tools on their line', () => {
  const line = `// oxlint-disable-next-line no-empty -- ${longText}`;
  expect(wrapComments(line)).toBe(line);
});

test('wrapComments() loses no word and is done after one time', () => {
  const word = fc.stringMatching(/^[a-z(]{1,20}[.,)]?$/);
  fc.assert(
    fc.property(
      fc.array(fc.array(word, { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 4 }),
      (paragraphs) => {
        const source = paragraphs.map((words) => `// ${words.join(' ')}`).join('\n//\n');
        const wrapped = wrapComments(source);
        expect(wrapped.match(/[a-z(.,)]+/g)).toEqual(source.match(/[a-z(.,)]+/g));
        expect(wrapComments(wrapped)).toBe(wrapped);
        expect(Math.max(...wrapped.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
      },
    ),
  );
});
