// What the tests of the decision share: small frames, and a runner that plays a stored or live stage.
import { createHash } from 'node:crypto';
import { createSeededRandom } from '../../kernel/index.ts';
import {
  createTrialFold,
  type Frame,
  type FrameInput,
  type Grade,
  hashFrame,
  openTrial,
  planNext,
  toFrame,
  type TrialFold,
  type TrialState,
  tossCoin,
} from './index.ts';

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export const startAt = Date.UTC(2026, 0, 5);
export const dayMs = 86_400_000;

/** Units `s0…` of one case each. */
export function toUnits(count: number, prefix = 's'): { unit: string; cases: string[] }[] {
  return Array.from({ length: count }, (_, index) => ({
    unit: `${prefix}${index}`,
    cases: [`${prefix}${index}-c`],
  }));
}

export function toTestFrame(changes: Partial<FrameInput> = {}): Frame {
  return toFrame({
    trial: 't1',
    task: 'support',
    incumbent: 'frontier@closed',
    candidate: 'value@open',
    runBy: 'ann',
    margin: 0.05,
    seed: 'seed-1',
    stages: [
      { kind: 'stored', name: 'stored', units: toUnits(1500) },
      { kind: 'live', name: 'live', unitsMin: 200, unitsMax: 1500, daysMin: 2 },
    ],
    ...changes,
  });
}

export function openState(frame: Frame): TrialState {
  const opened = openTrial(
    { type: 'locked', at: startAt, frame, frameHash: hashFrame(frame, digest) },
    digest,
  );
  if (!opened.ok) throw new Error(opened.refusal.text);
  return opened.value;
}

export function must(fold: TrialFold, event: Parameters<TrialFold['apply']>[0]): void {
  const refusal = fold.apply(event);
  if (refusal !== undefined) throw new Error(`${event.type}: ${refusal.text}`);
}

/** A win, a tie or a loss as scores. */
export function toGrade(difference: number): Grade {
  return { kind: 'scores', candidate: difference < 0 ? 0 : 1, incumbent: difference > 0 ? 0 : 1 };
}

/** Both arms answer and a grader grades, at once. */
export function answerCase(fold: TrialFold, id: string, options: { at: number; grade: Grade }): void {
  const { at, grade } = options;
  must(fold, { type: 'answered', at, case: id, arm: 'incumbent', outcome: 'answered' });
  must(fold, { type: 'answered', at, case: id, arm: 'candidate', outcome: 'answered' });
  must(fold, { type: 'graded', at, case: id, grade });
}

/** The degraded arm loses `pairs` times. */
export function rejectControl(fold: TrialFold, pairs = 20): void {
  for (let pair = 0; pair < pairs; pair++) {
    must(fold, { type: 'control-graded', at: startAt, case: `control-${pair}`, difference: -1 });
  }
}

/** Runs the stored stage in its drawn order, looking after every unit, until it passes, ends or is exhausted. */
export function runStored(fold: TrialFold, draw: (id: string) => Grade, unitsMax = Infinity): void {
  for (let unit = 0; unit < unitsMax; unit++) {
    const [action] = planNext(fold.state(), 1);
    if (action?.kind !== 'assign') break;
    must(fold, { type: 'assigned', at: startAt, unit: action.unit });
    for (const id of action.cases) answerCase(fold, id, { at: startAt, grade: draw(id) });
    must(fold, { type: 'looked', at: startAt });
    if (fold.state().ending !== undefined || fold.state().stages.at(-1)?.status !== 'running') break;
  }
}

/** Runs live units over `days` days, one pair each, looking after every unit. */
export function runLive(
  fold: TrialFold,
  draw: (index: number) => Grade,
  options: { units: number; days: number; prefix?: string },
): void {
  for (let index = 0; index < options.units; index++) {
    const state = fold.state();
    if (state.alarm !== undefined || (state.ending !== undefined && state.ending.kind !== 'switch')) break;
    const at = startAt + Math.floor((index * options.days) / options.units) * dayMs + dayMs / 2;
    const unit = `${options.prefix ?? 'l'}${index}`;
    const share = toStepShare(state);
    if (tossCoin(state.frameHash, 'pair', unit) >= share) continue;
    must(fold, { type: 'assigned', at, unit, case: `${unit}-c`, probability: share });
    answerCase(fold, `${unit}-c`, { at, grade: draw(index) });
    if (fold.state().ending !== undefined) continue;
    must(fold, { type: 'looked', at });
    if (fold.state().ending !== undefined) break;
  }
}

function toStepShare(state: TrialState): number {
  const stage = state.frame.stages[state.stages.length - 1];
  if (stage === undefined || stage.kind === 'stored') throw new Error('Cannot find a live stage');
  if (state.isHeld || state.isHoldDue) return 1;
  return stage.steps[state.stages.at(-1)?.step ?? 0]?.pairedShare ?? 1;
}

/** A fold at the beginning of a trial. */
export function beginFold(frame: Frame = toTestFrame()): TrialFold {
  return createTrialFold(openState(frame));
}

/** Draws grades with a mean difference. */
export function drawer(mean: number, seed: number): () => Grade {
  const random = createSeededRandom(seed);
  return () => {
    const u = random.unit();
    const share = Math.max(0.06, Math.abs(mean));
    if (u >= share) return toGrade(0);
    return toGrade(u < (share + mean) / 2 ? 1 : -1);
  };
}

export function advance(fold: TrialFold): void {
  must(fold, { type: 'advanced', at: startAt, by: 'ann', to: 'stage' });
}

/** A trial that has passed its stored stage and stands at the beginning of the live one. */
export function atLive(frame = toTestFrame(), seed = 3): TrialFold {
  const fold = beginFold(frame);
  rejectControl(fold);
  runStored(fold, drawer(0.02, seed));
  advance(fold);
  return fold;
}
