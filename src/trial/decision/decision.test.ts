import { describe, expect, test } from 'vitest';
import {
  createFamily,
  createTrialFold,
  foldTrial,
  type Grade,
  hashFrame,
  openTrial,
  planNext,
  planOrder,
  planRecovery,
  registerAttempt,
  toCanonicalText,
  toFrame,
  toSentence,
  toThreshold,
  toVerdict,
  type TrialFold,
} from './index.ts';
import {
  answerCase,
  atLive,
  beginFold,
  dayMs,
  digest,
  drawer,
  must,
  openState,
  rejectControl,
  runLive,
  runStored,
  startAt,
  toGrade,
  toTestFrame,
  toUnits,
} from './trial.case.ts';

describe('openTrial()', () => {
  test('opens a frame with its own hash only', () => {
    const frame = toTestFrame();
    const frameHash = hashFrame(frame, digest);
    expect(openTrial({ type: 'locked', at: startAt, frame, frameHash }, digest).ok).toBe(true);
    const changed = { ...frame, margin: 0.1 };
    const opened = openTrial({ type: 'locked', at: startAt, frame: changed, frameHash }, digest);
    expect(opened).toMatchObject({ ok: false, refusal: { code: 'hash' } });
  });

  test('hashes equal frames alike, whatever the order of their keys', () => {
    expect(toCanonicalText({ b: 1, a: [true, null, 'x'] })).toBe('{"a":[true,null,"x"],"b":1}');
    expect(toCanonicalText({ a: 1, b: undefined })).toBe('{"a":1}');
    expect(() => toCanonicalText({ a: Number.NaN })).toThrow(TypeError);
  });

  test('refuses frames that could not prove anything', () => {
    const faults = [
      { margin: 0 },
      { margin: 1 },
      { margin: Number.NaN },
      { seed: '' },
      { voidShareMax: 0.9 },
      { boundBefore: 0.1 },
      { stages: [] },
      { stages: [{ kind: 'stored', units: [] }] },
      { stages: [{ kind: 'stored', units: [...toUnits(2), ...toUnits(1)] }] },
      { stages: [{ kind: 'stored', units: [{ unit: 'a', cases: [] }] }] },
      { stages: [{ kind: 'stored', units: [{ unit: 'a', cases: ['c'], slices: ['nowhere'] }] }] },
      { stages: [{ kind: 'live' }, { kind: 'stored', units: toUnits(2) }] },
      { stages: [{ kind: 'live', steps: [{ share: 0.01, pairedShare: 0.2, unitsMin: 0 }] }] },
      { evidence: { kind: 'judge-and-human', labelShare: 0 } },
      { control: { pairsMax: 0 } },
    ] as const;
    for (const fault of faults) {
      const frame = toTestFrame(fault);
      const opened = openTrial({ type: 'locked', at: 0, frame, frameHash: 'x' }, digest);
      expect(opened, JSON.stringify(fault).slice(0, 80)).toMatchObject({
        ok: false,
        refusal: { code: 'frame' },
      });
    }
  });
});

