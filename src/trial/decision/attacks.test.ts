// What a hostile runner, a broken log or a grader that sees nothing would try. Each of these once passed or
// threw.
import { describe, expect, test } from 'vitest';
import {
  createFamily,
  createTrialFold,
  type Frame,
  foldTrial,
  hashFrame,
  openTrial,
  planNext,
  registerAttempt,
  type TrialEvent,
  type TrialFold,
  toSentence,
  toVerdict,
} from './index.ts';
import {
  atLive,
  beginFold,
  digest,
  drawer,
  must,
  openState,
  rejectControl,
  runStored,
  startAt,
  toGrade,
  toTestFrame,
  toUnits,
} from './trial.case.ts';

const late = startAt + 3_600_001;

/** Assigns the next stored unit and gives its first case. */
function assignNext(fold: TrialFold): string {
  const [action] = planNext(fold.state(), 1000);
  if (action?.kind !== 'assign') throw new Error('Cannot find a unit to assign');
  must(fold, { type: 'assigned', at: startAt, unit: action.unit });
  return action.cases[0] as string;
}

function answerBoth(fold: TrialFold, id: string): void {
  for (const arm of ['incumbent', 'candidate'] as const) {
    must(fold, { type: 'answered', at: startAt, case: id, arm, outcome: 'answered' });
  }
}

describe('events from a broken log are refused as values', () => {
  test('numbers that are none: null is what JSON makes of NaN, and must not count as 0', () => {
    const fold = beginFold();
    const id = assignNext(fold);
    answerBoth(fold, id);
    const grades: unknown[] = [
      undefined,
      null,
      5,
      { kind: 'scores', candidate: 1, incumbent: null },
      { kind: 'scores', candidate: '1', incumbent: '0' },
      { kind: 'scores', candidate: 1, incumbent: 0, again: null },
      { kind: 'difference', difference: null },
      { kind: 'difference', difference: 1.000_000_1 },
      { kind: 'difference', difference: 0, isContradiction: 'yes' },
    ];
    for (const grade of grades) {
      const event = { type: 'graded', at: startAt, case: id, grade } as TrialEvent;
      expect(fold.apply(event)).toMatchObject({ code: 'value' });
    }
    const events: unknown[] = [
      null,
      'looked',
      { type: 'looked', at: null },
      { type: 'looked', at: '5' },
      { type: 'assigned', at: startAt },
      { type: 'graded', at: startAt, grade: toGrade(1) },
      { type: 'control-graded', at: startAt, case: 'k', difference: null },
      { type: 'control-graded', at: startAt, difference: -1 },
      { type: 'approved', at: startAt },
      { type: 'advanced', at: startAt, by: 'ann', to: 'end' },
    ];
    for (const event of events) expect(fold.apply(event as TrialEvent)?.code).toMatch(/value|unknown/);
    expect(fold.state().stages[0]?.evidence.units).toBe(0);
    expect(fold.state().control.pairs).toBe(0);
  });

  test('a control case is counted once, whatever its name', () => {
    const fold = beginFold();
    const event = { type: 'control-graded', at: startAt, case: '__proto__', difference: -1 } as const;
    must(fold, event);
    expect(fold.apply(event)).toMatchObject({ code: 'duplicate' });
  });

  test('a live pair without a probability does not pass by its coin', () => {
    const fold = atLive();
    for (const probability of [Number.NaN, undefined, null, '1']) {
      const event = { type: 'assigned', at: startAt, unit: 'x', case: 'x', probability } as TrialEvent;
      expect(fold.apply(event)).toMatchObject({ code: 'coin' });
    }
    for (const slices of [5, 'abc']) {
      const event = { type: 'assigned', at: startAt, unit: 'x', case: 'x', probability: 1, slices };
      expect(fold.apply(event as unknown as TrialEvent)?.code).toBe('value');
    }
  });

  test('frames that are no frames, or hold numbers that cannot be hashed', () => {
    const frame = toTestFrame();
    const broken: unknown[] = [
      null,
      {},
      { ...frame, slices: undefined },
      { ...frame, stages: [{ kind: 'stored' }] },
      { ...frame, stages: [{ ...frame.stages[0], units: [null] }] },
      { ...frame, boundBefore: -Infinity },
      { ...frame, stayThreshold: Infinity },
      { ...frame, evidence: { kind: 'guess' } },
      { ...frame, grid: 'other' },
    ];
    for (const entry of broken) {
      const locked = { type: 'locked', at: startAt, frame: entry as Frame, frameHash: 'x' } as const;
      expect(openTrial(locked, digest)).toMatchObject({ ok: false, refusal: { code: 'frame' } });
    }
    expect(foldTrial([null as never], digest)).toMatchObject({ ok: false });
  });

  test('frames whose first event or verdict would throw', () => {
    const frame = toTestFrame();
    const unusable: Partial<Frame>[] = [
      { attempt: 2_000_000 },
      { evidence: { kind: 'judge-and-human', labelShare: 0.001 } },
      { stages: [toTestFrame({ stages: [{ kind: 'steady' }] }).stages[0] as Frame['stages'][number]] },
    ];
    for (const change of unusable) {
      const changed = { ...frame, ...change };
      const locked = {
        type: 'locked',
        at: startAt,
        frame: changed,
        frameHash: hashFrame(changed, digest),
      } as const;
      expect(openTrial(locked, digest)).toMatchObject({ ok: false, refusal: { code: 'frame' } });
    }
  });

  test('changing the frame object after the lock changes nothing', () => {
    const frame = structuredClone(toTestFrame());
    const state = openState(frame);
    (frame as { alpha: number }).alpha = 0.49;
    expect(state.frame.alpha).toBe(0.05);
  });
});

