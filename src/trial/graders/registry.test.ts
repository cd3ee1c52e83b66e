/** What holds for every grader: options are checked, nothing throws, scores lie in [0, 1], time is bounded. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import type { Grade, Grader, GradeInput } from './grader.ts';
import type { JsonObject, JsonValue } from './json-value.ts';
import { createGrader, type GraderName, graderNames, toOptionsSchema } from './registry.ts';

const needed: Partial<Record<GraderName, JsonObject>> = {
  regex: { pattern: '^(a+)+\\d*$' },
  'json-schema': { schema: { type: 'object', properties: { a: { type: 'string', pattern: '^(x+)+$' } } } },
  length: { max: 10 },
  latency: { max: 10 },
  cost: { maxNano: '10' },
};

function make(name: GraderName): Grader {
  const made = createGrader({ name, options: needed[name] ?? {} });
  if (!made.ok) throw new Error(`${name}: ${JSON.stringify(made.failure)}`);
  return made.value;
}

function expectGrade(given: Grade): void {
  expect(given.reason.length).toBeGreaterThan(0);
  expect(given.reason).not.toMatch(/grader failed/u);
  if (given.kind === 'ungradable') return;
  expect(given.score).toBeGreaterThanOrEqual(0);
  expect(given.score).toBeLessThanOrEqual(1);
  expect((given.extracted ?? '').length).toBeLessThanOrEqual(100);
  expect((given.extracted ?? '').isWellFormed()).toBe(true);
}

const references: readonly JsonValue[] = [
  '42',
  'A',
  '{"a": 1}',
  '[]',
  'safe',
  { a: 1 },
  [{ name: 'f', arguments: {} }],
  7,
  null,
  true,
];

const wild = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({
    unit: fc.constantFrom(...'{}[]":,\\$#*`<>/=-+.0123456789 abAB\n\u202e\u0000\ud800答案是'.split('')),
    maxLength: 200,
  }),
  fc.json({ maxDepth: 4 }),
  fc
    .constantFrom(
      'The answer is ',
      '\\boxed{',
      '```json\n{',
      '<think>',
      '"answer": "',
      '#### ',
      'Final answer: ',
    )
    .chain((head) => fc.string({ unit: 'grapheme', maxLength: 80 }).map((tail) => head + tail)),
);

test.each(graderNames)('%s never throws on any answer, prompt or reference', (name) => {
  const grader = make(name);
  fc.assert(
    fc.property(wild, wild, fc.oneof(wild, fc.constantFrom(...references)), (text, prompt, reference) => {
      const toolCalls = [{ name: text.slice(0, 20), arguments: prompt }];
      expectGrade(grader.grade({ answer: { text }, prompt, reference }));
      expectGrade(
        grader.grade({
          answer: { text, toolCalls, latencyMs: text.length, costNano: BigInt(text.length) },
          prompt,
          reference,
        }),
      );
      expectGrade(grader.grade({ answer: { text } }));
    }),
    { numRuns: 150 },
  );
});

const hostile: readonly (readonly [name: string, text: string])[] = [
  ['a megabyte of one letter', 'a'.repeat(1_000_000)],
  ['a megabyte of words', 'the quick brown fox '.repeat(50_000)],
  ['a megabyte of Han', '中'.repeat(350_000)],
  ['JSON nested 100,000 deep', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ['arrays nested 100,000 deep', '['.repeat(100_000) + ']'.repeat(100_000)],
  ['open braces only', '{'.repeat(500_000)],
  ['lone surrogates', '\ud800'.repeat(200_000)],
  ['NUL characters', '\u0000'.repeat(300_000)],
  ['direction marks', '\u202e\u2067\u200f'.repeat(100_000)],
  ['blank lines', '\n \t'.repeat(300_000)],
  ['quotes', '"'.repeat(500_000)],
  ['backslashes', '\\'.repeat(500_000)],
  ['backticks', '`'.repeat(500_000)],
  ['digits', '9'.repeat(500_000)],
  ['numbers', '1,2.3-4/5 '.repeat(50_000)],
  ['marks', 'the final answer is: '.repeat(50_000)],
  ['combining marks', `a${'\u0301'.repeat(300_000)}`],
  ['dollar signs', '$'.repeat(300_000)],
  ['angle brackets', '<think>'.repeat(80_000)],
  ['sorry', "I'm sorry, but as an AI ".repeat(40_000)],
  ['addresses', 'http://a.b@c.d/'.repeat(60_000)],
];

test.each(hostile)(
  'every grader ends in time on %s',
  (_name, text) => {
    for (const name of graderNames) {
      const start = performance.now();
      const grader = make(name);
      for (const reference of ['42', { a: 1 }] as const) {
        const input: GradeInput = {
          answer: { text, toolCalls: [{ name: 'f', arguments: text }] },
          prompt: text,
          reference,
        };
        expectGrade(grader.grade(input));
        expectGrade(grader.grade({ ...input, answer: { text } }));
      }
      // Generous: the point is that nothing grows with the square of the text. Measured: below 1 s.
      expect(performance.now() - start, name).toBeLessThan(10_000);
    }
  },
  120_000,
);

test('createGrader() names the option that is wrong', () => {
  const wrong = createGrader({ name: 'number', options: { absolute: -1 } });
  expect(wrong).toMatchObject({
    ok: false,
    failure: { code: 'CHG_FIELD_INVALID', detail: { field: 'options.absolute' } },
  });
  expect(createGrader({ name: 'number', options: { tolerance: 1 } })).toMatchObject({ ok: false });
  expect(createGrader({ name: 'nonsense' })).toMatchObject({
    ok: false,
    failure: { detail: { field: 'name' } },
  });
  expect(createGrader({ name: 'toString' })).toMatchObject({ ok: false });
  expect(createGrader({ name: 'regex', options: { pattern: '(?=a)' } })).toMatchObject({
    ok: false,
    failure: { detail: { field: 'pattern' } },
  });
  expect(createGrader({ name: 'length', options: { max: 5, min: 6 } })).toMatchObject({ ok: false });
});

test('toOptionsSchema() describes the options of every grader', () => {
  for (const name of graderNames) expect(toOptionsSchema(name), name).toMatchObject({ type: 'object' });
});
