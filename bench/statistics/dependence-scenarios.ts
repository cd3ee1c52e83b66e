// Data that depend on each other: clusters, days, stages, strata, adversaries, finite tables.
import type { Random } from '../../src/kernel/index.ts';
import { beginTrial, buildFrame, hasPassed, live, margin, stored, toUnits } from './build-trial.ts';
import { type PairPlan, playLive, playStored } from './drive-stage.ts';
import { createNaive, drawNormal, drawPair, type Scenario, toGrade, type TrialOutcome } from './scenario.ts';

const unitsMax = 1200;

/** Plays a stored stage of a good candidate (+2 points), so that the live stage is what is tested. */
export function passStored(fold: ReturnType<typeof beginTrial>, random: Random): boolean {
  playStored(fold, { plan: () => ({ grade: toGrade(drawPair(random, 0.02, 0.04)) }) });
  if (!hasPassed(fold)) return false;
  fold.apply({ type: 'advanced', at: 0, by: 'bench', to: 'stage' });
  return true;
}

const goodUnits = toUnits(1200);

function independent(discordance: number): Scenario {
  return {
    name: `independent pairs, ψ ${discordance}`,
    what: 'true difference exactly −3 points, a look after every unit',
    naive: 'McNemar-like z test every 50 pairs until p < .05',
    run(random, trial) {
      const fold = beginTrial(
        buildFrame({ seed: `i${trial}`, stages: [stored(toUnits(unitsMax)), live(100)] }),
      );
      let sum = 0;
      let squares = 0;
      let count = 0;
      let isNaiveFalse = false;
      const draw = (): number => {
        const difference = drawPair(random, -margin, discordance);
        sum += difference;
        squares += difference * difference;
        count += 1;
        const error = Math.sqrt(Math.max(1e-12, squares / count - (sum / count) ** 2) / count);
        if (count % 50 === 0 && (sum / count + margin) / error > 1.645) isNaiveFalse = true;
        return difference;
      };
      playStored(fold, { plan: () => ({ grade: toGrade(draw()) }) });
      return { isFalse: hasPassed(fold), isNaiveFalse };
    },
  };
}

const graded: Scenario = {
  name: 'graded scores',
  what: 'scores anywhere in [0, 1], true difference −3 points',
  run(random, trial) {
    const fold = beginTrial(
      buildFrame({ seed: `g${trial}`, stages: [stored(toUnits(unitsMax)), live(100)] }),
    );
    const plan = (): PairPlan => {
      const incumbent = 0.2 + 0.6 * random.unit();
      const candidate = Math.min(1, Math.max(0, incumbent - margin + 0.34 * (random.unit() - 0.5)));
      return { grade: { kind: 'scores', candidate, incumbent } };
    };
    playStored(fold, { plan });
    return { isFalse: hasPassed(fold) };
  },
};

function clusters(perUnit: number, correlation: number): Scenario {
  return {
    name: `${perUnit} requests per conversation, correlation ${correlation}`,
    what: 'true difference −3 points; the machine bets once per conversation',
    naive: 'one bet per request',
    run(random, trial) {
      const units = Math.ceil(3000 / perUnit);
      const fold = beginTrial(
        buildFrame({ seed: `c${trial}`, stages: [stored(toUnits(units, perUnit)), live(100)] }),
      );
      const naive = createNaive();
      const copies = Math.sqrt(correlation);
      let common = 0;
      let left = 0;
      const draw = (): number => {
        if (left === 0) {
          left = perUnit;
          common = drawPair(random, -margin, 0.2);
        }
        left -= 1;
        const difference = random.unit() < copies ? common : drawPair(random, -margin, 0.2);
        naive.bet(difference);
        return difference;
      };
      playStored(fold, { plan: () => ({ grade: toGrade(draw()) }) });
      // The naive rule goes on with the conversations that the machine needed no more.
      for (let unit = fold.state().stages[0]?.assigned ?? 0; unit < units; unit++) {
        for (let pair = 0; pair < perUnit; pair++) draw();
      }
      return { isFalse: hasPassed(fold), isNaiveFalse: naive.hasPassed() };
    },
  };
}

function days(deviation: number): Scenario {
  return {
    name: `day effects of sd ${deviation * 100} points`,
    what: 'live, 14 days, long-run difference −3 points; false if the tested period itself was at or below −3',
    naive: 'the same verdict read as a claim about the long run',
    run(random, trial) {
      const stages = [stored(goodUnits), live(2000, 14)];
      const fold = beginTrial(buildFrame({ seed: `d${trial}`, stages }));
      if (!passStored(fold, random)) return { isFalse: false, isNaiveFalse: false };
      const means = Array.from({ length: 14 }, () => -margin + deviation * drawNormal(random));
      let sum = 0;
      let count = 0;
      playLive(fold, {
        days: 14,
        plan: (_id, { day }) => {
          const mean = means[day] ?? -margin;
          sum += mean;
          count += 1;
          return { grade: toGrade(drawPair(random, mean, 0.2)) };
        },
      });
      const isPassed = hasPassed(fold);
      return { isFalse: isPassed && sum / count <= -margin, isNaiveFalse: isPassed };
    },
  };
}