describe('stored stage', () => {
  test('runs in an order that the frame draws and no one else', () => {
    const fold = beginFold();
    const order = planOrder(fold.state().frameHash, 'stored', 1500);
    expect(order).not.toEqual(order.toSorted((a, b) => a - b));
    expect(new Set(order).size).toBe(1500);
    const wrong = `s${order[1]}`;
    expect(fold.apply({ type: 'assigned', at: startAt, unit: wrong })).toMatchObject({ code: 'order' });
    must(fold, { type: 'assigned', at: startAt, unit: `s${order[0]}` });
    must(fold, { type: 'assigned', at: startAt, unit: wrong });
    expect(fold.apply({ type: 'assigned', at: startAt, unit: wrong })).toMatchObject({ code: 'duplicate' });
  });

  test('passes a good candidate, and Switch needs the live stage too', () => {
    const fold = atLive();
    expect(toVerdict(fold.state()).kind).toBe('not-yet');
    runLive(fold, drawer(0.01, 4), { units: 1500, days: 4 });
    const verdict = toVerdict(fold.state());
    expect(verdict.kind).toBe('switch');
    expect(verdict.bound).toBeGreaterThanOrEqual(-0.05);
    expect(verdict.stages.map(({ logE }) => logE >= Math.log(40))).toEqual([true, true]);
  });

  test('cannot be left before it has passed, nor live traffic be reached in steps', () => {
    const fold = beginFold();
    rejectControl(fold);
    runStored(fold, drawer(0.02, 3), 20);
    const stage = { type: 'advanced', at: startAt, by: 'ann', to: 'stage' } as const;
    expect(fold.apply(stage)).toMatchObject({ code: 'state' });
    expect(fold.apply({ ...stage, to: 'step' })).toMatchObject({ code: 'state' });
    expect(fold.state().stages).toHaveLength(1);
  });

  test('ends with Stay when harm is proven, and with Not shown when nothing is', () => {
    const worse = beginFold();
    rejectControl(worse);
    runStored(worse, drawer(-0.25, 5));
    expect(toVerdict(worse.state())).toMatchObject({ kind: 'stay', reason: 'harm' });
    const near = beginFold();
    rejectControl(near);
    runStored(near, drawer(-0.05, 6));
    expect(toVerdict(near.state()).kind).toBe('not-shown');
  });

  test('bets in the order of assignment, waiting for the first to be graded', () => {
    const fold = beginFold();
    const order = planOrder(fold.state().frameHash, 'stored', 1500).map((number) => `s${number}`);
    for (const unit of order.slice(0, 3)) must(fold, { type: 'assigned', at: startAt, unit });
    answerCase(fold, `${order[1]}-c`, { at: startAt, grade: toGrade(1) });
    answerCase(fold, `${order[2]}-c`, { at: startAt, grade: toGrade(1) });
    expect(fold.state().stages[0]?.evidence.units).toBe(0);
    answerCase(fold, `${order[0]}-c`, { at: startAt, grade: toGrade(-1) });
    expect(fold.state().stages[0]?.evidence.values).toEqual([-1, 1, 1]);
  });

  test('bets once per unit, on the mean of its pairs', () => {
    const units = Array.from({ length: 50 }, (_, index) => ({
      unit: `u${index}`,
      cases: [0, 1, 2, 3].map((pair) => `u${index}.${pair}`),
    }));
    const fold = beginFold(toTestFrame({ stages: [{ kind: 'stored', units }, { kind: 'live' }] }));
    const [action] = planNext(fold.state(), 1);
    if (action?.kind !== 'assign') throw new Error('Cannot plan');
    must(fold, { type: 'assigned', at: startAt, unit: action.unit });
    for (const [index, id] of action.cases.entries()) {
      expect(fold.state().stages[0]?.evidence.units).toBe(0);
      answerCase(fold, id, { at: startAt, grade: toGrade(index === 0 ? -1 : 0) });
    }
    expect(fold.state().stages[0]?.evidence.values).toEqual([-0.25]);
    expect(fold.state().stages[0]?.pairs).toMatchObject({ resolved: 4, losses: 1 });
  });
});

