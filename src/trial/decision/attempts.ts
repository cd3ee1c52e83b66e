import { toAttemptThreshold } from '../statistics/index.ts';
import { type Outcome } from './begin-trial.ts';
import { type Frame, hashFrame, type StageFrame } from './frame.ts';

/** All attempts on one task: candidates, arms and re-runs count alike. Plain data. */
export interface AttemptFamily {
  readonly task: string;
  readonly alpha: number;
  readonly attempts: readonly {
    readonly trial: string;
    readonly candidate: string;
    readonly frameHash: string;
    /** Stored cases it used, so that a later attempt cannot pick the ones that went well. */
    readonly cases: readonly string[];
  }[];
}

/** A task on which nothing has been tried. */
export function createFamily(task: string, alpha = 0.05): AttemptFamily {
  toAttemptThreshold(1, alpha);
  return { task, alpha, attempts: [] };
}

function toCases(frame: Frame): string[] {
  return frame.stages.flatMap((stage) =>
    stage.kind === 'stored' ? stage.units.flatMap(({ cases }) => cases) : [],
  );
}

/** A stage that holds cases with known outcomes passes on all of its units or not at all. */
function toWholeStage(stage: StageFrame, known: ReadonlySet<string>): StageFrame {
  if (stage.kind !== 'stored' || !stage.units.some(({ cases }) => cases.some((id) => known.has(id)))) {
    return stage;
  }
  const { length } = stage.units;
  return { ...stage, unitsMin: length, unitsMax: Math.max(length, stage.unitsMax) };
}

/**
 * Registers an attempt before its first pair and gives the frame with its number k, which needs E ≥ k(k+1)/α.
 * A re-run of the same candidate must take all the cases it has seen or none of them: choosing among known
 * outcomes would certify anything. Their order could be chosen too, by trying seeds until the wins come first
 * (1,000 seeds certified a table at the margin in 25 %), so a stage with known cases gets its whole length as
 * its least one: E at the end does not depend on the order.
 */
export function registerAttempt(
  family: AttemptFamily,
  frame: Frame,
  digest: (text: string) => string,
): Outcome<{ readonly family: AttemptFamily; readonly frame: Frame; readonly frameHash: string }> {
  const refuse = (text: string): { ok: false; refusal: { code: 'frame'; text: string } } => ({
    ok: false,
    refusal: { code: 'frame', text },
  });
  if (frame.task !== family.task) {
    return refuse(`Cannot register a trial of "${frame.task}" under "${family.task}"`);
  }
  if (frame.alpha !== family.alpha) return refuse('Cannot register a trial with another alpha than its task');
  if (family.attempts.some(({ trial }) => trial === frame.trial)) {
    return refuse(`Cannot register "${frame.trial}" twice`);
  }
  const cases = toCases(frame);
  const now = new Set(cases);
  for (const earlier of family.attempts) {
    if (earlier.candidate !== frame.candidate || earlier.cases.length === 0) continue;
    const reused = earlier.cases.filter((id) => now.has(id)).length;
    if (reused > 0 && reused < earlier.cases.length) {
      return refuse(
        `Cannot re-run "${frame.candidate}" on ${reused} of the ${earlier.cases.length} cases of "${earlier.trial}": ` +
          'take all of them or none, since their outcomes are known',
      );
    }
  }
  const known = new Set(
    family.attempts.flatMap((earlier) => (earlier.candidate === frame.candidate ? earlier.cases : [])),
  );
  const stages = frame.stages.map((stage) => toWholeStage(stage, known));
  const numbered: Frame = { ...frame, stages, attempt: family.attempts.length + 1 };
  const frameHash = hashFrame(numbered, digest);
  const attempt = { trial: frame.trial, candidate: frame.candidate, frameHash, cases };
  return {
    ok: true,
    value: { family: { ...family, attempts: [...family.attempts, attempt] }, frame: numbered, frameHash },
  };
}
