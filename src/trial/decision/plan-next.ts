import { evaluate } from './evaluate.ts';
import { toFrameIndex } from './frame-index.ts';
import { currentStage, currentStageFrame, type TrialState } from './trial-state.ts';

/** What a runner should do now. Only a proposal: `applyEvent` checks everything again. */
export type TrialAction =
  | { readonly kind: 'roll-back' }
  | { readonly kind: 'hold' }
  | { readonly kind: 'look' }
  | { readonly kind: 'advance' }
  | { readonly kind: 'assign'; readonly unit: string; readonly cases: readonly string[] }
  /** Run again (stored) or wait for the deadline (live): assigned, but no answer is known. */
  | { readonly kind: 'recover'; readonly unit: string; readonly case: string; readonly rerun: boolean };

/**
 * The next actions, most urgent first; at most `inFlight` units are waiting at once. After a restart the
 * `recover` actions come first: stored cases are run again, live ones count as missing at their deadline.
 */
export function planNext(state: TrialState, inFlight = 16): TrialAction[] {
  if (state.isRolledBack) return [];
  if (state.alarm !== undefined) return [{ kind: 'roll-back' }];
  const stage = currentStage(state);
  const frame = currentStageFrame(state);
  if (state.ending !== undefined && frame.kind !== 'steady') return [];
  const actions: TrialAction[] = [];
  if (state.isHoldDue && !state.isHeld) actions.push({ kind: 'hold' });
  if (stage.status === 'passed') return [...actions, { kind: 'advance' }];
  if (evaluate(state) !== undefined) return [...actions, { kind: 'look' }];
  if (frame.kind !== 'stored') return actions;
  const order = toFrameIndex(state).order[state.stages.length - 1] ?? [];
  const room = Math.max(0, inFlight - stage.queue.length);
  for (const { unit, cases } of order.slice(stage.assigned, stage.assigned + room)) {
    actions.push({ kind: 'assign', unit, cases });
  }
  return actions;
}

/** What was assigned and has no answer, after a restart. */
export function planRecovery(state: TrialState): TrialAction[] {
  const rerun = currentStageFrame(state).kind === 'stored';
  return currentStage(state).queue.flatMap(({ unit, pairs }) =>
    pairs
      .filter(({ candidate, incumbent }) => candidate === undefined || incumbent === undefined)
      .map((pair): TrialAction => ({ kind: 'recover', unit, case: pair.case, rerun })),
  );
}
