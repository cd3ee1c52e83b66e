// Data that depend on people and systems: late and missing scores, many attempts, judges, reviewers, slices,
// alarms.
import type { Random } from '../../src/kernel/index.ts';
import { createFamily, registerAttempt, type TrialFold } from '../../src/trial/decision/index.ts';
import { hasReached, toDetectorValue } from '../../src/trial/statistics/index.ts';
import { beginTrial, buildFrame, digest, hasPassed, live, margin, stored, toUnits } from './build-trial.ts';
import { passStored } from './dependence-scenarios.ts';
import { type PairPlan, playLive, playStored } from './drive-stage.ts';
import { createNaive, drawPair, type Scenario, toGrade } from './scenario.ts';

const unitsMax = 1200;
/** A simpler rule that nothing stops goes on for this long. */
const naiveUnits = 10_000;

function begin(seed: string, count = unitsMax, changes: object = {}): TrialFold {
  return beginTrial(buildFrame({ seed, stages: [stored(toUnits(count)), live(100)], ...changes }));
}

function late(lateUnits: number): Scenario {
  return {
    name: `bad answers scored ${lateUnits} pairs late`,
    what: 'true difference −3 points; the machine waits for the head of the queue',
    naive: 'bets placed when scores arrive',
    run(random, trial) {
      const fold = begin(`l${trial}`);
      const naive = createNaive();
      const arrivals: number[][] = [];
      let place = 0;
      playStored(fold, {
        plan: (_id, at): PairPlan => {
          const difference = drawPair(random, -margin, 0.1);
          place = at.place;
          const due = place + (difference < 0 ? lateUnits : 0);
          (arrivals[due] ??= []).push(difference);
          for (const arrived of arrivals[place] ?? []) naive.bet(arrived);
          return difference < 0 ? { grade: toGrade(difference), lateUnits } : { grade: toGrade(difference) };
        },
      });
      return { isFalse: hasPassed(fold), isNaiveFalse: naive.hasPassed() };
    },
  };
}

function missing(
  name: string,
  parts: { what: string; naive: string; plan: (difference: number, u: number) => PairPlan },
): Scenario {
  return {
    name,
    what: parts.what,
    naive: parts.naive,
    run(random, trial) {
      const fold = begin(`m${trial}`);
      const naive = createNaive();
      playStored(fold, {
        plan: () => {
          const difference = drawPair(random, 0, 0.08);
          const plan = parts.plan(difference, random.unit());
          if (plan.grade !== undefined && plan.candidate === undefined) naive.bet(difference);
          return plan;
        },
      });
      return { isFalse: hasPassed(fold), isNaiveFalse: naive.hasPassed() };
    },
  };
}

const lostScores = missing('6 % of scores lost, all of them losses', {
  what: 'a grader loses the losses; the true difference is −6 points',
  naive: 'pairs without a score dropped',
  plan: (difference, u) => (u < 0.06 ? {} : { grade: toGrade(difference) }),
});

const timeouts = missing('6 % candidate time-outs', {
  what: 'equal where it answers, but 6 % of calls fail',
  naive: 'failed calls dropped',
  plan: (difference, u) =>
    u < 0.06 ? { candidate: 'failed', grade: toGrade(-1) } : { grade: toGrade(difference) },
});

const hanging = missing('candidate hangs on 6 %, incumbent asked after it', {
  what: 'equal where it answers; neither answer comes in 6 % of pairs, which counts −1',
  naive: 'pairs without an answer dropped',
  plan: (difference, u) =>
    u < 0.06 ? { candidate: 'never', incumbent: 'never' } : { grade: toGrade(difference) },
});

