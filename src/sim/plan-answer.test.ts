import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSeededRandom } from '../kernel/index.ts';
import type { Ask } from './ask.ts';
import { generateJson } from './generate-json.ts';
import { chooseTools, planAnswer } from './plan-answer.ts';
import { countTokens, splitTokens } from './tokens.ts';

function toAsk(more: Partial<Ask>): Ask {
  return {
    dialect: 'openai-chat',
    raw: {},
    model: 'value',
    stream: false,
    prompt: [],
    cacheScope: '',
    lastUserText: 'Hello',
    toolResults: [],
    imageCount: 0,
    tools: [],
    toolChoice: 'auto',
    parallelTools: true,
    maxTokens: null,
    stops: [],
    jsonSchema: undefined,
    thinking: false,
    hiddenThinking: false,
    choices: 1,
    ...more,
  };
}

function plan(more: Partial<Ask>, seed = 1): { text: string; finish: string; tokens: number } {
  const options = { seed, callId: () => 'call', recordedText: null, answerTokens: null, fault: null };
  const choice = planAnswer(toAsk(more), options).choices[0]!;
  const pieces = [...choice.reasoningPieces, ...choice.textPieces];
  return { text: choice.textPieces.join(''), finish: choice.finish, tokens: pieces.length };
}

describe('planAnswer()', () => {
  test.each([
    ['¿Cómo está el tiempo?', 'simulada'],
    ['Você está em Portugal? São dez horas?', 'simulada'],
    ['Quelle est la capitale, et où est le train ?', 'simulée'],
    ['Wie ist das Wetter und warum?', 'simulierte'],
    ['Apa kabar dan bagaimana cuaca di Jakarta?', 'simulasi'],
    ['今天天气怎么样？', '模拟'],
    ['今日の天気は？', '模擬'],
    ['오늘 날씨는?', '모의'],
    ['ما حال الطقس اليوم؟', 'محاكاة'],
    ['Какая сегодня погода?', 'смоделированный'],
    ['आज मौसम कैसा है?', 'नकली'],
    ['How is the weather?', 'simulated'],
  ])('answers %s in its language', (question, word) => {
    expect(plan({ lastUserText: question }).text).toContain(word);
    expect(plan({ lastUserText: question }).text).toMatch(/[^\u0020-\u007e]/);
  });

  test('never exceeds the limit, and says length exactly when it cut', () => {
    const property = fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.integer({ min: 1, max: 90 }),
      (text, most) => {
        for (const thinking of [false, true]) {
          const whole = plan({ lastUserText: text, thinking });
          const cut = plan({ lastUserText: text, thinking, maxTokens: most });
          expect(cut.tokens).toBe(Math.min(most, whole.tokens));
          expect(cut.finish).toBe(most < whole.tokens ? 'length' : 'stop');
        }
      },
    );
    fc.assert(property, { numRuns: 60 });
  });

  test('writes the length that is asked for', () => {
    expect(plan({ lastUserText: 'Write 900 words about tea' }).tokens).toBeGreaterThan(880);
    expect(plan({ lastUserText: 'Write 99999 words about tea' }).tokens).toBeLessThan(20_100);
  });
});

describe('chooseTools()', () => {
  const tools = ['look_up', 'send_mail'].map((name) => ({ name, schema: {} }));
  const choose = (more: Partial<Ask>) => chooseTools(toAsk({ tools, ...more })).map((tool) => tool.name);
  const both = 'look_up and send_mail';

  test('follows its documented rule', () => {
    expect(choose({})).toEqual([]);
    expect(choose({ lastUserText: both })).toEqual(['look_up', 'send_mail']);
    expect(choose({ lastUserText: both, parallelTools: false })).toEqual(['look_up']);
    expect(choose({ lastUserText: both, toolChoice: 'none' })).toEqual([]);
    expect(choose({ toolChoice: 'any' })).toEqual(['look_up']);
    expect(choose({ toolChoice: 'any', lastUserText: 'send_mail' })).toEqual(['send_mail']);
    expect(choose({ toolChoice: { name: 'send_mail' } })).toEqual(['send_mail']);
    expect(choose({ lastUserText: both, toolResults: [{ name: 'look_up', text: '' }] })).toEqual([]);
  });
});

describe('splitTokens()', () => {
  test('loses nothing, counts the same, and cuts no character', () => {
    const property = fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      const pieces = splitTokens(text);
      expect(pieces.join('')).toBe(text);
      expect(pieces).toHaveLength(countTokens(text));
      expect(pieces.every((piece) => piece.isWellFormed())).toBe(text.isWellFormed());
    });
    fc.assert(property);
  });

  test('keeps the documented sizes', () => {
    expect(splitTokens('Hello wonderful 世界🙂!')).toEqual([
      'Hello',
      ' wonder',
      'ful',
      ' 世',
      '界',
      '🙂',
      '!',
    ]);
  });
});

test('generateJson() fits the schema', () => {
  const schema = {
    type: 'object',
    required: ['kind', 'list'],
    properties: {
      kind: { enum: ['a', 'b'] },
      list: { type: 'array', minItems: 2, maxItems: 3, items: { type: 'integer', minimum: 5, maximum: 7 } },
      share: { type: 'number', minimum: 0, maximum: 1 },
      name: { type: ['null', 'string'], minLength: 3, maxLength: 6 },
      even: { type: 'integer', multipleOf: 2, minimum: 3, maximum: 9 },
      either: { anyOf: [{ type: 'null' }, { const: 'x' }] },
      merged: { allOf: [{ properties: { p: { const: 1 } } }, { properties: { q: { const: 2 } } }] },
    },
  };
  for (let seed = 0; seed < 200; seed++) {
    const made = generateJson(schema, { random: createSeededRandom(seed), text: 'Order "Ü-7" for Zoë' });
    const value = made as Record<string, number> & { list: number[]; name: string; kind: string };
    expect(['a', 'b']).toContain(value.kind);
    expect(value.list.length).toBeGreaterThanOrEqual(2);
    expect(value.list.every((entry) => Number.isInteger(entry) && entry >= 5 && entry <= 7)).toBe(true);
    expect(value['share']).toBeGreaterThanOrEqual(0);
    expect(value['share']).toBeLessThanOrEqual(1);
    expect(value.name.length).toBeGreaterThanOrEqual(3);
    expect([4, 6, 8]).toContain(value['even']);
    expect(value).toMatchObject({ either: 'x', merged: { p: 1, q: 2 } });
  }
});