function stageChange(loss: number): Scenario {
  return {
    name: `stage change: stored +2, live −${loss * 100} points`,
    what: 'good on stored cases, bad on live traffic',
    naive: 'one process continued from stored to live, Switch when E ≥ 20 after 300 live units',
    run(random, trial) {
      const fold = beginTrial(buildFrame({ seed: `s${trial}`, stages: [stored(goodUnits), live(800)] }));
      let difference = 0;
      if (passStored(fold, random)) {
        playLive(fold, {
          plan: () => {
            difference = drawPair(random, -loss, 0.15);
            return { grade: toGrade(difference) };
          },
        });
      }
      return { isFalse: fold.state().ending?.kind === 'switch', isNaiveFalse: bankedPasses(random, loss) };
    },
  };
}

/** The rule that banks: 1,500 stored units, then 300 live ones, in one process that must still stand at 20. */
function bankedPasses(random: Random, loss: number): boolean {
  let logE = 0;
  // One bet is enough to show it; the mixture does the same.
  const bet = 0.15;
  for (let unit = 0; unit < 1500; unit++) logE += Math.log1p(bet * (drawPair(random, 0.02, 0.15) + margin));
  for (let unit = 0; unit < 300; unit++) logE += Math.log1p(bet * (drawPair(random, -loss, 0.15) + margin));
  return logE >= Math.log(20);
}

const strataMeans = [0.06, 0.02, -0.08, -0.14];

const strata: Scenario = {
  name: 'strata listed one after another',
  what: 'four strata, easy ones first, −3.5 points over all; the machine draws its own order',
  naive: 'run in the order of the frame',
  run(random, trial) {
    const units = toUnits(1600).map((unit, index) => ({ ...unit, stratum: `s${Math.floor(index / 400)}` }));
    const fold = beginTrial(buildFrame({ seed: `t${trial}`, stages: [stored(units), live(100)] }));
    const outcomes = units.map((_, index) =>
      drawPair(random, strataMeans[Math.floor(index / 400)] ?? 0, 0.2),
    );
    playStored(fold, { plan: (_id, { number }) => ({ grade: toGrade(outcomes[number] ?? -1) }) });
    const naive = createNaive();
    for (const outcome of outcomes) naive.bet(outcome);
    return { isFalse: hasPassed(fold), isNaiveFalse: naive.hasPassed() };
  },
};

const adversary: Scenario = {
  name: 'adversary that sees the evidence',
  what: 'mean −3 points after any past; large swings when behind, small steps when ahead',
  run(random, trial) {
    const fold = beginTrial(
      buildFrame({ seed: `a${trial}`, stages: [stored(toUnits(unitsMax)), live(100)] }),
    );
    const plan = (): PairPlan => {
      const evidence = fold.state().stages[0]?.evidence;
      const isAhead = (evidence?.sum ?? 0) > -margin * (evidence?.units ?? 0);
      return { grade: toGrade(drawPair(random, -margin, isAhead ? margin : 0.9)) };
    };
    playStored(fold, { plan });
    return { isFalse: hasPassed(fold) };
  },
};

const finite: Scenario = {
  name: 'finite table in random order',
  what: '1,000 recorded pairs whose own mean is exactly −3 points, drawn without replacement',
  run(random, trial): TrialOutcome {
    const outcomes = Array.from({ length: 1000 }, (_, index) => (index < 60 ? 1 : -Number(index < 150)));
    const fold = beginTrial(
      buildFrame({ seed: `f${trial}-${random.unit()}`, stages: [stored(toUnits(1000)), live(100)] }),
    );
    playStored(fold, { plan: (_id, { number }) => ({ grade: toGrade(outcomes[number] ?? -1) }) });
    return { isFalse: hasPassed(fold) };
  },
};

export const dependenceScenarios: readonly Scenario[] = [
  independent(0.1),
  independent(0.3),
  graded,
  clusters(5, 0.25),
  clusters(10, 0.25),
  clusters(10, 0.64),
  days(0.03),
  days(0.06),
  days(0.1),
  stageChange(0.05),
  stageChange(0.08),
  stageChange(0.12),
  strata,
  adversary,
  finite,
];