const outages: Scenario = {
  name: 'incumbent out on 15 % of calls',
  what: 'truth −3 points while both answer; an outage counts 0 and is void',
  naive: 'an outage counted as a win of the candidate',
  run(random, trial) {
    const fold = begin(`o${trial}`);
    const naive = createNaive();
    playStored(fold, {
      plan: () => {
        const isOut = random.unit() < 0.15;
        const difference = drawPair(random, -0.036, 0.1);
        naive.bet(isOut ? 1 : difference);
        return isOut ? { incumbent: 'failed' } : { grade: toGrade(difference) };
      },
    });
    return { isFalse: hasPassed(fold), isNaiveFalse: naive.hasPassed() };
  },
};

function attempts(count: number): Scenario {
  return {
    name: `${count} attempts on one task`,
    what: 'every candidate at −3 points; false if any passes',
    naive: 'every attempt at E ≥ 20',
    run(random, trial) {
      let family = createFamily('bench');
      let isFalse = false;
      let isNaiveFalse = false;
      for (let number = 0; number < count; number++) {
        const frame = buildFrame({
          trial: `t${trial}-${number}`,
          candidate: `c${number}@open`,
          seed: `n${trial}-${number}`,
          stages: [stored(toUnits(600)), live(100)],
        });
        const registered = registerAttempt(family, frame, digest);
        if (!registered.ok) throw new Error(registered.refusal.text);
        ({ family } = registered.value);
        const fold = beginTrial(registered.value.frame);
        const naive = createNaive();
        playStored(fold, {
          plan: () => {
            const difference = drawPair(random, -margin, 0.1);
            naive.bet(difference);
            return { grade: toGrade(difference) };
          },
        });
        isFalse ||= hasPassed(fold);
        isNaiveFalse ||= naive.hasPassed();
      }
      return { isFalse, isNaiveFalse };
    },
  };
}

/** A judge that picks the first slot in `bias` of cases and else the better answer. */
function judgeOnce(random: Random, bias: number, better: number): number {
  if (random.unit() < bias) return 1;
  return better === 0 ? Math.sign(random.unit() - 0.5) : better;
}

/** Both orders: the difference if they agree. */
function judgeBoth(
  random: Random,
  bias: number,
  better: number,
): { difference: number; isContradiction: boolean } {
  const forth = judgeOnce(random, bias, better);
  const back = -judgeOnce(random, bias, -better);
  return forth === back
    ? { difference: forth, isContradiction: false }
    : { difference: 0, isContradiction: true };
}

const bothOrders: Scenario = {
  name: 'first-slot judge, both orders',
  what: 'picks the first slot in 90 %, candidate at −6 points; contradictions are void',
  naive: 'contradictions taken as ties',
  run(random, trial) {
    const fold = beginTrial(
      buildFrame({
        seed: `j${trial}`,
        stages: [stored(toUnits(unitsMax)), live(100)],
        control: { pairsMax: 200 },
      }),
      { isControlled: false },
    );
    for (let pair = 0; pair < 200; pair++) {
      const { difference } = judgeBoth(random, 0.9, -1);
      fold.apply({ type: 'control-graded', at: 0, case: `k${pair}`, difference });
    }
    const naive = createNaive();
    playStored(fold, {
      plan: () => {
        const judged = judgeBoth(random, 0.9, drawPair(random, -0.06, 0.3));
        naive.bet(judged.difference);
        return { grade: { kind: 'difference', ...judged } };
      },
    });
    for (let unit = 0; unit < naiveUnits; unit++) {
      naive.bet(judgeBoth(random, 0.9, drawPair(random, -0.06, 0.3)).difference);
    }
    return { isFalse: hasPassed(fold), isNaiveFalse: naive.hasPassed() };
  },
};

