import type { Grade } from './events.ts';
import type { PendingPair, ResolvedPair } from './trial-state.ts';

/** Whether a value is a number from `low` to 1. Null, which JSON makes of NaN, would compare as a score of 0. */
export function isScore(value: unknown, low: -1 | 0): value is number {
  return typeof value === 'number' && value >= low && value <= 1;
}

/** Whether a grade is one, and its numbers are in range. */
export function isGradeInRange(grade: Grade): boolean {
  if (typeof grade !== 'object' || grade === null) return false;
  if (grade.kind === 'scores') {
    const isFloorFine = grade.again === undefined || isScore(grade.again, 0);
    return isScore(grade.candidate, 0) && isScore(grade.incumbent, 0) && isFloorFine;
  }
  if (grade.kind === 'difference') {
    const { difference, isContradiction } = grade;
    return isScore(difference, -1) && (isContradiction === undefined || typeof isContradiction === 'boolean');
  }
  if (grade.kind === 'triple') {
    return typeof grade.candidateEqual === 'boolean' && typeof grade.incumbentEqual === 'boolean';
  }
  return grade.kind === 'ungradable';
}

function toDifference(grade: Exclude<Grade, { kind: 'ungradable' }>, isCandidateFailed: boolean): number {
  switch (grade.kind) {
    case 'scores':
      return (isCandidateFailed ? 0 : grade.candidate) - grade.incumbent;
    case 'triple':
      return (isCandidateFailed ? 0 : Number(grade.candidateEqual)) - Number(grade.incumbentEqual);
    case 'difference':
      break;
  }
  if (isCandidateFailed) return -1;
  // Orders that disagree are no evidence of anything, so the pair is a tie, and counted as void.
  return grade.isContradiction === true ? 0 : grade.difference;
}

function toFloor(grade: Grade): -1 | 0 | 1 | undefined {
  if (grade.kind === 'triple') return grade.incumbentEqual ? 0 : -1;
  if (grade.kind !== 'scores' || grade.again === undefined) return undefined;
  return Math.sign(grade.again - grade.incumbent) as -1 | 0 | 1;
}

function fromGrade(pair: PendingPair, grade: Grade): ResolvedPair {
  if (grade.kind === 'ungradable') return { difference: -1, outcome: 'ungradable' };
  const isFailed = pair.candidate === 'failed';
  const difference = toDifference(grade, isFailed);
  const floor = toFloor(grade);
  const isVoid = !isFailed && grade.kind === 'difference' && grade.isContradiction === true;
  const graded = isVoid ? 'contradiction' : 'graded';
  const outcome = isFailed ? 'candidate-failed' : graded;
  return floor === undefined ? { difference, outcome } : { difference, outcome, floor };
}

/** What a pair says whose incumbent has been silent until the deadline. */
function fromSilence({ candidate }: PendingPair): ResolvedPair {
  if (candidate === 'answered') return { difference: 0, outcome: 'outage' };
  return { difference: -1, outcome: candidate === 'failed' ? 'candidate-failed' : 'ungradable' };
}

/** Whether the person's label decides this pair and has still to come. */
function isLabelAwaited(pair: PendingPair): boolean {
  return pair.isDrawn && pair.label === undefined;
}

/**
 * What a pair says, or undefined while something is awaited and the deadline has not passed. Nothing is
 * dropped:
 * - the incumbent is out: 0, never a win for the candidate, and counted as void. It is out if it failed, or
 *   if it is silent where the candidate has answered. Where the candidate has not answered either, nobody has
 *   shown that it was the incumbent: a runner that asks the candidate first and waits would otherwise turn
 *   every time-out into a tie;
 * - the candidate failed: its score is 0; against a pairwise judge it has lost;
 * - not graded in time, or ungradable: −1. Whoever loses the bad grades gains nothing;
 * - a label that the coin asked for and nobody gave: −1.
 */
export function resolvePair(pair: PendingPair, isPast: boolean, isJudged: boolean): ResolvedPair | undefined {
  if (pair.incumbent === 'failed') return withLabel(pair, { difference: 0, outcome: 'outage' }, 0);
  if (pair.incumbent === undefined) {
    return isPast ? withLabel(pair, fromSilence(pair), -1) : undefined;
  }
  if (pair.grade !== undefined) {
    if (isLabelAwaited(pair) && !isPast) return undefined;
    return withLabel(pair, fromGrade(pair, pair.grade), -1);
  }
  if (pair.candidate === 'failed' && (isPast || isJudged)) {
    return withLabel(pair, { difference: -1, outcome: 'candidate-failed' }, -1);
  }
  if (!isPast) return undefined;
  const outcome = pair.candidate === undefined ? 'candidate-failed' : 'ungradable';
  return withLabel(pair, { difference: -1, outcome }, -1);
}

function withLabel(pair: PendingPair, resolved: ResolvedPair, missing: number): ResolvedPair {
  if (!pair.isDrawn) return resolved;
  // Failures and outages are facts that no person need judge; their label is the fact itself.
  const isFact = resolved.outcome === 'outage' || resolved.outcome === 'candidate-failed';
  return { ...resolved, label: isFact ? resolved.difference : (pair.label ?? missing) };
}
