/** The graders that compare a final answer with a reference, through the registry as a plan writes them. */
import { expect, test } from 'vitest';

import type { Grade, GradeInput } from './grader.ts';
import type { JsonObject, JsonValue } from './json-value.ts';
import { createGrader } from './registry.ts';

function grade(name: string, options: JsonObject, input: GradeInput): Grade {
  const made = createGrader({ name, options });
  if (!made.ok) throw new Error(JSON.stringify(made.failure));
  return made.value.grade(input);
}

function score(
  name: string,
  options: JsonObject,
  [reference, text]: readonly [JsonValue, string],
): number | 'ungradable' {
  const given = grade(name, options, { answer: { text }, reference });
  return given.kind === 'scored' ? given.score : 'ungradable';
}

test('exact compares the final answer to the character', () => {
  expect(score('exact', {}, ['Paris', '{"answer": "Paris"}'])).toBe(1);
  expect(score('exact', {}, ['Paris', 'Thinking.\nThe answer is Paris.'])).toBe(1);
  expect(score('exact', {}, ['Paris', 'paris'])).toBe(0);
  expect(score('exact', { trim: false }, ['CW', '{"answer": " CW"}'])).toBe(0);
  expect(score('exact', {}, ['two\nlines', 'two\nlines'])).toBe(1);
});

test('exact overlooks the quotes of a literal when told so', () => {
  const options = { quotes: 'optional', trim: false };
  expect(score('exact', options, ["'ab'", '{"answer": "ab"}'])).toBe(1);
  expect(score('exact', options, ["'a\\nb'", '{"answer": "a\\nb"}'])).toBe(1);
  expect(score('exact', options, ["'  7 '", '{"answer": "  7 "}'])).toBe(1);
  expect(score('exact', options, ["'ab'", '{"answer": "ac"}'])).toBe(0);
  expect(score('exact', {}, ["'ab'", '{"answer": "ab"}'])).toBe(0);
});

test('exact gives an answer that was cut off no score for an empty reference', () => {
  expect(score('exact', { quotes: 'optional' }, ["''", '{"reasoning": "it never ends'])).toBe(0);
});

test('normalised overlooks case, blanks, width, typography and a final stop', () => {
  expect(score('normalised', {}, ['New York', ' new   YORK. '])).toBe(1);
  expect(score('normalised', {}, ['“A”—B', '"a"-b'])).toBe(1);
  expect(score('normalised', {}, ['ABC', '\u202bＡＢＣ\u200b'])).toBe(1);
  expect(score('normalised', { accents: true }, ['São Paulo', 'sao paulo'])).toBe(1);
  expect(score('normalised', {}, ['São Paulo', 'sao paulo'])).toBe(0);
  expect(score('normalised', { punctuation: true }, ['yes', 'Yes!'])).toBe(1);
  expect(score('normalised', {}, ['yes', 'no'])).toBe(0);
});

test('number compares values, not spellings', () => {
  expect(score('number', {}, ['# 2,125', 'The answer is $2,125.00 in total.'])).toBe(1);
  expect(score('number', {}, ['18', '9 * 2 = 18'])).toBe(1);
  expect(score('number', {}, ['18', 'He has 3 dogs.\nSo he pays 18'])).toBe(1);
  expect(score('number', {}, ['0.5', '\\boxed{\\frac{1}{2}}'])).toBe(1);
  expect(score('number', {}, ['42', 'الإجابة: ٤٢'])).toBe(1);
  expect(score('number', {}, ['9007199254740993', '9007199254740992'])).toBe(0);
  expect(score('number', {}, ['18', 'no idea'])).toBe(0);
  expect(score('number', {}, ['none', '18'])).toBe('ungradable');
});

test('number obeys its tolerances, units and percent rules', () => {
  expect(score('number', { absolute: 0.01 }, ['3.14', '3.1415'])).toBe(1);
  expect(score('number', { relative: 0.01 }, ['1000', '1009'])).toBe(1);
  expect(score('number', { relative: 0.01 }, ['1000', '1011'])).toBe(0);
  expect(score('number', { units: 'convert' }, ['1.5 km', '1500 m'])).toBe(1);
  expect(score('number', { units: 'convert' }, ['1.5 km', '1.5 kg'])).toBe(0);
  expect(score('number', {}, ['0.45', '45%'])).toBe(1);
  expect(score('number', {}, ['45', '45%'])).toBe(1);
  expect(score('number', { percent: 'written' }, ['45', '45%'])).toBe(0);
  expect(score('number', { pick: 'only' }, ['2', '{"answer": "2, -1"}'])).toBe(0);
  expect(score('number', { pick: 'first' }, ['2', '{"answer": "2, -1"}'])).toBe(1);
  expect(score('number', { decimal: 'comma' }, ['1,5', 'la respuesta es 1,5'])).toBe(1);
});