function blind(name: string, draw: (random: Random) => number): Scenario {
  return {
    name,
    what: 'a judge that cannot tell answers apart, candidate at −6 points; only the positive control can notice',
    naive: 'no positive control',
    run(random, trial) {
      const frame = buildFrame({ seed: `b${trial}`, stages: [stored(toUnits(unitsMax)), live(100)] });
      const fold = beginTrial(frame, { isControlled: false });
      for (let pair = 0; pair < frame.control.pairsMax; pair++) {
        fold.apply({ type: 'control-graded', at: 0, case: `k${pair}`, difference: draw(random) });
      }
      const naive = createNaive();
      playStored(fold, {
        plan: () => {
          const difference = draw(random);
          naive.bet(difference);
          return { grade: { kind: 'difference', difference } };
        },
      });
      for (let unit = fold.state().stages[0]?.evidence.units ?? 0; unit < unitsMax; unit++) {
        naive.bet(draw(random));
      }
      return { isFalse: hasPassed(fold), isNaiveFalse: naive.hasPassed() };
    },
  };
}

function reviewers(
  name: string,
  parts: {
    what: string;
    naive?: string;
    label: (truth: number, judge: number, u: number) => number | undefined;
  },
): Scenario {
  return {
    name,
    what: parts.what,
    ...(parts.naive === undefined ? {} : { naive: parts.naive }),
    run(random, trial) {
      const fold = begin(`r${trial}`, unitsMax, { evidence: { kind: 'judge-and-human', labelShare: 0.25 } });
      const naive = createNaive();
      playStored(fold, {
        plan: () => {
          const truth = drawPair(random, -margin, 0.2);
          // The judge overlooks half of the losses.
          const judge = truth < 0 && random.unit() < 0.5 ? 0 : truth;
          const label = parts.label(truth, judge, random.unit());
          naive.bet(label ?? judge);
          const grade = { kind: 'difference', difference: judge } as const;
          return label === undefined ? { grade } : { grade, label };
        },
      });
      const isFalse = hasPassed(fold);
      return parts.naive === undefined ? { isFalse } : { isFalse, isNaiveFalse: naive.hasPassed() };
    },
  };
}

const slices = [{ name: 'fragile', critical: true, unproven: 'wait' }] as const;

const shiftedSlice: Scenario = {
  name: 'critical slice of 5 % at −15 points',
  what: 'the rest is at +2, so that the average is fine; false if it passes with that slice unproven',
  naive: 'the average alone',
  run(random, trial) {
    const units = toUnits(unitsMax).map((unit, index) =>
      index % 20 === 0 ? { ...unit, slices: ['fragile'] } : unit,
    );
    const fold = beginTrial(buildFrame({ seed: `h${trial}`, slices, stages: [stored(units), live(100)] }));
    const naive = createNaive();
    playStored(fold, {
      plan: (_id, { number }) => {
        const difference = number % 20 === 0 ? drawPair(random, -0.15, 0.3) : drawPair(random, 0.02, 0.04);
        naive.bet(difference);
        return { grade: toGrade(difference) };
      },
    });
    return { isFalse: hasPassed(fold), isNaiveFalse: naive.hasPassed() };
  },
};

const muteSlice: Scenario = {
  name: 'critical slice of 15 %, all contradictions',
  what: 'the judge contradicts itself on all of the slice, the rest is at +1; false if it passes with that slice',
  naive: 'the cap of void pairs held over the whole only',
  run(random, trial) {
    const units = toUnits(1600).map((unit, index) =>
      index % 20 < 3 ? { ...unit, slices: ['fragile'] } : unit,
    );
    const fold = beginTrial(buildFrame({ seed: `y${trial}`, slices, stages: [stored(units), live(100)] }));
    let isNaiveFalse = false;
    playStored(fold, {
      plan: (_id, { number }) => {
        const proof = fold.state().stages[0]?.slices['fragile']?.proof;
        isNaiveFalse ||= proof !== undefined && 'logWealth' in proof && hasReached(proof, 40);
        return number % 20 < 3
          ? { grade: { kind: 'difference', difference: 0, isContradiction: true } }
          : { grade: toGrade(drawPair(random, 0.01, 0.05)) };
      },
    });
    return { isFalse: hasPassed(fold), isNaiveFalse };
  },
};

