import { describe, expect, test } from 'vitest';
import { createSeededRandom } from '../../kernel/index.ts';
import { planNext, tossCoin, toVerdict, type TrialFold } from './index.ts';
import {
  advance,
  answerCase,
  atLive,
  beginFold,
  drawer,
  must,
  rejectControl,
  runLive,
  startAt,
  toGrade,
  toTestFrame,
  toUnits,
} from './trial.case.ts';

describe('live stage', () => {
  test('pairs units by the coin of the frame and refuses others', () => {
    const frame = toTestFrame({
      stages: [
        { kind: 'stored', units: toUnits(1500) },
        { kind: 'live', steps: [{ share: 0.5, pairedShare: 0.3, unitsMin: 0 }] },
      ],
    });
    const fold = atLive(frame);
    let drawn = 0;
    for (let index = 0; index < 400; index++) {
      const unit = `l${index}`;
      const event = { type: 'assigned', at: startAt + index, unit, case: unit, probability: 0.3 } as const;
      const isDrawn = tossCoin(fold.state().frameHash, 'pair', unit) < 0.3;
      const refusal = fold.apply(event);
      if (isDrawn) expect(refusal).toBeUndefined();
      else expect(refusal).toMatchObject({ code: 'coin' });
      drawn += Number(isDrawn);
    }
    expect(drawn).toBeGreaterThan(80);
    expect(drawn).toBeLessThan(165);
    const stored = { type: 'assigned', at: startAt, unit: 'x', case: 's0-c', probability: 0.3 } as const;
    expect(fold.apply(stored)).toMatchObject({ code: 'duplicate' });
    const event = { type: 'assigned', at: startAt, unit: 'x', case: 'x', probability: 1 } as const;
    expect(fold.apply(event)).toMatchObject({ code: 'coin' });
  });

  test('a conversation is one unit, closed by the clock and not by its outcomes', () => {
    const frame = toTestFrame({
      stages: [
        { kind: 'stored', units: toUnits(1500) },
        { kind: 'live', pairsPerUnitMax: 3, windowMs: 1000 },
      ],
    });
    const fold = atLive(frame);
    const pair = (id: string, at: number): unknown =>
      fold.apply({ type: 'assigned', at, unit: 'talk', case: id, probability: 1 });
    expect(pair('a', startAt)).toBeUndefined();
    answerCase(fold, 'a', { at: startAt, grade: toGrade(1) });
    expect(fold.state().stages[1]?.evidence.units).toBe(0);
    expect(fold.apply({ type: 'unit-closed', at: startAt + 500, unit: 'talk' })).toMatchObject({
      code: 'too-early',
    });
    expect(pair('a', startAt + 1)).toMatchObject({ code: 'duplicate' });
    expect(pair('b', startAt + 900)).toBeUndefined();
    expect(pair('c', startAt + 1100)).toMatchObject({ code: 'too-late' });
    must(fold, { type: 'unit-closed', at: startAt + 1001, unit: 'talk' });
    answerCase(fold, 'b', { at: startAt + 1002, grade: toGrade(-1) });
    expect(fold.state().stages[1]?.evidence.values).toEqual([0]);
    expect(pair('d', startAt + 2000)).toMatchObject({ code: 'duplicate' });
  });

  test('harm holds the ramp, everything is paired, and an alarm leaves nothing but the way back', () => {
    const frame = toTestFrame({
      alarm: { days: 30, unitsPerDay: 50, detectors: 1 },
      stages: [
        { kind: 'stored', units: toUnits(1500) },
        {
          kind: 'live',
          unitsMin: 100,
          unitsMax: 5000,
          steps: [
            { share: 0.5, pairedShare: 0.5, unitsMin: 50 },
            { share: 1, pairedShare: 0.5, unitsMin: 50 },
          ],
        },
      ],
    });
    const fold = atLive(frame);
    runLive(fold, drawer(0, 20), { units: 60, days: 1, prefix: 'a' });
    expect(fold.apply({ type: 'advanced', at: startAt, by: 'ann', to: 'step' })).toMatchObject({
      code: 'too-early',
    });
    runLive(fold, drawer(0, 21), { units: 200, days: 1, prefix: 'b' });
    must(fold, { type: 'advanced', at: startAt, by: 'ann', to: 'step' });
    let wasHeld = false;
    for (let index = 0; index < 2000 && fold.state().alarm === undefined; index++) {
      const state = fold.state();
      if (state.isHoldDue && !state.isHeld) {
        wasHeld = true;
        expect(planNext(state)[0]).toEqual({ kind: 'hold' });
        expect(fold.apply({ type: 'advanced', at: startAt, by: 'ann', to: 'step' })).toMatchObject({
          code: 'state',
        });
        must(fold, { type: 'held', at: startAt, by: 'watch' });
        expect(fold.apply({ type: 'resumed', at: startAt, by: 'ann' })).toMatchObject({ code: 'state' });
      }
      const share = fold.state().isHeld || fold.state().isHoldDue ? 1 : 0.5;
      const unit = `h${index}`;
      if (tossCoin(state.frameHash, 'pair', unit) >= share) continue;
      must(fold, { type: 'assigned', at: startAt + index, unit, case: unit, probability: share });
      answerCase(fold, unit, { at: startAt + index, grade: toGrade(index % 4 === 0 ? -1 : 0) });
    }
    expect(wasHeld).toBe(true);
    expect(fold.state().alarm).toBe('harm');
    expect(planNext(fold.state())).toEqual([{ kind: 'roll-back' }]);
    const more = { type: 'assigned', at: startAt, unit: 'z', case: 'z', probability: 1 } as const;
    expect(fold.apply(more)).toMatchObject({ code: 'state' });
    must(fold, { type: 'alarmed', at: startAt });
    must(fold, { type: 'rolled-back', at: startAt, by: 'watch' });
    expect(toVerdict(fold.state())).toMatchObject({ kind: 'stay', reason: 'rolled-back' });
    expect(fold.apply({ type: 'looked', at: startAt })).toMatchObject({ code: 'state' });
  });

  test('bad events against concurrent control raise the alarm', () => {
    const frame = toTestFrame({
      alarm: { days: 10, unitsPerDay: 50, detectors: 2 },
      stages: [
        { kind: 'stored', units: toUnits(1500) },
        { kind: 'live', badEvents: { tolerance: 0.02, perArm: 10 } },
      ],
    });
    const fold = atLive(frame);
    for (let call = 0; call < 4000 && fold.state().alarm === undefined; call++) {
      must(fold, { type: 'observed', at: startAt, arm: 'incumbent', isBad: call % 20 === 0 });
      must(fold, { type: 'observed', at: startAt, arm: 'candidate', isBad: call % 4 === 0 });
    }
    expect(fold.state().alarm).toBe('bad-events');
    must(fold, { type: 'looked', at: startAt });
    expect(toVerdict(fold.state())).toMatchObject({ kind: 'stay', reason: 'alarm' });
  });
});