test('choice reads labels in their usual clothes', () => {
  for (const text of [
    'B',
    '(B)',
    'B.',
    'b',
    '**B**',
    'The answer is (B).',
    'B) Paris',
    '\\boxed{\\text{B}}',
    '{"answer": "B"}',
    '答案是 B',
    'Reasoning…\nOption B',
    '选B',
  ]) {
    expect(score('choice', {}, ['B', text]), text).toBe(1);
  }
  expect(score('choice', {}, ['B', 'C'])).toBe(0);
  expect(score('choice', {}, ['A', 'A cat sat on a mat and saw dogs.'])).toBe(0);
  expect(score('choice', {}, ['A', 'It could be (A) or (B)'])).toBe(0);
  expect(score('choice', {}, ['Z', 'A'])).toBe('ungradable');
});

test('choice reads the text of a label, and sets of labels', () => {
  const options = { labels: ['A', 'B'], texts: ['the cat', 'the dog'] };
  expect(score('choice', options, ['B', 'The answer is: the dog'])).toBe(1);
  expect(score('choice', options, ['B', 'I think that it must be the dog, really.'])).toBe(1);
  expect(score('choice', { multiple: true }, ['A, C', 'Answer: C and A'])).toBe(1);
  expect(score('choice', { multiple: true }, ['A, C', 'Answer: A'])).toBe(0);
  expect(createGrader({ name: 'choice', options: { labels: ['A', 'B'], texts: ['one'] } })).toMatchObject({
    ok: false,
  });
});

test('contains looks for all, any and none', () => {
  expect(score('contains', {}, ['Lima', 'The capital is LIMA, of course'])).toBe(1);
  expect(score('contains', { all: ['a', 'z'], partial: true }, ['', 'a b c'])).toBe(0.5);
  expect(score('contains', { all: ['a', 'z'] }, ['', 'a b c'])).toBe(0);
  expect(score('contains', { any: ['x', 'b'] }, ['', 'a b c'])).toBe(1);
  expect(score('contains', { none: ['password'] }, ['', 'your Password is'])).toBe(0);
  expect(score('contains', { all: ['Aa'], caseSensitive: true }, ['', 'aa'])).toBe(0);
  expect(score('contains', {}, ['', 'text'])).toBe('ungradable');
});

test('regex searches the visible text and may forbid a match', () => {
  expect(score('regex', { pattern: '^ORD-\\d{4}$', flags: 'm' }, ['', 'Your order:\nORD-1234'])).toBe(1);
  expect(score('regex', { pattern: 'secret', flags: 'i', expect: 'no-match' }, ['', 'The SECRET is'])).toBe(
    0,
  );
  expect(score('regex', { pattern: '^4$', extract: 'auto' }, ['', '{"answer": 4}'])).toBe(1);
});

test('json-equal compares values found in prose', () => {
  expect(score('json-equal', {}, [{ a: 1, b: [2] }, 'Here: ```json\n{"b": [2.0], "a": 1}\n```'])).toBe(1);
  expect(score('json-equal', { strict: true }, [{ a: 1 }, 'Here: {"a": 1}'])).toBe(0);
  expect(score('json-equal', {}, [{ a: 1 }, '{"a": "1"}'])).toBe(0);
  expect(score('json-equal', { looseTypes: true }, [{ a: 1 }, '{"a": "1"}'])).toBe(1);
  expect(score('json-equal', { extraKeys: true }, [{ a: 1 }, '{"a": 1, "id": 7}'])).toBe(1);
  expect(score('json-equal', { ignoreKeys: ['id'] }, [{ a: 1, id: 3 }, '{"a": 1, "id": 7}'])).toBe(1);
  expect(score('json-equal', { anyArrayOrder: true }, [[1, 2, 2], '[2, 1, 2]'])).toBe(1);
  expect(score('json-equal', { anyArrayOrder: true }, [[1, 2, 2], '[2, 1, 1]'])).toBe(0);
  expect(
    score('json-equal', { partial: true }, [{ a: 1, b: 2, c: 3, d: 4 }, '{"a": 1, "b": 2, "c": 0}']),
  ).toBe(0.5);
  expect(score('json-equal', { text: 'exact' }, [{ a: 'x y' }, '{"a": "x  y"}'])).toBe(0);
  expect(score('json-equal', {}, [{ a: 'x y' }, '{"a": " x  y"}'])).toBe(1);
  expect(score('json-equal', {}, ['not JSON', '{}'])).toBe('ungradable');
  expect(score('json-equal', {}, [{ a: 1 }, 'none'])).toBe(0);
});