const shiftedTraffic: Scenario = {
  name: 'slice of 5 % stored, 30 % live, at −15 points',
  what: 'the live average is −3.1; the stored one was fine',
  naive: 'the stored verdict alone',
  run(random, trial) {
    const units = toUnits(1600);
    const fold = beginTrial(buildFrame({ seed: `v${trial}`, stages: [stored(units), live(800)] }));
    const draw = (isFragile: boolean): number =>
      isFragile ? drawPair(random, -0.15, 0.3) : drawPair(random, 0.02, 0.04);
    playStored(fold, { plan: (_id, { number }) => ({ grade: toGrade(draw(number % 20 === 0)) }) });
    if (!hasPassed(fold)) return { isFalse: false, isNaiveFalse: false };
    fold.apply({ type: 'advanced', at: 0, by: 'bench', to: 'stage' });
    playLive(fold, { plan: (_id, { place }) => ({ grade: toGrade(draw(place % 10 < 3)) }) });
    return { isFalse: hasPassed(fold), isNaiveFalse: true };
  },
};

const falseRollback: Scenario = {
  name: 'healthy candidate: roll-back within 14 days',
  what: 'difference 0, 100 paired units a day, alarms promised at most once a year over two detectors',
  naive: 'an alarm at 20 instead of at the promise',
  run(random, trial) {
    const fold = beginTrial(
      buildFrame({
        seed: `q${trial}`,
        alarm: { days: 365, unitsPerDay: 100, detectors: 2 },
        stages: [stored(toUnits(1200)), live(1400, 20)],
      }),
    );
    if (!passStored(fold, random)) return { isFalse: false, isNaiveFalse: false };
    let isNaiveFalse = false;
    playLive(fold, {
      days: 14,
      plan: () => {
        // E-SR at 20 instead of at the promise: an alarm every few hundred units.
        isNaiveFalse ||= toDetectorValue(fold.state().detector) >= 20;
        return { grade: toGrade(drawPair(random, 0, 0.2)) };
      },
    });
    return { isFalse: fold.state().alarm !== undefined, isNaiveFalse };
  },
};

/** A candidate that should be switched to: the machine must not be safe by never deciding. */
const equal: Scenario = {
  name: 'equal candidate, both stages (must Switch)',
  what: 'difference 0, 5 % of pairs differ, live traffic over 7 days',
  mustPass: true,
  run(random, trial) {
    const fold = beginTrial(
      buildFrame({ seed: `e${trial}`, stages: [stored(toUnits(3000)), live(3000, 7)] }),
    );
    const plan = (): PairPlan => ({ grade: toGrade(drawPair(random, 0, 0.05)) });
    playStored(fold, { plan });
    fold.apply({ type: 'advanced', at: 0, by: 'bench', to: 'stage' });
    if (fold.state().stages.length === 2) playLive(fold, { plan, days: 7 });
    return { isFalse: fold.state().ending?.kind !== 'switch' };
  },
};

export const peopleScenarios: readonly Scenario[] = [
  late(50),
  late(200),
  lostScores,
  timeouts,
  outages,
  attempts(5),
  attempts(10),
  bothOrders,
  blind('judge that tosses a coin', (random) => Math.sign(random.unit() - 0.5)),
  blind('judge that always says tie', () => 0),
  reviewers('reviewers label disagreements only', {
    what: 'truth −3 points; labels that the coin did not ask for are refused, asked ones that never come count −1',
    naive: 'the labels that reviewers chose to give, the judge elsewhere',
    label: (truth, judge) => (judge === 0 ? undefined : truth),
  }),
  reviewers('reviewers skip half of the losses', {
    what: 'truth −3 points; a drawn label that never comes counts −1',
    naive: 'skipped labels replaced by the judge',
    label: (truth, _judge, u) => (truth < 0 && u < 0.5 ? undefined : truth),
  }),
  reviewers('honest reviewers, lenient judge', {
    what: 'truth −3 points; the judge overlooks half of the losses',
    label: (truth) => truth,
  }),
  shiftedSlice,
  shiftedTraffic,
  falseRollback,
  equal,
  hanging,
  muteSlice,
];
