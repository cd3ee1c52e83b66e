import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { proposeGraders, type SeenCase } from './propose-graders.ts';
import { createGrader } from './registry.ts';

function names(cases: readonly SeenCase[]): readonly string[] {
  return proposeGraders(cases).map((one) => one.spec.name);
}

function many(make: (at: number) => SeenCase): readonly SeenCase[] {
  return Array.from({ length: 20 }, (_case, at) => make(at));
}

test('proposeGraders() sees numbers, choices, labels, formulae and literals', () => {
  expect(
    names(many((at) => ({ answer: { text: `{"reasoning": "r", "answer": "${at * 3} dollars"}` } })))[0],
  ).toBe('json-schema');
  expect(names(many((at) => ({ answer: { text: `{"reasoning": "r", "answer": "${at * 3}"}` } })))).toContain(
    'number',
  );
  expect(
    names(many((at) => ({ answer: { text: `Hm.\nThe answer is (${'ABCD'.charAt(at % 4)}).` } })))[0],
  ).toBe('choice');
  expect(names(many((at) => ({ answer: { text: at % 2 === 0 ? 'refund' : 'complaint' } })))[0]).toBe(
    'normalised',
  );
  expect(names(many((at) => ({ answer: { text: `So \\boxed{\\frac{${at + 1}}{7}x}` } })))[0]).toBe('math');
  expect(names(many((at) => ({ answer: { text: `Work.\n['a', ${'b'.repeat(at + 1)}]` } })))).toContain(
    'exact',
  );
});

test('proposeGraders() sees JSON, tool calls and prose', () => {
  expect(names(many((at) => ({ answer: { text: JSON.stringify({ name: `n${at}`, total: at }) } })))).toEqual(
    expect.arrayContaining(['json-equal', 'json-schema']),
  );
  expect(names(many(() => ({ answer: { text: '', toolCalls: [{ name: 'f', arguments: '{}' }] } })))[0]).toBe(
    'tool-calls',
  );
  const prose = names(
    many((at) => ({
      prompt: 'Could you please explain how this works for me?',
      answer: {
        text: `Of course. ${'This is how it works, and you can see that it is not hard. '.repeat(3 + (at % 5))}`,
      },
    })),
  );
  expect(prose).toEqual(['same-language', 'over-refusal', 'length']);
});

test('proposeGraders() measures the share of cases that a grader can grade', () => {
  const cases = many((at) => ({
    prompt: at < 10 ? 'What is the weather like in the capital today?' : 'hm',
    answer: { text: 'It is warm and dry, and the wind comes from the north.' },
  }));
  const language = proposeGraders(cases).find((one) => one.spec.name === 'same-language');
  expect(language?.share).toBe(0.5);
  expect(language?.reason).toMatch(/100 % of the answers are in the user's language/u);
});

test('proposeGraders() is silent with too few cases', () => {
  expect(proposeGraders(many(() => ({ answer: { text: '4' } })).slice(0, 4))).toEqual([]);
});

test('proposeGraders() proposes graders that can be made, on any answers', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.constantFrom('42', 'B', 'yes', '')), {
        minLength: 5,
        maxLength: 12,
      }),
      (texts) => {
        for (const one of proposeGraders(texts.map((text) => ({ prompt: text, answer: { text } })))) {
          expect(createGrader(one.spec).ok).toBe(true);
          expect(one.share).toBeGreaterThan(0);
          expect(one.share).toBeLessThanOrEqual(1);
          expect(one.reason.length).toBeGreaterThan(10);
        }
      },
    ),
    { numRuns: 100 },
  );
});