describe('after a Switch', () => {
  function switched(): TrialFold {
    const fold = atLive(
      toTestFrame({
        alarm: { days: 30, unitsPerDay: 50, detectors: 1 },
        boundBefore: -0.02,
        stages: [
          { kind: 'stored', units: toUnits(1500) },
          { kind: 'live', unitsMin: 200, unitsMax: 1500, daysMin: 2 },
          { kind: 'steady', steps: [{ share: 1, pairedShare: 1, unitsMin: 0 }] },
        ],
      }),
    );
    runLive(fold, drawer(0.01, 4), { units: 1500, days: 4 });
    return fold;
  }

  test('somebody else approves, and steady service is watched until an alarm', () => {
    const fold = switched();
    expect(toVerdict(fold.state()).kind).toBe('switch');
    expect(toVerdict(fold.state()).boundAgainstFirst).toBeCloseTo(toVerdict(fold.state()).bound - 0.02, 12);
    expect(fold.apply({ type: 'advanced', at: startAt, by: 'ann', to: 'stage' })).toMatchObject({
      code: 'state',
    });
    expect(fold.apply({ type: 'approved', at: startAt, by: 'ann' })).toMatchObject({ code: 'person' });
    must(fold, { type: 'approved', at: startAt, by: 'bea' });
    expect(fold.apply({ type: 'approved', at: startAt, by: 'cem' })).toMatchObject({ code: 'duplicate' });
    advance(fold);
    runLive(fold, () => toGrade(-1), { units: 400, days: 2, prefix: 'steady' });
    expect(fold.state().alarm).toBe('harm');
    must(fold, { type: 'rolled-back', at: startAt, by: 'watch' });
    expect(toVerdict(fold.state())).toMatchObject({ kind: 'stay', reason: 'rolled-back', approvedBy: 'bea' });
  });
});

describe('judge and people', () => {
  const frame = toTestFrame({ evidence: { kind: 'judge-and-human', labelShare: 0.3 } });

  test('labels without the coin are refused, missing ones count as losses', () => {
    const fold = beginFold(frame);
    rejectControl(fold);
    const [first] = planNext(fold.state(), 60).filter(({ kind }) => kind === 'assign');
    expect(first).toBeDefined();
    let asked = 0;
    for (let unit = 0; unit < 60; unit++) {
      const action = planNext(fold.state(), 1000)[0];
      if (action?.kind !== 'assign') break;
      must(fold, { type: 'assigned', at: startAt, unit: action.unit });
      const id = action.cases[0] as string;
      const isDrawn = tossCoin(fold.state().frameHash, 'label', id) < 0.3;
      if (!isDrawn) {
        const refusal = fold.apply({ type: 'labelled', at: startAt, case: id, difference: 1 });
        expect(refusal).toMatchObject({ code: 'coin' });
      }
      answerCase(fold, id, { at: startAt, grade: { kind: 'difference', difference: 0 } });
      if (!isDrawn) continue;
      asked += 1;
      must(fold, { type: 'deadline-passed', at: startAt + 3_600_001, unit: action.unit });
    }
    expect(asked).toBeGreaterThan(5);
    const { evidence, pairs } = fold.state().stages[0] ?? {};
    expect(pairs?.losses).toBe(asked);
    expect(evidence?.sum).toBeCloseTo(-asked / 0.3, 9);
  });

  test('passes an equal candidate with honest labels and states a bound', () => {
    const fold = beginFold(
      toTestFrame({ margin: 0.15, evidence: { kind: 'judge-and-human', labelShare: 0.5 } }),
    );
    rejectControl(fold);
    const random = createSeededRandom(8);
    for (let unit = 0; unit < 1500 && fold.state().stages[0]?.status === 'running'; unit++) {
      const [action] = planNext(fold.state(), 1);
      if (action?.kind !== 'assign') break;
      must(fold, { type: 'assigned', at: startAt, unit: action.unit });
      const id = action.cases[0] as string;
      const u = random.unit();
      const difference = Number(u < 0.1) - Number(u > 0.9);
      answerCase(fold, id, { at: startAt, grade: { kind: 'difference', difference } });
      if (tossCoin(fold.state().frameHash, 'label', id) < 0.5) {
        must(fold, { type: 'labelled', at: startAt, case: id, difference });
      }
      must(fold, { type: 'looked', at: startAt });
    }
    expect(fold.state().stages[0]?.status).toBe('passed');
    expect(toVerdict(fold.state()).bound).toBeGreaterThanOrEqual(-0.15 - 1e-9);
  });
});
