import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { createMathGrader, isSameMath, mathOptions } from './math.ts';

const options = mathOptions.parse({});

const equal: readonly (readonly [left: string, right: string])[] = [
  ['\\frac{1}{2}', '0.5'],
  ['\\dfrac{3}{4}', '3/4'],
  ['\\frac12', '1/2'],
  ['3\\sqrt{5}', '\\sqrt{45}'],
  ['6√2', '6\\sqrt2'],
  ['54000', '54,000'],
  ['54,\\!000', '54000'],
  ['-221_3', '-221'],
  ['100100', '100100_b'],
  ['x=5', '5'],
  ['5', 'y = 5.0'],
  ['12', '12\\text{ cm}'],
  ['12', '$12$'],
  ['12', '12 square units'],
  ['90', '90^\\circ'],
  ['50', '50\\%'],
  ['2\\pi', '2π'],
  ['2, -1', '-1, 2'],
  ['\\{1,2\\}', '2, 1'],
  ['1 and 2', '1,2'],
  ['(1, 2)', '(1.0, \\frac{4}{2})'],
  ['3+4i', '4i+3'],
  ['x^2+2x+1', '(x+1)^2'],
  ['2^{10}', '1024'],
  ['\\log_2 8', '3'],
  ['\\sqrt[3]{27}', '3'],
  ['5!', '120'],
  ['|{-3}|', '3'],
  ['\\left(\\frac{1}{2},3\\right)', '(0.5,3)'],
  ['[0,\\infty)', '[0, ∞)'],
  ['\\sin(\\pi/6)', '\\frac{1}{2}'],
  ['10^{-3}', '0.001'],
  ['\\text{A}', 'A'],
];

test.each(equal)('isSameMath() finds %s and %s equal', (left, right) => {
  expect(isSameMath(left, right, options)).toBe(true);
  expect(isSameMath(right, left, options)).toBe(true);
});

const different: readonly (readonly [left: string, right: string])[] = [
  ['2', '2, -1'],
  ['7', '7 + \\log_2 5 - 1'],
  ['3', '\\sqrt{3}'],
  ['3', '3\\sqrt{5}'],
  ['(1,2)', '(2,1)'],
  ['(0,1)', '[0,1]'],
  ['x', 'y'],
  ['0.333', '1/3'],
  ['1001_2', '1000_2'],
  ['-5', '5'],
  ['x+1', 'x+2'],
  ['5', ''],
  ['5', 'five apples'],
  ['1', '1e'],
];

test.each(different)('isSameMath() tells %s and %s apart', (left, right) => {
  expect(isSameMath(left, right, options)).toBe(false);
});

test('isSameMath() finds any rational equal to itself written otherwise', () => {
  fc.assert(
    fc.property(fc.integer({ min: -999, max: 999 }), fc.integer({ min: 1, max: 999 }), (top, bottom) => {
      expect(isSameMath(`\\frac{${top}}{${bottom}}`, `${top * 3}/${bottom * 3}`, options)).toBe(true);
      expect(isSameMath(`\\frac{${top}}{${bottom}}`, `${top * 3 + 1}/${bottom * 3}`, options)).toBe(false);
    }),
  );
});

test('the math grader never throws on hostile answers', () => {
  const grader = createMathGrader(options);
  const hostile = [
    '('.repeat(1_000_000),
    `\\boxed{${'('.repeat(900)}}`,
    '\\frac'.repeat(300),
    `\\boxed{${'{1,'.repeat(300)}}`,
    '-'.repeat(1500),
    '^'.repeat(1500),
    '\\boxed{99999!}',
    '\\boxed{1/0}',
  ];
  for (const text of hostile) {
    expect(grader.grade({ answer: { text }, reference: '1' })).toMatchObject({ kind: 'scored', score: 0 });
  }
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom(...'0123+-*/^_(){}[]|!,.=<>\\ sqrtfracpiefx'.split('')),
        maxLength: 60,
      }),
      (text) => {
        expect(isSameMath(text, text, options)).toBe(true);
        expect(typeof isSameMath('1', text, options)).toBe('boolean');
      },
    ),
    { numRuns: 1000 },
  );
});
