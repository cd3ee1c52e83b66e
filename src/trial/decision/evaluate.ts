import { hasReached, projectLogE, toJudgedBound, toJudgeWeight } from '../statistics/index.ts';
import { innerProcess, toMoments, toVoidShare } from './evidence.ts';
import { type SliceFrame, toThreshold } from './frame.ts';
import { toFrameIndex } from './frame-index.ts';
import {
  currentStage,
  currentStageFrame,
  type Ending,
  type Evidence,
  type StageState,
  type TrialState,
} from './trial-state.ts';

/** Pairs before a share of void pairs, and units before a hopeless trend, is taken seriously. */
const voidPairsMin = 50;
const futileUnitsMin = 200;
/** How far above its estimate a hopeless trial is still given the benefit of the doubt, in standard errors. */
const hopeSigmas = 3;
/** One-sided 99 %: a share this far above its cap is above it. */
const voidSigmas = 2.326;

/** Whether nothing passes without this slice. */
function isNeeded({ critical, unproven }: SliceFrame): boolean {
  return critical && unproven === 'wait';
}

/**
 * E that a slice needs to be called proven: of those that a Switch waits for all are needed, the others share
 * α between them, since any of them might be quoted.
 */
export function toSliceThreshold(state: TrialState, slice: SliceFrame): number {
  const others = state.frame.slices.filter((entry) => !isNeeded(entry)).length;
  return toThreshold(state.frame) * (isNeeded(slice) ? 1 : others);
}

/**
 * Whether this evidence comes from graders that measure: the degraded arm was rejected, and the pairs that
 * say nothing are below their cap. Without that even the best E is made of ties.
 */
export function isMeasured(state: TrialState, evidence: Evidence): boolean {
  return state.control.isRejected && toVoidShare(evidence) <= state.frame.voidShareMax;
}

/** proven, harmed, or not shown, in one stage. */
export function toSliceStatus(
  state: TrialState,
  stage: StageState,
  slice: SliceFrame,
): 'proven' | 'harmed' | 'not-shown' {
  const evidence = stage.slices[slice.name];
  if (evidence === undefined) return 'not-shown';
  if (hasReached(innerProcess(evidence.harm), state.frame.stayThreshold * state.frame.slices.length)) {
    return 'harmed';
  }
  const isShown = hasReached(innerProcess(evidence.proof), toSliceThreshold(state, slice));
  return isShown && isMeasured(state, evidence) ? 'proven' : 'not-shown';
}

function findSlices(state: TrialState, status: 'harmed' | 'unproven'): SliceFrame[] {
  const stage = currentStage(state);
  return state.frame.slices.filter((slice) => {
    if (!isNeeded(slice)) return false;
    const is = toSliceStatus(state, stage, slice);
    return status === 'harmed' ? is === 'harmed' : is !== 'proven';
  });
}

/** Whether the E value of the current stage has reached the threshold of this attempt. */
export function isProven(state: TrialState): boolean {
  return hasReached(innerProcess(currentStage(state).evidence.proof), toThreshold(state.frame));
}

/** What still keeps a proven stage from passing; empty when nothing does. */
export function findBlocks(state: TrialState): string[] {
  const stage = currentStage(state);
  const frame = currentStageFrame(state);
  const blocks: string[] = [];
  if (stage.evidence.units < frame.unitsMin) {
    blocks.push(`${frame.unitsMin - stage.evidence.units} units to the least size`);
  }
  if (!state.control.isRejected) blocks.push('the positive control has not been rejected');
  if (toVoidShare(stage.evidence) > state.frame.voidShareMax) blocks.push('too many pairs say nothing');
  for (const { name } of findSlices(state, 'unproven')) {
    blocks.push(`the critical slice "${name}" is not proven`);
  }
  if (frame.kind === 'stored') return blocks;
  if (stage.days.length < frame.daysMin) {
    blocks.push(`${frame.daysMin - stage.days.length} days with peak hours`);
  }
  if (stage.step < frame.steps.length - 1) blocks.push('the ramp is not at its last step');
  if (state.isHoldDue || state.isHeld) blocks.push('the ramp is held');
  if (state.alarm !== undefined) blocks.push('an alarm is due');
  return blocks;
}

