import type { Random } from '../../src/kernel/index.ts';
import { createEProcess, type EProcess, hasReached, placeBet } from '../../src/trial/statistics/index.ts';
import type { Grade } from '../../src/trial/decision/index.ts';
import { margin } from './build-trial.ts';

/** What one simulated trial showed. */
export interface TrialOutcome {
  /** The machine passed the stage under test, or said Switch, although it must not. */
  readonly isFalse: boolean;
  /** The same data under the simpler rule that the machine's rule replaces. */
  readonly isNaiveFalse?: boolean;
}

/** A way in which data depend on each other or on people. */
export interface Scenario {
  readonly name: string;
  /** What is simulated, and which simpler rule stands in the naive column. */
  readonly what: string;
  readonly naive?: string;
  /** The truth is good: false means that it was not passed, and up to 20 % is allowed. */
  readonly mustPass?: boolean;
  readonly run: (random: Random, trial: number) => TrialOutcome;
}

/** E ≥ 20: the threshold that the simpler rules are given. */
const naiveThreshold = 20;

/** Scores of a win, a tie between right answers, or a loss. */
const grades = {
  win: { kind: 'scores', candidate: 1, incumbent: 0 },
  tie: { kind: 'scores', candidate: 1, incumbent: 1 },
  loss: { kind: 'scores', candidate: 0, incumbent: 1 },
} as const satisfies Record<string, Grade>;

export function toGrade(difference: number): Grade {
  if (difference === 0) return grades.tie;
  return difference > 0 ? grades.win : grades.loss;
}

/** −1, 0 or 1 with mean `mean`, differing with chance `discordance`. */
export function drawPair(random: Random, mean: number, discordance: number): number {
  const u = random.unit();
  const share = Math.max(discordance, Math.abs(mean));
  if (u >= share) return 0;
  return u < (share + mean) / 2 ? 1 : -1;
}

/** A normal draw (Box–Muller). */
export function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit());
}

/** The bare process without any of the machine's rules: one bet per value, in the order given. */
export interface NaiveProcess {
  readonly bet: (difference: number) => void;
  readonly hasPassed: () => boolean;
}

export function createNaive(): NaiveProcess {
  let process: EProcess = createEProcess('not-worse', margin);
  let isPassed = false;
  return {
    bet(difference) {
      if (isPassed) return;
      process = placeBet(process, difference);
      isPassed = hasReached(process, naiveThreshold);
    },
    hasPassed: () => isPassed,
  };
}