describe('missing and broken outcomes', () => {
  /** Assigns the next unit and gives its only case. */
  function next(fold: TrialFold): string {
    const [action] = planNext(fold.state(), 99);
    if (action?.kind !== 'assign') throw new Error('Cannot plan');
    must(fold, { type: 'assigned', at: startAt, unit: action.unit });
    return action.cases[0] as string;
  }

  function answer(
    fold: TrialFold,
    id: string,
    arm: 'candidate' | 'incumbent',
    outcome: 'answered' | 'failed',
  ): void {
    must(fold, { type: 'answered', at: startAt, case: id, arm, outcome });
  }

  const late = startAt + 3_600_001;

  test('a failed candidate scores 0, an incumbent that is out gives 0, no grade gives −1', () => {
    const fold = beginFold();
    const failed = next(fold);
    answer(fold, failed, 'incumbent', 'answered');
    answer(fold, failed, 'candidate', 'failed');
    must(fold, {
      type: 'graded',
      at: startAt,
      case: failed,
      grade: { kind: 'scores', candidate: 1, incumbent: 0.75 },
    });
    const out = next(fold);
    answer(fold, out, 'candidate', 'answered');
    answer(fold, out, 'incumbent', 'failed');
    const ungradable = next(fold);
    answer(fold, ungradable, 'incumbent', 'answered');
    answer(fold, ungradable, 'candidate', 'answered');
    must(fold, { type: 'graded', at: startAt, case: ungradable, grade: { kind: 'ungradable' } });
    const silent = next(fold);
    answer(fold, silent, 'incumbent', 'answered');
    answer(fold, silent, 'candidate', 'answered');
    must(fold, { type: 'deadline-passed', at: late, unit: silent.slice(0, -2) });
    const gone = next(fold);
    answer(fold, gone, 'incumbent', 'answered');
    must(fold, { type: 'deadline-passed', at: late, unit: gone.slice(0, -2) });
    const nobody = next(fold);
    must(fold, { type: 'deadline-passed', at: late, unit: nobody.slice(0, -2) });
    const stage = fold.state().stages[0];
    expect(stage?.evidence.values).toEqual([-0.75, 0, -1, -1, -1, -1]);
    expect(stage?.pairs).toMatchObject({
      ungradable: 3,
      outages: 1,
      candidateFailures: 2,
      wins: 0,
      losses: 5,
    });
  });

  test('deadlines cannot be called early, and late grades are refused', () => {
    const fold = beginFold();
    const id = next(fold);
    answer(fold, id, 'incumbent', 'answered');
    answer(fold, id, 'candidate', 'answered');
    const unit = id.slice(0, -2);
    expect(fold.apply({ type: 'deadline-passed', at: startAt + 1, unit })).toMatchObject({
      code: 'too-early',
    });
    expect(fold.apply({ type: 'graded', at: late, case: id, grade: toGrade(1) })).toMatchObject({
      code: 'too-late',
    });
    must(fold, { type: 'deadline-passed', at: late, unit });
    expect(fold.state().stages[0]?.evidence.values).toEqual([-1]);
    expect(fold.apply({ type: 'graded', at: late, case: id, grade: toGrade(1) })).toMatchObject({
      code: 'duplicate',
    });
  });

  test('refuses duplicates, grades before answers, stored incumbents, and numbers out of range', () => {
    const fold = beginFold();
    const id = next(fold);
    expect(fold.apply({ type: 'graded', at: startAt, case: id, grade: toGrade(1) })).toMatchObject({
      code: 'state',
    });
    const stale = {
      type: 'answered',
      at: startAt,
      case: id,
      arm: 'incumbent',
      outcome: 'answered',
      origin: 'stored',
    } as const;
    expect(fold.apply(stale)).toMatchObject({ code: 'state' });
    answer(fold, id, 'incumbent', 'answered');
    const again = { type: 'answered', at: startAt, case: id, arm: 'incumbent', outcome: 'answered' } as const;
    expect(fold.apply(again)).toMatchObject({ code: 'duplicate' });
    answer(fold, id, 'candidate', 'answered');
    for (const candidate of [1.1, -0.1, Number.NaN]) {
      const grade: Grade = { kind: 'scores', candidate, incumbent: 0 };
      expect(fold.apply({ type: 'graded', at: startAt, case: id, grade })).toMatchObject({ code: 'value' });
    }
    const missing = {
      type: 'answered',
      at: startAt,
      case: 'nowhere',
      arm: 'candidate',
      outcome: 'answered',
    } as const;
    expect(fold.apply(missing)).toMatchObject({ code: 'unknown' });
    expect(fold.apply({ type: 'looked', at: Number.NaN })).toMatchObject({ code: 'value' });
    expect(fold.apply({ type: 'guessed', at: 1 } as never)).toMatchObject({ code: 'unknown' });
  });

  test('restarts run stored cases again and let live ones run into their deadline', () => {
    const fold = beginFold();
    const id = next(fold);
    expect(planRecovery(fold.state())).toEqual([
      { kind: 'recover', unit: id.slice(0, -2), case: id, rerun: true },
    ]);
  });
});

