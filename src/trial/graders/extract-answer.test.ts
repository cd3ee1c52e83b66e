import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  clipText,
  extractAnswer,
  findBoxed,
  MAX_SEARCHED_CHARACTERS,
  stripReasoning,
} from './extract-answer.ts';

const cases: readonly (readonly [name: string, text: string, answer: string, source: string])[] = [
  ['a JSON field', '{"reasoning": "2+2", "answer": "4"}', '4', 'json'],
  ['the last JSON object of several', '{"answer": "3"}\nCorrection:\n{"answer": "4"}', '4', 'json'],
  [
    'fenced JSON with prose around it',
    'Here:\n```json\n{"answer": 18}\n```\nHope that helps 99.',
    '18',
    'json',
  ],
  [
    'LaTeX with single backslashes in JSON',
    '{"reasoning": "as \\(x\\)", "answer": "\\frac{1}{2}"}',
    '\\frac{1}{2}',
    'json',
  ],
  ['JSON with raw line breaks', '{"reasoning": "a\nb", "answer": "7"}', '7', 'json'],
  ['JSON with a trailing comma', '{"answer": "7",}', '7', 'json'],
  [
    'JSON with unescaped quotes',
    '{"reasoning": "the word "cat" is it", "answer": "7"\n}',
    '7',
    'broken-json',
  ],
  ['JSON that was cut after the answer', '{"answer": "12", "reasoning": "because', '12', 'broken-json'],
  ['a bare value in broken JSON', '{"reasoning": "say "x"", "answer": [1, 2]\n}', '[1, 2]', 'broken-json'],
  ['a box', 'Thus $\\boxed{\\frac{3}{4}}$.', '\\frac{3}{4}', 'boxed'],
  ['the last box', '\\boxed{1} … no, \\boxed{2}', '2', 'boxed'],
  ['hashes', 'so 9*2=18\n#### 18', '18', 'hashes'],
  ['a marked sentence', 'Long talk.\nThe answer is 42. Let me know!', '42', 'marked'],
  [
    'a final mark before plain ones',
    'the answer is 3?\nFinal answer: **5**\nThe answer depends on x',
    '5',
    'marked',
  ],
  ['a marked Chinese answer', '推理过程。\n所以答案是：12', '12', 'marked'],
  ['a marked Arabic answer', 'الحل\nالإجابة النهائية هي: ٤٢', '42', 'marked'],
  ['a marked Spanish answer', 'Primero…\nRespuesta final: Madrid', 'Madrid', 'marked'],
  ['the only fence', 'Sure:\n```\nSELECT 1\n```\nDone', 'SELECT 1', 'fenced'],
  ['one line', ' Paris ', 'Paris', 'whole'],
  ['the last line', 'Some work.\nMore work.\n18 dollars', '18 dollars', 'last-line'],
  ['nothing in an empty text', ' \n ', '', 'none'],
  ['nothing in an object that was cut off', '{"reasoning": "so the answer is 5, then', '', 'none'],
  ['what follows reasoning', '<think>the answer is 1</think>\nThe answer is 2.', '2', 'marked'],
  ['nothing in reasoning that was cut off', '<think>the answer is 1', '', 'none'],
];

test.each(cases)('extractAnswer() finds %s', (_name, text, answer, source) => {
  expect(extractAnswer(text)).toMatchObject({ text: answer, source });
});

test('extractAnswer() reads the field it is told', () => {
  expect(extractAnswer('{"label": "spam", "answer": "x"}', { field: 'label' }).text).toBe('spam');
  expect(extractAnswer('no JSON: 5', { field: 'label' })).toEqual({ text: '', source: 'none' });
});

test('extractAnswer() takes only one word from a box under the rule of ZeroEval', () => {
  expect(extractAnswer('so \\boxed{12}', 'json-or-boxed-word').text).toBe('12');
  expect(extractAnswer('so \\boxed{-3}', 'json-or-boxed-word')).toEqual({ text: '', source: 'none' });
  expect(extractAnswer('so \\boxed{-3}').text).toBe('-3');
});

test('extractAnswer() keeps a JSON value beside its text', () => {
  expect(extractAnswer('{"answer": {"a": [1]}}')).toEqual({
    text: '{"a":[1]}',
    value: { a: [1] },
    source: 'json',
  });
});

test('extractAnswer() never throws and ends in time on hostile text', () => {
  const hostile = [
    '{'.repeat(1_000_000),
    '{"answer":'.repeat(100_000),
    '['.repeat(100_000) + ']'.repeat(100_000),
    `{"answer": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    `answer${'\n'.repeat(500_000)}is`,
    'the answer is '.repeat(70_000),
    '\\boxed{'.repeat(140_000),
    '\ud800\u0000\u202e'.repeat(300_000),
    `"answer": "${'\\"'.repeat(400_000)}`,
    '`'.repeat(1_000_000),
  ];
  for (const text of hostile) {
    expect(typeof extractAnswer(text).text).toBe('string');
    expect(extractAnswer(text).text.length).toBeLessThanOrEqual(MAX_SEARCHED_CHARACTERS + 1);
  }
});

test('extractAnswer() gives a string for any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      expect(typeof extractAnswer(text).text).toBe('string');
    }),
    { numRuns: 500 },
  );
});

test('extractAnswer() reads back any string that stands in a JSON field', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (answer, prose) => {
      const text = `${prose.replace(/[{}[\]"\\<`]/gu, '')}\n${JSON.stringify({ reasoning: 'r', answer })}`;
      expect(extractAnswer(text).text).toBe(answer);
    }),
  );
});

test('clipText() keeps head and tail of an over-long text', () => {
  const clipped = clipText(`HEAD${'x'.repeat(MAX_SEARCHED_CHARACTERS)}TAIL`);
  expect(clipped.startsWith('HEAD')).toBe(true);
  expect(clipped.endsWith('TAIL')).toBe(true);
});

test('stripReasoning() takes what follows the last closing tag, also without an opening one', () => {
  expect(stripReasoning('thoughts</think>answer')).toBe('answer');
  expect(stripReasoning('<think>a</think>b<think>c</think>d')).toBe('d');
});

test('findBoxed() balances braces', () => {
  expect(findBoxed('\\boxed{\\frac{1}{2}} and more')).toBe('\\frac{1}{2}');
  expect(findBoxed('\\boxed{open')).toBeUndefined();
});
