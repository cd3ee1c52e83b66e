import { type CostRatio, toAlarmThreshold, toDetectorValue, toLogE } from '../statistics/index.ts';
import { findBlocks, isMeasured, isProven, toSliceStatus, toSliceThreshold } from './evaluate.ts';
import { innerProcess, toEvidenceBound, toEvidenceCeiling, toMoments, toVoidShare } from './evidence.ts';
import { toThreshold } from './frame.ts';
import {
  currentStage,
  currentStageFrame,
  type Ending,
  type Evidence,
  type StageState,
  type TrialState,
} from './trial-state.ts';

/** One stage in figures. */
export interface StageReport {
  readonly name: string;
  readonly kind: 'stored' | 'live' | 'steady';
  readonly status: StageState['status'];
  /** Units bet on; pairs in them. */
  readonly units: number;
  readonly pairs: number;
  readonly logE: number;
  readonly logHarm: number;
  /**
   * One-sided bound of the mean difference that belongs to the rule at this attempt's threshold; −1 while the
   * graders have not rejected the degraded arm or too many pairs say nothing.
   */
  readonly bound: number;
  /** Mean at this moment. At a stopping moment it looks better than the truth: say the bound first. */
  readonly difference: number;
  readonly deviation: number;
  readonly wins: number;
  readonly losses: number;
  readonly candidateFailures: number;
  readonly voidShare: number;
  readonly from: number;
  readonly to: number;
  readonly days: number;
}

/** A slice at the end, over all stages that prove: the weakest of them counts. */
export interface SliceReport {
  readonly name: string;
  readonly critical: boolean;
  readonly status: 'proven' | 'harmed' | 'not-shown';
  readonly units: number;
  /** It could be as bad as this. */
  readonly bound: number;
  readonly ceiling: number;
}

/** What a verdict never covers, whatever the figures. `no-…` ones name what this trial could not test. */
export type Unsaid =
  | 'nothing-got-worse'
  | 'later-periods'
  | 'single-customers'
  | 'unproven-slices'
  | 'other-hosts'
  | 'precise-difference'
  | 'multi-turn'
  | 'safety'
  | 'live-traffic'
  | 'noise-floor';

/** The result of a trial at this moment, as data. */
export interface Verdict {
  readonly kind: Ending['kind'] | 'not-yet';
  readonly reason: Ending['reason'] | 'running' | 'stage-passed';
  readonly trial: string;
  readonly task: string;
  readonly incumbent: string;
  readonly candidate: string;
  readonly margin: number;
  readonly alpha: number;
  readonly attempt: number;
  readonly threshold: number;
  readonly frameHash: string;
  readonly grader: 'scores' | 'judge-and-human';
  /** The bound of the deciding stage; first, because it is what was proven. */
  readonly bound: number;
  /** The sum of this bound and the earlier moves' since the task's first incumbent. */
  readonly boundAgainstFirst: number;
  readonly stages: readonly StageReport[];
  /** Fresh incumbent against fresh incumbent: shown beside the losses, never taken off. */
  readonly incumbentOwn?: { readonly pairs: number; readonly losses: number; readonly wins: number };
  readonly slices: readonly SliceReport[];
  /** Slices that stay on the incumbent even after a Switch. */
  readonly except: readonly string[];
  readonly control: { readonly pairs: number; readonly isRejected: boolean };
  readonly detector: { readonly value: number; readonly threshold: number };
  /** About how many more units until a proof at the present rate; absent when it does not grow. */
  readonly unitsMore?: number;
  readonly blocks: readonly string[];
  readonly unsaid: readonly Unsaid[];
  readonly approvedBy?: string;
  readonly cost?: CostReport;
}

/** The cost beside the quality, with what it was measured under (cache warmth, hours, tariff). */
export interface CostReport {
  readonly ratio: CostRatio;
  readonly conditions: string;
}

/** The bound that may be stated: none (−1) from graders that have not been seen to measure. */
function toBound(state: TrialState, evidence: Evidence, threshold: number): number {
  return isMeasured(state, evidence) ? toEvidenceBound(evidence, threshold, state.frame) : -1;
}

function toStageReport(state: TrialState, number: number): StageReport {
  const stage = state.stages[number] as StageState;
  const { evidence, pairs } = stage;
  const { mean, deviation } = toMoments(evidence);
  return {
    name: stage.name,
    kind: state.frame.stages[number]?.kind ?? 'stored',
    status: stage.status,
    units: evidence.units,
    pairs: pairs.resolved,
    logE: toLogE(innerProcess(evidence.proof)),
    logHarm: toLogE(innerProcess(evidence.harm)),
    bound: toBound(state, evidence, toThreshold(state.frame)),
    difference: mean,
    deviation,
    wins: pairs.wins,
    losses: pairs.losses,
    candidateFailures: pairs.candidateFailures,
    voidShare: toVoidShare(evidence),
    from: stage.firstAt,
    to: stage.lastAt,
    days: stage.days.length,
  };
}

/** Stages that prove something: a steady stage only watches. */
function provingStages(state: TrialState): StageState[] {
  return state.stages.filter((_, number) => state.frame.stages[number]?.kind !== 'steady');
}