test('json-schema checks shape, formats and patterns', () => {
  const schema = {
    type: 'object',
    required: ['n', 'mail'],
    properties: {
      n: { type: 'integer', minimum: 1 },
      mail: { type: 'string', format: 'email' },
      code: { type: 'string', pattern: '^[A-Z]{2}\\d+$' },
    },
  };
  expect(score('json-schema', { schema }, ['', '{"n": 1, "mail": "a@b.org", "code": "AB12"}'])).toBe(1);
  expect(score('json-schema', { schema }, ['', '{"n": 0, "mail": "a@b.org"}'])).toBe(0);
  expect(score('json-schema', { schema }, ['', '{"n": 1, "mail": "nobody"}'])).toBe(0);
  expect(score('json-schema', { schema }, ['', '{"n": 1, "mail": "a@b.org", "code": "ab"}'])).toBe(0);
  expect(score('json-schema', { schema }, ['', 'Sure! {"n": 1, "mail": "a@b.org"}'])).toBe(0);
  expect(score('json-schema', { schema, strict: false }, ['', 'Sure! {"n": 1, "mail": "a@b.org"}'])).toBe(1);
  expect(createGrader({ name: 'json-schema', options: { schema: { type: 'nonsense' } } })).toMatchObject({
    ok: false,
  });
  expect(createGrader({ name: 'json-schema', options: { schema: { pattern: '(?=x)' } } })).toMatchObject({
    ok: false,
  });
  expect(
    score('json-schema', { schema: { $schema: 'http://json-schema.org/draft-07/schema#', type: 'array' } }, [
      '',
      '[]',
    ]),
  ).toBe(1);
});

test('tool-calls compares names, arguments and order', () => {
  const call = (
    name: string,
    args: JsonObject | string,
  ): { readonly name: string; readonly arguments: JsonObject | string } => ({ name, arguments: args });
  const reference = [
    { name: 'weather', arguments: { city: 'Lima', days: 3 } },
    { name: 'time', arguments: {} },
  ];
  const run = (options: JsonObject, toolCalls: readonly ReturnType<typeof call>[]): number | 'ungradable' => {
    const given = grade('tool-calls', options, { answer: { text: '', toolCalls }, reference });
    return given.kind === 'scored' ? given.score : 'ungradable';
  };
  const weather = call('weather', '{"days": 3.0, "city": " Lima "}');
  const time = call('functions.time:1', '');
  expect(run({}, [weather, time])).toBe(1);
  expect(run({}, [time, weather])).toBe(1);
  expect(run({ order: 'strict' }, [time, weather])).toBe(0);
  expect(run({}, [weather])).toBe(0);
  expect(run({}, [call('weather', { city: 'Lima', days: 4 }), time])).toBe(0);
  expect(run({ arguments: 'names' }, [call('weather', 'broken {'), time])).toBe(1);
  expect(run({}, [call('weather', 'broken {'), time])).toBe(0);
});

test('tool-calls knows when no tool should be called, and reads calls from text when told so', () => {
  expect(grade('tool-calls', {}, { answer: { text: 'hello' }, reference: [] })).toMatchObject({ score: 1 });
  expect(
    grade(
      'tool-calls',
      {},
      { answer: { text: '', toolCalls: [{ name: 'x', arguments: {} }] }, reference: [] },
    ),
  ).toMatchObject({ score: 0 });
  expect(grade('tool-calls', {}, { answer: { text: 'hello' }, reference: 'nonsense' })).toMatchObject({
    kind: 'ungradable',
  });
  const text = 'ok <tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call>';
  const reference = [{ function: { name: 'f', arguments: '{"a":1}' } }];
  expect(grade('tool-calls', {}, { answer: { text }, reference })).toMatchObject({ score: 0 });
  expect(grade('tool-calls', { fromText: true }, { answer: { text }, reference })).toMatchObject({
    score: 1,
  });
});

test('length, latency and cost fall from full score to none', () => {
  expect(score('length', { max: 5 }, ['', 'hello'])).toBe(1);
  expect(score('length', { max: 5 }, ['', 'hello!'])).toBe(0);
  expect(score('length', { max: 2, zeroAt: 4, unit: 'words' }, ['', 'one two three'])).toBe(0.5);
  expect(score('length', { max: 4, unit: 'words' }, ['', '你好世界'])).toBe(1);
  expect(score('length', { max: 9, min: 3 }, ['', 'no'])).toBe(0);
  expect(
    grade('latency', { max: 1000, zeroAt: 3000 }, { answer: { text: '', latencyMs: 2000 } }),
  ).toMatchObject({ score: 0.5 });
  expect(grade('latency', { max: 1000 }, { answer: { text: '' } })).toMatchObject({ kind: 'ungradable' });
  expect(
    grade('cost', { maxNano: '1000', zeroAtNano: '3000' }, { answer: { text: '', costNano: 1500n } }),
  ).toMatchObject({ score: 0.75 });
  expect(grade('cost', { maxNano: '1000' }, { answer: { text: '', costNano: 1001n } })).toMatchObject({
    score: 0,
  });
  expect(grade('cost', { maxNano: '1' }, { answer: { text: '' } })).toMatchObject({ kind: 'ungradable' });
});