describe('nothing is won by what was not asked', () => {
  test('a candidate that fails before the incumbent was asked has lost', () => {
    const fold = beginFold();
    const failed = assignNext(fold);
    must(fold, { type: 'answered', at: startAt, case: failed, arm: 'candidate', outcome: 'failed' });
    must(fold, { type: 'deadline-passed', at: late, unit: failed.slice(0, -2) });
    const nobody = assignNext(fold);
    must(fold, { type: 'deadline-passed', at: late, unit: nobody.slice(0, -2) });
    expect(fold.state().stages[0]?.evidence.values).toEqual([-1, -1]);
    expect(fold.state().stages[0]?.pairs).toMatchObject({ candidateFailures: 1, ungradable: 1 });
  });
});

describe('slices', () => {
  const critical = { name: 'zh', critical: true, unproven: 'wait' } as const;

  test('a unit counts once in a slice, however often it is named', () => {
    const units = toUnits(50).map((unit) => ({ ...unit, slices: ['zh', 'zh'] }));
    const frame = toTestFrame({ slices: [critical], stages: [{ kind: 'stored', units }] });
    const locked = { type: 'locked', at: startAt, frame, frameHash: hashFrame(frame, digest) } as const;
    expect(openTrial(locked, digest)).toMatchObject({ ok: false, refusal: { code: 'frame' } });
    const fold = atLive(toTestFrame({ slices: [{ name: 'zh', critical: false, unproven: 'stay' }] }));
    const event = { type: 'assigned', at: startAt, unit: 'x', case: 'x', probability: 1 } as const;
    expect(fold.apply({ ...event, slices: ['zh', 'zh'] })).toMatchObject({ code: 'value' });
  });

  test('contradictions alone prove no slice, although the whole is below its cap', () => {
    const units = toUnits(1500).map((unit, index) => (index % 10 === 0 ? { ...unit, slices: ['zh'] } : unit));
    const zh = new Set(units.filter((unit) => 'slices' in unit).flatMap(({ cases }) => cases));
    const frame = toTestFrame({ margin: 0.1, slices: [critical], stages: [{ kind: 'stored', units }] });
    const fold = beginFold(frame);
    rejectControl(fold);
    runStored(fold, (id) =>
      zh.has(id) ? { kind: 'difference', difference: 0, isContradiction: true } : toGrade(0),
    );
    expect(fold.state().ending).toMatchObject({ kind: 'not-shown', reason: 'slice-not-proven' });
    expect(toVerdict(fold.state()).slices).toMatchObject([{ status: 'not-shown', bound: -1 }]);
  });

  test('critical slices that need not be proven share the error with the others', () => {
    const slices = ['a', 'b', 'c', 'd'].map((name) => ({ name, critical: true, unproven: 'stay' }) as const);
    const units = toUnits(300).map((unit) => ({ ...unit, slices: ['a'] }));
    const fold = beginFold(
      toTestFrame({ margin: 0.05, slices, stages: [{ kind: 'stored', units, unitsMin: 1 }] }),
    );
    rejectControl(fold);
    runStored(fold, () => toGrade(0));
    expect(fold.state().stages[0]).toMatchObject({ status: 'passed' });
    // The same units that just reached 40 have not reached 4 · 40.
    const [first] = toVerdict(fold.state()).slices;
    expect(first).toMatchObject({ name: 'a', status: 'not-shown' });
  });
});

