import { expect, test } from 'vitest';

import { createSameAnswer, gradeTriple } from './equality-triple.ts';
import type { ModelAnswer } from './grader.ts';
import { toOwnReference } from './propose-graders.ts';
import { createGrader } from './registry.ts';

function isSame(name: string): ReturnType<typeof createSameAnswer> {
  const made = createGrader({ name });
  if (!made.ok) throw new Error(name);
  return createSameAnswer(made.value, (other) => toOwnReference(name, other));
}

function triple(candidate: string, first: string, second: string): Parameters<typeof gradeTriple>[0] {
  const answer = (text: string): ModelAnswer => ({ text });
  return { candidate: answer(candidate), incumbentFirst: answer(first), incumbentSecond: answer(second) };
}

test('gradeTriple() measures equality against the noise of the incumbent', () => {
  const same = isSame('number');
  expect(gradeTriple(triple('The answer is 4', '4.0', 'so 4'), same)).toMatchObject({
    difference: 0,
    isCandidateSame: true,
  });
  expect(gradeTriple(triple('5', '4', '4'), same)).toMatchObject({ difference: -1 });
  expect(gradeTriple(triple('4', '4', '5'), same)).toMatchObject({ difference: 1 });
  expect(gradeTriple(triple('5', '4', '6'), same)).toMatchObject({ difference: 0, isIncumbentSame: false });
});

test('gradeTriple() is ungradable when the incumbent gave nothing to compare with', () => {
  expect(gradeTriple(triple('5', '', '4'), isSame('number'))).toMatchObject({ kind: 'ungradable' });
});

test('gradeTriple() compares tool calls', () => {
  const call = (days: number): ModelAnswer => ({
    text: '',
    toolCalls: [{ name: 'weather', arguments: `{"days": ${days}}` }],
  });
  const given = { candidate: call(3), incumbentFirst: call(3), incumbentSecond: call(4) };
  expect(gradeTriple(given, isSame('tool-calls'))).toMatchObject({ difference: 1 });
});