function toSliceReports(state: TrialState): SliceReport[] {
  const stages = provingStages(state);
  const planned = state.frame.stages.filter(({ kind }) => kind !== 'steady').length;
  return state.frame.slices.map((slice) => {
    const found = stages.map((stage) => toSliceStatus(state, stage, slice));
    const isProvenInAll = stages.length === planned && found.every((status) => status === 'proven');
    const threshold = toSliceThreshold(state, slice);
    const evidence = stages.flatMap((stage) => stage.slices[slice.name] ?? []);
    const unproven = isProvenInAll ? 'proven' : 'not-shown';
    return {
      name: slice.name,
      critical: slice.critical,
      status: found.includes('harmed') ? 'harmed' : unproven,
      units: evidence.reduce((sum, { units }) => sum + units, 0),
      bound: Math.min(1, ...evidence.map((entry) => toBound(state, entry, threshold))),
      ceiling: Math.max(-1, ...evidence.map((entry) => toEvidenceCeiling(entry, threshold, state.frame))),
    };
  });
}

/** Units until the best bet has paid for the mixture and the threshold, at its rate so far. */
function toUnitsMore(state: TrialState): number | undefined {
  const { proof, units } = currentStage(state).evidence;
  const { logWealth } = innerProcess(proof);
  const best = Math.max(...logWealth);
  const wanted = Math.log(toThreshold(state.frame)) + Math.log(logWealth.length);
  const atLeast = currentStageFrame(state).unitsMin - units;
  if (isProven(state)) return Math.max(0, atLeast);
  if (units === 0 || best <= 0) return undefined;
  return Math.max(1, atLeast, Math.ceil(((wanted - best) / best) * units));
}

function toUnsaid(state: TrialState): Unsaid[] {
  const unsaid: Unsaid[] = ['nothing-got-worse', 'later-periods', 'single-customers', 'other-hosts'];
  // Even where every named slice is proven, there are others that nobody named.
  unsaid.push('precise-difference', 'safety', 'unproven-slices');
  const lives = state.stages
    .map((_, number) => state.frame.stages[number])
    .filter((one) => one?.kind === 'live');
  if (lives.length === 0) unsaid.push('live-traffic');
  if (!lives.some((one) => one?.kind === 'live' && one.pairsPerUnitMax > 1)) unsaid.push('multi-turn');
  if (state.stages.every(({ pairs }) => pairs.floorPairs === 0)) unsaid.push('noise-floor');
  return unsaid;
}

function toOutcome(state: TrialState): Pick<Verdict, 'kind' | 'reason'> {
  if (state.ending !== undefined) return { kind: state.ending.kind, reason: state.ending.reason };
  return { kind: 'not-yet', reason: currentStage(state).status === 'passed' ? 'stage-passed' : 'running' };
}

function toDetectorReport(state: TrialState): Verdict['detector'] {
  const { days, unitsPerDay, detectors } = state.frame.alarm;
  const threshold = toAlarmThreshold({ days, valuesPerDay: unitsPerDay, detectors });
  return { value: toDetectorValue(state.detector), threshold };
}

/** The verdict of a trial at this moment. Reads the state only; a terminal kind appears after `looked` decided it. */
export function toVerdict(state: TrialState, cost?: CostReport): Verdict {
  const { frame } = state;
  const stages = state.stages.map((_, number) => toStageReport(state, number));
  const slices = toSliceReports(state);
  const deciding = stages.findLast(({ kind }) => kind !== 'steady') as StageReport;
  const floor = state.stages.reduce(
    (sum, { pairs }) => ({
      pairs: sum.pairs + pairs.floorPairs,
      losses: sum.losses + pairs.floorLosses,
      wins: sum.wins + pairs.floorWins,
    }),
    { pairs: 0, losses: 0, wins: 0 },
  );
  const outcome = toOutcome(state);
  const isOpen = outcome.kind === 'not-yet' && outcome.reason === 'running';
  const more = outcome.kind === 'not-yet' || outcome.kind === 'not-shown' ? toUnitsMore(state) : undefined;
  const kept = slices.filter(({ name, status }) => {
    const unproven = frame.slices.find((slice) => slice.name === name)?.unproven;
    return status === 'harmed' || (status !== 'proven' && unproven === 'stay');
  });
  return {
    ...outcome,
    trial: frame.trial,
    task: frame.task,
    incumbent: frame.incumbent,
    candidate: frame.candidate,
    margin: frame.margin,
    alpha: frame.alpha,
    attempt: frame.attempt,
    threshold: toThreshold(frame),
    frameHash: state.frameHash,
    grader: frame.evidence.kind,
    bound: deciding.bound,
    boundAgainstFirst: Math.max(-1, deciding.bound + frame.boundBefore),
    stages,
    ...(floor.pairs > 0 ? { incumbentOwn: floor } : {}),
    slices,
    except: kept.map(({ name }) => name),
    control: { pairs: state.control.pairs, isRejected: state.control.isRejected },
    detector: toDetectorReport(state),
    ...(more === undefined ? {} : { unitsMore: more }),
    blocks: isOpen ? findBlocks(state) : [],
    unsaid: toUnsaid(state),
    ...(state.approvedBy === undefined ? {} : { approvedBy: state.approvedBy }),
    ...(cost === undefined ? {} : { cost }),
  };
}