describe('what must stop a Switch', () => {
  test('ties alone: without a rejected control nothing passes, and blind graders end the trial', () => {
    const blind = beginFold(toTestFrame({ control: { pairsMax: 40 } }));
    runStored(blind, () => toGrade(0), 400);
    expect(blind.state().stages[0]?.status).toBe('running');
    expect(toVerdict(blind.state()).blocks).toContain('the positive control has not been rejected');
    for (let pair = 0; pair < 40; pair++) {
      must(blind, { type: 'control-graded', at: startAt, case: `k${pair}`, difference: 0 });
    }
    must(blind, { type: 'looked', at: startAt });
    expect(toVerdict(blind.state())).toMatchObject({ kind: 'cannot-measure', reason: 'control' });
  });

  test('contradictions above the cap', () => {
    const fold = beginFold();
    rejectControl(fold);
    let count = 0;
    runStored(fold, () => ({ kind: 'difference', difference: 0, isContradiction: count++ % 2 === 0 }));
    expect(toVerdict(fold.state())).toMatchObject({ kind: 'cannot-measure', reason: 'void-share' });
  });

  test('an incumbent that is always out is no evidence', () => {
    const fold = beginFold();
    rejectControl(fold);
    for (let unit = 0; unit < 300; unit++) {
      const [action] = planNext(fold.state(), 1);
      if (action?.kind !== 'assign') break;
      must(fold, { type: 'assigned', at: startAt, unit: action.unit });
      const id = action.cases[0] as string;
      must(fold, { type: 'answered', at: startAt, case: id, arm: 'incumbent', outcome: 'failed' });
      must(fold, { type: 'looked', at: startAt });
    }
    expect(toVerdict(fold.state())).toMatchObject({ kind: 'cannot-measure', reason: 'void-share' });
  });

  test('a live stage that did not span its days in peak hours', () => {
    const frame = toTestFrame({
      stages: [
        { kind: 'stored', units: toUnits(1500) },
        { kind: 'live', unitsMin: 50, unitsMax: 3000, daysMin: 5, peakHours: [9, 17] },
      ],
    });
    const fold = atLive(frame);
    runLive(fold, () => toGrade(0), { units: 400, days: 3 });
    expect(fold.state().ending).toBeUndefined();
    expect(toVerdict(fold.state()).blocks).toContain('2 days with peak hours');
  });

  test('a live stage cannot live on what the stored one earned', () => {
    const fold = atLive();
    expect(fold.state().stages[1]?.evidence.units).toBe(0);
    runLive(fold, drawer(-0.06, 9), { units: 1500, days: 4 });
    expect(['stay', 'not-shown']).toContain(toVerdict(fold.state()).kind);
  });
});

describe('slices', () => {
  const units = toUnits(3000).map((unit, index) =>
    index % 5 === 0 ? { ...unit, slices: ['fragile'] } : unit,
  );

  function run(unproven: 'wait' | 'stay', critical = true): TrialFold {
    const slices = [{ name: 'fragile', critical, unproven }];
    const fold = beginFold(toTestFrame({ slices, stages: [{ kind: 'stored', units }, { kind: 'live' }] }));
    rejectControl(fold);
    const good = drawer(0.03, 12);
    const bad = drawer(-0.06, 13);
    runStored(fold, (id) => (Number.parseInt(id.slice(1), 10) % 5 === 0 ? bad() : good()));
    return fold;
  }

  test('a critical slice must be proven before anything passes', () => {
    const fold = run('wait');
    expect(fold.state().stages[0]?.status).not.toBe('passed');
    expect(toVerdict(fold.state()).slices[0]?.status).not.toBe('proven');
    expect(['not-shown', 'stay']).toContain(toVerdict(fold.state()).kind);
  });

  test('or it stays on the incumbent, and the verdict says how bad it could be', () => {
    const fold = run('stay');
    expect(fold.state().stages[0]?.status).toBe('passed');
    const verdict = toVerdict(fold.state());
    expect(verdict.except).toEqual(['fragile']);
    expect(verdict.slices[0]?.bound).toBeLessThan(-0.05);
    expect(toSentence(verdict)).toMatch(/Slice "fragile" \(critical\): not shown, could be as bad as −\d/);
    expect(toSentence(verdict)).toContain('Stay on the incumbent: fragile.');
  });

  test('a good slice is proven in every stage or not at all', () => {
    const slices = [{ name: 'fragile', critical: true, unproven: 'wait' }] as const;
    const fold = beginFold(toTestFrame({ slices, stages: [{ kind: 'stored', units }, { kind: 'live' }] }));
    rejectControl(fold);
    runStored(fold, drawer(0.03, 14));
    expect(fold.state().stages[0]?.status).toBe('passed');
    expect(toVerdict(fold.state()).slices[0]?.status).toBe('not-shown');
  });
});