function isExhausted(state: TrialState): boolean {
  const stage = currentStage(state);
  const frame = currentStageFrame(state);
  if (stage.evidence.units >= frame.unitsMax) return true;
  if (frame.kind !== 'stored') return false;
  const { length } = toFrameIndex(state).order[state.stages.length - 1] ?? [];
  return stage.assigned >= length && stage.queue.length === 0;
}

/** Deviation of unit values in the scale of the bets. */
function toStakeDeviation(evidence: Evidence, margin: number): number {
  const { deviation } = toMoments(evidence);
  const { proof } = evidence;
  if (!('process' in proof)) return deviation;
  return deviation / (toJudgedBound(toJudgeWeight(proof), proof.labelShare) - margin);
}

/** Whether even a lucky rest could not prove it by n_max. */
function isFutile(state: TrialState): boolean {
  const { evidence } = currentStage(state);
  const frame = currentStageFrame(state);
  if (evidence.units < Math.max(frame.unitsMin, futileUnitsMin)) return false;
  const outlook = {
    units: frame.unitsMax - evidence.units,
    deviation: toStakeDeviation(evidence, state.frame.margin),
    sigmas: hopeSigmas,
  };
  return projectLogE(innerProcess(evidence.proof), outlook) < Math.log(toThreshold(state.frame));
}

/** Ends that need no complete evidence: harm, alarms, graders that do not measure. */
function findEarlyEnding(state: TrialState): Ending | undefined {
  const stage = currentStage(state);
  const { frame, control } = state;
  if (state.alarm !== undefined) return { kind: 'stay', reason: 'alarm' };
  if (hasReached(innerProcess(stage.evidence.harm), frame.stayThreshold)) {
    return { kind: 'stay', reason: 'harm' };
  }
  if (findSlices(state, 'harmed').length > 0) return { kind: 'stay', reason: 'slice-harmed' };
  const cap = frame.voidShareMax;
  const pairs = stage.pairs.resolved;
  const excess =
    toVoidShare(stage.evidence) - cap - voidSigmas * Math.sqrt((cap * (1 - cap)) / Math.max(1, pairs));
  if (pairs >= voidPairsMin && excess > 0) return { kind: 'cannot-measure', reason: 'void-share' };
  if (!control.isRejected && control.pairs >= frame.control.pairsMax) {
    return { kind: 'cannot-measure', reason: 'control' };
  }
  return undefined;
}

function findLateEnding(state: TrialState): Ending | undefined {
  const stage = currentStage(state);
  if (isProven(state)) {
    // Proven, but something else is missing. Only what more units cannot mend ends the trial.
    if (!isExhausted(state)) return undefined;
    if (toVoidShare(stage.evidence) > state.frame.voidShareMax) {
      return { kind: 'cannot-measure', reason: 'void-share' };
    }
    if (findSlices(state, 'unproven').length > 0) return { kind: 'not-shown', reason: 'slice-not-proven' };
    return undefined;
  }
  if (isExhausted(state)) {
    const { mean } = toMoments(stage.evidence);
    return { kind: 'not-shown', reason: mean <= -state.frame.margin ? 'below-margin' : 'units-max' };
  }
  return isFutile(state) ? { kind: 'not-shown', reason: 'futile' } : undefined;
}

/** Whether passing the current stage completes the proof: stored cases and live ones, each by itself. */
function isLastProof(state: TrialState): boolean {
  const kinds = state.frame.stages.map(({ kind }) => kind);
  const next = kinds[state.stages.length];
  return (
    currentStageFrame(state).kind === 'live' &&
    kinds.includes('stored') &&
    (next === undefined || next === 'steady')
  );
}

/** What a look at this moment decides: the trial ends, the stage passes, or neither. */
export function evaluate(state: TrialState): Ending | 'passed' | undefined {
  const stage = currentStage(state);
  if (stage.status !== 'running' || currentStageFrame(state).kind === 'steady') return undefined;
  const early = findEarlyEnding(state);
  if (early !== undefined) return early;
  if (isProven(state) && findBlocks(state).length === 0) {
    return isLastProof(state) ? { kind: 'switch', reason: 'proven' } : 'passed';
  }
  return findLateEnding(state);
}
