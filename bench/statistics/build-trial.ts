import { createHash } from 'node:crypto';
import {
  createTrialFold,
  type Frame,
  type FrameInput,
  hashFrame,
  openTrial,
  toFrame,
  type TrialFold,
  type UnitFrame,
} from '../../src/trial/decision/index.ts';
import { unitMs } from './drive-stage.ts';

export const margin = 0.03;

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const plainUnits = new Map<string, readonly UnitFrame[]>();

/** Units of `perUnit` cases each; the same list for the same size, since frames never change theirs. */
export function toUnits(count: number, perUnit = 1): readonly UnitFrame[] {
  const key = `${count}x${perUnit}`;
  const kept = plainUnits.get(key) ?? buildUnits(count, perUnit);
  plainUnits.set(key, kept);
  return kept;
}

function buildUnits(count: number, perUnit: number): UnitFrame[] {
  return Array.from({ length: count }, (_, index) => ({
    cases: Array.from({ length: perUnit }, (_unused, pair) => `u${index}.${pair}`),
    unit: `u${index}`,
  }));
}

/** Names and limits that all scenarios share; 300 units of time to wait for a grade. */
export function buildFrame(changes: Partial<FrameInput> & Pick<FrameInput, 'seed' | 'stages'>): Frame {
  return toFrame({
    trial: 'bench',
    task: 'bench',
    incumbent: 'frontier@closed',
    candidate: 'value@open',
    runBy: 'bench',
    margin,
    ...changes,
  });
}

/** Time until a grade counts as missing. */
const deadlineMs = 300 * unitMs;

/** A stored stage. */
export function stored(units: readonly UnitFrame[]): FrameInput['stages'][number] {
  return { kind: 'stored', name: 'stored', units, unitsMin: 0, deadlineMs };
}

/** A live stage of at least a week; no least size, which only would make false passes rarer. */
export function live(unitsMax: number, daysMin = 2): FrameInput['stages'][number] {
  return { kind: 'live', name: 'live', unitsMin: 0, unitsMax, daysMin, deadlineMs: 7 * 86_400_000 };
}

/** A trial at its beginning, its positive control rejected unless said otherwise. */
export function beginTrial(frame: Frame, options: { readonly isControlled?: boolean } = {}): TrialFold {
  const opened = openTrial({ type: 'locked', at: 0, frame, frameHash: hashFrame(frame, digest) }, digest);
  if (!opened.ok) throw new Error(opened.refusal.text);
  const fold = createTrialFold(opened.value);
  if (options.isControlled !== false) {
    for (let pair = 0; !fold.state().control.isRejected; pair++) {
      fold.apply({ type: 'control-graded', at: 0, case: `control-${pair}`, difference: -1 });
    }
  }
  return fold;
}

/** Whether the stage that was played has passed, or the trial ended in a Switch. */
export function hasPassed(fold: TrialFold): boolean {
  const state = fold.state();
  return state.ending?.kind === 'switch' || state.stages.at(-1)?.status === 'passed';
}