describe('registerAttempt()', () => {
  test('raises the threshold with every attempt on the task', () => {
    let family = createFamily('support');
    const thresholds: number[] = [];
    for (let number = 0; number < 3; number++) {
      const frame = toTestFrame({ trial: `t${number}`, candidate: `c${number}@open` });
      const registered = registerAttempt(family, frame, digest);
      if (!registered.ok) throw new Error(registered.refusal.text);
      ({ family } = registered.value);
      thresholds.push(Math.round(toThreshold(registered.value.frame)));
      expect(registered.value.frameHash).toBe(hashFrame(registered.value.frame, digest));
    }
    expect(thresholds).toEqual([40, 120, 240]);
    const frame = toTestFrame({ trial: 't9' });
    const locked = { type: 'locked', at: startAt, frame, frameHash: hashFrame(frame, digest) } as const;
    expect(openTrial(locked, digest).ok).toBe(true);
    expect(openTrial(locked, digest, family)).toMatchObject({ ok: false, refusal: { code: 'frame' } });
    const registered = registerAttempt(family, frame, digest);
    if (!registered.ok) throw new Error(registered.refusal.text);
    const { value } = registered;
    expect(openTrial({ ...locked, ...value, type: 'locked' }, digest, value.family).ok).toBe(true);
  });

  test('refuses a re-run on the cases that went well', () => {
    const first = registerAttempt(createFamily('support'), toTestFrame(), digest);
    if (!first.ok) throw new Error(first.refusal.text);
    const stages = [{ kind: 'stored', units: toUnits(400) }, { kind: 'live' }] as const;
    const picked = registerAttempt(first.value.family, toTestFrame({ trial: 't2', stages }), digest);
    expect(picked).toMatchObject({ ok: false });
    expect(registerAttempt(first.value.family, toTestFrame({ trial: 't2' }), digest).ok).toBe(true);
    expect(registerAttempt(first.value.family, toTestFrame(), digest).ok).toBe(false);
    expect(registerAttempt(first.value.family, toTestFrame({ trial: 't3', task: 'other' }), digest).ok).toBe(
      false,
    );
  });
});

describe('verdicts in words', () => {
  test('say the bound before the mean, the scope, the floor and what they do not say', () => {
    const fold = beginFold();
    rejectControl(fold);
    const draw = drawer(0.02, 3);
    runStored(fold, () => {
      const grade = draw();
      return grade.kind === 'scores' ? { ...grade, again: grade.incumbent === 1 ? 0 : 1 } : grade;
    });
    const verdict = toVerdict(fold.state());
    const text = toSentence(verdict);
    expect(text.startsWith('Not yet')).toBe(true);
    expect(text.indexOf('not lower by more than')).toBeLessThan(text.indexOf('mean at this moment'));
    expect(text).toContain('margin 5 points, fixed beforehand');
    expect(verdict.incumbentOwn?.pairs).toBe(verdict.stages[0]?.pairs);
    expect(text).toContain('pairs against itself');
    const ratio = { ratio: 0.184, lower: 0.17, upper: 0.2, units: 222 };
    const priced = toSentence(toVerdict(fold.state(), { ratio, conditions: 'cold cache, office hours' }));
    expect(priced).toContain(
      'It cost 18.4 % of the incumbent (17 % to 20 %, 222 units; cold cache, office hours).',
    );
    expect(text).toContain('This does not say: that nothing got worse');
    expect(verdict.unsaid).toContain('live-traffic');
  });

  test('are the same from JSON, and a history folds to the same state', () => {
    const frame = toTestFrame();
    const events = [
      { type: 'locked', at: startAt, frame, frameHash: hashFrame(frame, digest) },
    ] as Parameters<typeof foldTrial>[0][number][];
    const fold = createTrialFold(openState(frame));
    const recorder: TrialFold = {
      ...fold,
      apply(event) {
        events.push(event);
        return fold.apply(event);
      },
    };
    rejectControl(recorder);
    runStored(recorder, drawer(0.02, 3));
    const folded = foldTrial(events, digest);
    if (!folded.ok) throw new Error(folded.refusal.text);
    expect(folded.value.refused).toEqual([]);
    expect(folded.value.state).toEqual(fold.state());
    const stored = JSON.parse(JSON.stringify(fold.state())) as ReturnType<TrialFold['state']>;
    expect(toVerdict(stored)).toEqual(toVerdict(fold.state()));
    expect(foldTrial(events.slice(1), digest)).toMatchObject({ ok: false, refusal: { code: 'order' } });
  });

  test('give numbers of units still needed that are about right', () => {
    const fold = beginFold(toTestFrame({ margin: 0.05 }));
    rejectControl(fold);
    runStored(fold, drawer(0.02, 3), 120);
    const more = toVerdict(fold.state()).unitsMore ?? 0;
    expect(more).toBeGreaterThan(5);
    expect(more).toBeLessThan(600);
  });

  test('name days without dates and never claim what was not tried', () => {
    expect(toFrame(toTestFrame()).stages).toHaveLength(2);
    expect(dayMs).toBe(86_400_000);
    const verdict = toVerdict(openState(toTestFrame()));
    expect(verdict).toMatchObject({ kind: 'not-yet', reason: 'running', bound: -1 });
    expect(toSentence(verdict)).toContain('No bound of the average difference can be stated yet.');
  });
});
