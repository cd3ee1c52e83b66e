import type { EDetector, EProcess, JudgeProcess, ControlDetector } from '../statistics/index.ts';
import type { Grade } from './events.ts';
import type { Frame } from './frame.ts';

/** One pair that waits for its answers, grade or label. */
export interface PendingPair {
  case: string;
  assignedAt: number;
  candidate?: 'answered' | 'failed';
  incumbent?: 'answered' | 'failed';
  grade?: Grade;
  /** Whether the coin sent this pair to a person. */
  isDrawn: boolean;
  label?: number;
  resolved?: ResolvedPair;
}

/** What a pair says once nothing is awaited any more. */
export interface ResolvedPair {
  /** The difference that counts (the judge's, where people label). */
  difference: number;
  /** The person's difference, if the coin drew the pair; −1 when it never came. */
  label?: number;
  outcome: 'graded' | 'contradiction' | 'ungradable' | 'outage' | 'candidate-failed';
  /** Incumbent against itself: its second answer was worse / better / equal. */
  floor?: -1 | 0 | 1;
}

/** A unit in the queue; bets are placed in the order of this queue, whatever arrives first. */
export interface PendingUnit {
  unit: string;
  openedAt: number;
  isClosed: boolean;
  slices: readonly string[];
  pairs: PendingPair[];
}

/** Evidence of one stage, or of one slice in it. */
export interface Evidence {
  proof: EProcess | JudgeProcess;
  harm: EProcess | JudgeProcess;
  units: number;
  pairs: number;
  /** Pairs that say nothing: contradictory, ungradable, or without an answer of the incumbent. */
  voids: number;
  sum: number;
  squares: number;
  /** Unit values in betting order, for the bound; with judged evidence also the bound of each. */
  values: number[];
  bounds: number[];
}

/** Pairs by what became of them. */
export interface PairCounts {
  resolved: number;
  wins: number;
  losses: number;
  contradictions: number;
  ungradable: number;
  outages: number;
  candidateFailures: number;
  /** Incumbent against itself. */
  floorPairs: number;
  floorLosses: number;
  floorWins: number;
}

export interface StageState {
  name: string;
  status: 'running' | 'passed' | 'ended';
  /** Units of a stored stage that have been assigned, in the drawn order. */
  assigned: number;
  queue: PendingUnit[];
  evidence: Evidence;
  slices: Record<string, Evidence>;
  pairs: PairCounts;
  /** UTC days with a unit in the peak hours. */
  days: number[];
  firstAt: number;
  lastAt: number;
  step: number;
  stepUnits: number;
  /** Harm since the step began; E ≥ 20 holds the ramp. */
  stepHarm: EProcess | JudgeProcess;
}

/** How a trial ended, or that it has not. */
export type Ending =
  | { kind: 'switch'; reason: 'proven' }
  | { kind: 'stay'; reason: 'harm' | 'slice-harmed' | 'alarm' | 'rolled-back' }
  | { kind: 'not-shown'; reason: 'units-max' | 'futile' | 'slice-not-proven' | 'below-margin' }
  | { kind: 'cannot-measure'; reason: 'void-share' | 'control' };

/**
 * The whole state of a trial as plain data: `JSON.parse(JSON.stringify(state))` goes on exactly as `state`
 * does. Only the functions of this folder change it.
 */
export interface TrialState {
  version: 1;
  frame: Frame;
  frameHash: string;
  lockedAt: number;
  at: number;
  events: number;
  /** Index of the current stage in the frame; `stages` holds those begun, the last one is current. */
  stages: StageState[];
  control: { process: EProcess; pairs: number; isRejected: boolean; cases: Record<string, 1> };
  detector: EDetector;
  badEvents?: ControlDetector;
  /** Live ids seen, `u:` units and `c:` cases; stored ones are known from the frame. */
  seen: Record<string, 1>;
  /** A hold or an alarm that is due stays so until it is answered. */
  isHoldDue: boolean;
  isHeld: boolean;
  alarm?: 'harm' | 'bad-events';
  isAlarmed: boolean;
  isRolledBack: boolean;
  ending?: Ending & { at: number };
  approvedBy?: string;
}

/** A copy that can be changed without changing the original; the frame is shared, since it never changes. */
export function copyState(state: TrialState): TrialState {
  const { frame, ...rest } = state;
  return { ...structuredClone(rest), frame };
}

/** The stage that runs, or ran last. */
export function currentStage(state: TrialState): StageState {
  return state.stages.at(-1) as StageState;
}

/** Its part of the frame. */
export function currentStageFrame(state: TrialState): Frame['stages'][number] {
  return state.frame.stages[state.stages.length - 1] as Frame['stages'][number];
}