test('a re-run on known cases must take them all before it passes, so that no seed can choose the order', () => {
  const first = registerAttempt(createFamily('support'), toTestFrame(), digest);
  if (!first.ok) throw new Error(first.refusal.text);
  expect(first.value.frame.stages[0]?.unitsMin).toBe(100);
  const again = registerAttempt(first.value.family, toTestFrame({ trial: 't2', seed: 'ground' }), digest);
  if (!again.ok) throw new Error(again.refusal.text);
  expect(again.value.frame.stages[0]).toMatchObject({ unitsMin: 1500, unitsMax: 1500 });
  expect(again.value.frame.stages[1]).toMatchObject({ unitsMin: 200 });
  expect(again.value.frameHash).toBe(hashFrame(again.value.frame, digest));
});

describe('sentences claim no more than was measured', () => {
  test('no bound from graders that did not reject the degraded arm, nor from void pairs', () => {
    const blind = beginFold();
    runStored(blind, () => toGrade(0), 300);
    for (let pair = 0; pair < 300; pair++) {
      must(blind, { type: 'control-graded', at: startAt, case: `k${pair}`, difference: 0 });
    }
    must(blind, { type: 'looked', at: startAt });
    const verdict = toVerdict(blind.state());
    expect(verdict).toMatchObject({ kind: 'cannot-measure', bound: -1 });
    expect(toSentence(verdict)).not.toContain('is not lower by more than');
    const mute = beginFold();
    rejectControl(mute);
    runStored(mute, () => ({ kind: 'difference', difference: 0, isContradiction: true }), 300);
    expect(toVerdict(mute.state())).toMatchObject({ kind: 'cannot-measure', bound: -1 });
  });

  test('losses are rounded up, margins are not rounded, and every verdict disowns unnamed slices', () => {
    const fold = beginFold(toTestFrame({ margin: 0.0125 }));
    rejectControl(fold);
    runStored(fold, drawer(0, 5), 200);
    const verdict = toVerdict(fold.state());
    const text = toSentence({ ...verdict, bound: -0.030_01 });
    expect(text).toContain('not lower by more than 3.1 points');
    expect(toSentence({ ...verdict, bound: -0.03 - 1e-15 })).toContain('not lower by more than 3 points');
    expect(text).toContain('margin 1.25 points');
    expect(verdict.unsaid).toContain('unproven-slices');
  });

  test('one call of each conversation says nothing about whole conversations', () => {
    expect(toVerdict(atLive().state()).unsaid).toContain('multi-turn');
  });

  test('a passed stage names what a Switch needs, even where no stage follows', () => {
    const fold = createTrialFold(
      openState(toTestFrame({ stages: [{ kind: 'stored', units: toUnits(900) }] })),
    );
    rejectControl(fold);
    runStored(fold, drawer(0.03, 3));
    const text = toSentence(toVerdict(fold.state()));
    expect(text).toContain('Not yet');
    expect(text).toContain('stored cases and on live traffic');
    expect(text).not.toContain('the next one');
  });
});
