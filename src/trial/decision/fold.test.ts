// Any sequence of events, legal or not: the fold never breaks, refusals change nothing, and JSON is no
// border.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applyEvent,
  createTrialFold,
  type Frame,
  planNext,
  planOrder,
  type TrialEvent,
  type TrialState,
  toSentence,
  toVerdict,
} from './index.ts';
import { digest, openState, rejectControl, startAt, toGrade, toTestFrame, toUnits } from './trial.case.ts';

const frame: Frame = toTestFrame({
  margin: 0.4,
  alpha: 0.4,
  slices: [{ name: 's', critical: false, unproven: 'wait' }],
  control: { threshold: 20, pairsMax: 9 },
  alarm: { days: 1, unitsPerDay: 1, detectors: 1 },
  stages: [
    {
      kind: 'stored',
      units: toUnits(6).map((unit, index) => (index % 2 ? { ...unit, slices: ['s'] } : unit)),
      unitsMin: 0,
      deadlineMs: 5,
    },
    {
      kind: 'live',
      unitsMin: 0,
      unitsMax: 20,
      daysMin: 0,
      deadlineMs: 5,
      windowMs: 3,
      pairsPerUnitMax: 2,
      badEvents: { tolerance: 0, perArm: 1 },
    },
    { kind: 'steady', deadlineMs: 5, windowMs: 3 },
  ],
});
const judged: Frame = { ...frame, evidence: { kind: 'judge-and-human', labelShare: 0.5 } };

const ats = fc.integer({ min: 0, max: 12 }).map((offset) => startAt + offset);
const ids = fc.constantFrom('s0', 's1', 's2', 's3', 's4', 's5', 'l0', 'l1', 'l2', 'l3');
const cases = ids.map((id) => `${id}-c`);
const marks = fc.constantFrom(-1, -0.5, 0, 0.5, 1, Number.NaN, 2);
const grades = fc.oneof(
  fc.constantFrom(-1, 0, 1).map(toGrade),
  marks.map((difference) => ({ kind: 'difference' as const, difference })),
  fc.constant({ kind: 'ungradable' as const }),
  fc.constant(null as never),
  fc.boolean().map((flag) => ({ kind: 'triple' as const, candidateEqual: flag, incumbentEqual: !flag })),
);
const arms = fc.constantFrom('candidate' as const, 'incumbent' as const);
const people = fc.constantFrom('ann', 'bea', '');

const events: fc.Arbitrary<TrialEvent> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('assigned' as const), at: ats, unit: ids }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('assigned' as const),
      at: ats,
      unit: ids,
      case: cases,
      probability: fc.constantFrom(1, 0.5, Number.NaN),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      type: fc.constant('answered' as const),
      at: ats,
      case: cases,
      arm: arms,
      outcome: fc.constantFrom('answered' as const, 'answered' as const, 'failed' as const),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ type: fc.constant('graded' as const), at: ats, case: cases, grade: grades }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('labelled' as const), at: ats, case: cases, difference: marks }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('control-graded' as const),
      at: ats,
      case: cases,
      difference: marks,
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('unit-closed' as const), at: ats, unit: ids }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('deadline-passed' as const), at: ats, unit: ids }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('observed' as const), at: ats, arm: arms, isBad: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('looked' as const), at: ats }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('advanced' as const),
      at: ats,
      by: people,
      to: fc.constantFrom('step' as const, 'stage' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constantFrom('held' as const, 'resumed' as const, 'rolled-back' as const, 'approved' as const),
      at: ats,
      by: people,
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('alarmed' as const), at: ats }) },
);

const histories = fc.array(events, { maxLength: 80 });

/** Assigned and answered units, so that random events meet something. */
function warmUp(state: TrialState, units: number): TrialState {
  const fold = createTrialFold(state);
  rejectControl(fold, 8);
  const order = planOrder(state.frameHash, 'stored', 6);
  for (const number of order.slice(0, units)) {
    const unit = `s${number}`;
    fold.apply({ type: 'assigned', at: startAt, unit });
    for (const arm of ['incumbent', 'candidate'] as const) {
      fold.apply({ type: 'answered', at: startAt, case: `${unit}-c`, arm, outcome: 'answered' });
    }
    if (units > 3) fold.apply({ type: 'graded', at: startAt, case: `${unit}-c`, grade: toGrade(1) });
  }
  fold.apply({ type: 'looked', at: startAt });
  return fold.close();
}

describe.each([
  ['scores', frame],
  ['judge and people', judged],
])('any history on %s', (_name, tested) => {
  const begin = openState(tested);

  test('every prefix is a valid state with a verdict; refusals change nothing', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 0, max: 6 }), (history, units) => {
        let state = warmUp(begin, units);
        for (const event of history) {
          const before = JSON.stringify(state);
          const applied = applyEvent(state, event);
          expect(JSON.stringify(state)).toBe(before);
          if (applied.ok) state = applied.value;
          else expect(applied.refusal.text).toMatch(/^Cannot /);
          const verdict = toVerdict(state);
          expect(toSentence(verdict).length).toBeGreaterThan(50);
          expect(planNext(state).length).toBeLessThan(20);
          expect(JSON.stringify(verdict)).not.toMatch(/null/);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a refused event leaves the fold as it was', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 0, max: 6 }), (history, units) => {
        const fold = createTrialFold(warmUp(begin, units));
        for (const event of history) {
          const before = JSON.stringify(fold.state());
          if (fold.apply(event) !== undefined) expect(JSON.stringify(fold.state())).toBe(before);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('goes on from JSON exactly as without', () => {
    fc.assert(
      fc.property(histories, histories, fc.integer({ min: 0, max: 6 }), (first, second, units) => {
        const fold = createTrialFold(warmUp(begin, units));
        for (const event of first) fold.apply(event);
        const stored = createTrialFold(JSON.parse(JSON.stringify(fold.state())) as TrialState);
        for (const event of second) expect(stored.apply(event)).toEqual(fold.apply(event));
        expect(stored.close()).toEqual(JSON.parse(JSON.stringify(fold.close())));
      }),
      { numRuns: 100 },
    );
  });

  test('a Switch never appears without both proofs, a rejected control and an approved path', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 0, max: 6 }), (history, units) => {
        const fold = createTrialFold(warmUp(begin, units));
        for (const event of history) fold.apply(event);
        const state = fold.close();
        if (state.ending?.kind !== 'switch') return;
        const verdict = toVerdict(state);
        expect(verdict.control.isRejected).toBe(true);
        expect(verdict.stages.length).toBeGreaterThanOrEqual(2);
        for (const { kind, logE } of verdict.stages) {
          if (kind !== 'steady') expect(logE).toBeGreaterThanOrEqual(Math.log(verdict.threshold) - 1e-9);
        }
      }),
      { numRuns: 200 },
    );
  });
});

test('the fold refuses to go on after it was closed', () => {
  const fold = createTrialFold(openState(frame));
  fold.close();
  expect(() => fold.apply({ type: 'looked', at: startAt })).toThrow('closed');
  expect(digest('x')).toHaveLength(64);
});
