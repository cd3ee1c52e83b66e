import {
  attemptsMax,
  type BetGridKind,
  labelShareMin,
  toAttemptThreshold,
  toUnitsMin,
} from '../statistics/index.ts';
import { toCanonicalText } from './canonical-text.ts';
import { findFrameShapeFault } from './frame-shape.ts';

/**
 * Everything about a trial that must be fixed before its first pair. It is hashed at lock; nothing in it can
 * be changed afterwards, because whatever could be changed would be changed towards the wanted answer.
 */
export interface Frame {
  readonly trial: string;
  readonly task: string;
  /** Offers, `model@endpoint`. */
  readonly incumbent: string;
  readonly candidate: string;
  /** Who runs the trial; somebody else approves its verdict. */
  readonly runBy: string;
  /** k: which registered attempt on the task this is, from 1 (`registerAttempt`). */
  readonly attempt: number;
  /** Δ in score points (0.03 = 3 points). */
  readonly margin: number;
  /** Chance of a false Switch over all attempts on the task. */
  readonly alpha: number;
  readonly grid: BetGridKind;
  /** Feeds the order of the cases and the coins. */
  readonly seed: string;
  readonly evidence:
    | { readonly kind: 'scores' }
    | { readonly kind: 'judge-and-human'; readonly labelShare: number };
  /** E of harm that ends the trial with Stay. */
  readonly stayThreshold: number;
  /** Largest share of pairs that say nothing: contradictory, ungradable, or without an incumbent's answer. */
  readonly voidShareMax: number;
  readonly control: ControlFrame;
  readonly slices: readonly SliceFrame[];
  readonly stages: readonly StageFrame[];
  readonly alarm: AlarmFrame;
  /**
   * The bound of the present incumbent against the task's first one (0 or less), for the sum of the moves.
   */
  readonly boundBefore: number;
}

/** The degraded arm that the same graders must reject. */
export interface ControlFrame {
  /** E of "worse than −margin" that counts as rejected. */
  readonly threshold: number;
  readonly margin: number;
  /** Pairs after which graders that still have not rejected it are given up. */
  readonly pairsMax: number;
}

export interface SliceFrame {
  readonly name: string;
  /**
   * A critical slice must be proven (`wait`) or is left out of the Switch and stays on the incumbent
   * (`stay`).
   */
  readonly critical: boolean;
  readonly unproven: 'wait' | 'stay';
}

/**
 * False alarms: at most one in `days` days over all `detectors`, at `unitsPerDay` values of the busiest one:
 * paired units, or blocks of bad events (calls of the rarer arm / `perArm`) where those are more.
 */
export interface AlarmFrame {
  readonly days: number;
  readonly unitsPerDay: number;
  readonly detectors: number;
}

/** A conversation or a group of near-duplicate prompts: one bet. */
export interface UnitFrame {
  readonly unit: string;
  readonly cases: readonly string[];
  readonly stratum?: string;
  readonly slices?: readonly string[];
}

interface StageBase {
  readonly name: string;
  readonly unitsMin: number;
  readonly unitsMax: number;
  /** Time from assignment until an answer, a grade or a label counts as missing. */
  readonly deadlineMs: number;
}

/** Stored cases, both arms run afresh, in an order drawn over all strata. */
export interface StoredStage extends StageBase {
  readonly kind: 'stored';
  readonly units: readonly UnitFrame[];
}

/** Live traffic. `steady` comes after a Switch: detectors only, no proof. */
export interface LiveStage extends StageBase {
  readonly kind: 'live' | 'steady';
  /** Days with at least one unit in the peak hours that the stage must span. */
  readonly daysMin: number;
  /** Peak hours [from, to) in UTC; [0, 24] when there are none. */
  readonly peakHours: readonly [number, number];
  /** A conversation is closed this long after its first pair; what comes later is not part of the trial. */
  readonly windowMs: number;
  readonly pairsPerUnitMax: number;
  /**
   * Ramp: the candidate's share of traffic, the share of units answered by both, units before the next step.
   */
  readonly steps: readonly {
    readonly share: number;
    readonly pairedShare: number;
    readonly unitsMin: number;
  }[];
  readonly badEvents?: { readonly tolerance: number; readonly perArm: number };
}

export type StageFrame = StoredStage | LiveStage;

/** What must be said of a trial; the rest of the frame has defaults. */
export type FrameInput = Pick<
  Frame,
  'trial' | 'task' | 'incumbent' | 'candidate' | 'runBy' | 'margin' | 'seed'
> & {
  readonly stages: readonly (
    | (Pick<StoredStage, 'kind' | 'units'> & Partial<StoredStage>)
    | (Pick<LiveStage, 'kind'> & Partial<LiveStage>)
  )[];
} & Partial<Omit<Frame, 'stages' | 'control'>> & { readonly control?: Partial<ControlFrame> };

const hourMs = 3_600_000;
/** Units of one frame; the whole list is hashed and kept. */
const unitsMax = 1_000_000;

function toStage(stage: FrameInput['stages'][number], margin: number): StageFrame {
  if (stage.kind === 'stored') {
    const { length } = stage.units;
    const base = { name: 'stored', unitsMin: Math.min(100, length), unitsMax: length, deadlineMs: hourMs };
    return { ...base, ...stage };
  }
  // A margin out of range is a fault of the frame, told by `findFrameFaults`; defaults must not throw before
  // it.
  const unitsMin = stage.kind === 'steady' || !(margin > 0 && margin < 1) ? 0 : toUnitsMin(margin);
  return {
    name: stage.kind,
    unitsMin,
    unitsMax: stage.kind === 'steady' ? unitsMax : Math.max(1, unitsMin * 10),
    deadlineMs: hourMs,
    daysMin: stage.kind === 'steady' ? 0 : 7,
    peakHours: [0, 24],
    windowMs: hourMs,
    pairsPerUnitMax: 1,
    steps: [{ share: stage.kind === 'steady' ? 1 : 0.05, pairedShare: 1, unitsMin: 0 }],
    ...stage,
  };
}

/**
 * A frame with the defaults of the evidence rules: α = 5 %, Stay at E ≥ 100, at most 20 % of pairs without
 * evidence, a positive control rejected at E ≥ 20, live stages of at least a week and 700 · (.03/Δ)² units.
 */
export function toFrame(input: FrameInput): Frame {
  return {
    attempt: 1,
    alpha: 0.05,
    grid: 'log',
    evidence: { kind: 'scores' },
    stayThreshold: 100,
    voidShareMax: 0.2,
    slices: [],
    alarm: { days: 365, unitsPerDay: 200, detectors: 2 },
    boundBefore: 0,
    ...input,
    control: { threshold: 20, margin: input.margin, pairsMax: 300, ...input.control },
    stages: input.stages.map((stage) => toStage(stage, input.margin)),
  };
}

/** The hash that freezes a frame. `digest` is SHA-256 as hex, given by the caller so that this stays pure. */
export function hashFrame(frame: Frame, digest: (text: string) => string): string {
  return digest(toCanonicalText(frame));
}

/** E that this trial's proof needs in every stage. */
export function toThreshold(frame: Pick<Frame, 'attempt' | 'alpha'>): number {
  return toAttemptThreshold(frame.attempt, frame.alpha);
}

/** Everything that makes a frame unusable, as sentences; empty when it may be locked. */
export function findFrameFaults(frame: Frame): string[] {
  const misshapen = findFrameShapeFault(frame);
  if (misshapen !== undefined) return [`Cannot use the frame: ${misshapen} is missing or of the wrong type`];
  const faults: string[] = [];
  const need = (holds: boolean, text: string): void => {
    if (!holds) faults.push(text);
  };
  const inside = (value: number, low: number, high: number): boolean => value > low && value < high;
  need(
    inside(frame.margin, 0, 0.99),
    `Cannot use the margin ${frame.margin}: it must lie between 0 and 0.99`,
  );
  need(inside(frame.alpha, 0, 0.5), `Cannot use alpha ${frame.alpha}: it must lie between 0 and 0.5`);
  need(
    Number.isSafeInteger(frame.attempt) && frame.attempt >= 1 && frame.attempt <= attemptsMax,
    `Cannot use the attempt: it counts from 1 to ${attemptsMax}`,
  );
  need(frame.stayThreshold >= 20, 'Cannot use a Stay threshold below 20');
  need(frame.voidShareMax >= 0 && frame.voidShareMax <= 0.5, 'Cannot use a void share outside 0 to 0.5');
  need(frame.control.threshold >= 20, 'Cannot use a control threshold below 20: it must be convincing');
  need(
    inside(frame.control.margin, 0, 0.99),
    'Cannot use the control margin: it must lie between 0 and 0.99',
  );
  need(frame.control.pairsMax >= 1, 'Cannot run without a positive control: give it pairs');
  need(frame.boundBefore <= 0, 'Cannot use a bound before above 0: earlier moves can only have lost');
  need(frame.seed.length > 0, 'Cannot draw an order without a seed');
  need(frame.runBy.length > 0, 'Cannot lock without the name of who runs the trial');
  if (frame.evidence.kind === 'judge-and-human') {
    const { labelShare } = frame.evidence;
    need(
      labelShare >= labelShareMin && labelShare <= 1,
      `Cannot use the label share ${labelShare}: it must lie in [${labelShareMin}, 1]`,
    );
  }
  const { days, unitsPerDay, detectors } = frame.alarm;
  need(days > 0 && unitsPerDay > 0 && detectors >= 1, 'Cannot set alarms: days, units per day and detectors');
  need(
    frame.stages.length > 0 && frame.stages[0]?.kind !== 'steady',
    'Cannot run without a stage that proves something',
  );
  need(
    new Set(frame.slices.map(({ name }) => name)).size === frame.slices.length,
    'Cannot use a slice twice',
  );
  findStageFaults(frame, need);
  return faults;
}

type Need = (holds: boolean, text: string) => void;

function findStageFaults(frame: Frame, need: Need): void {
  const slices = new Set(frame.slices.map(({ name }) => name));
  const cases = new Set<string>();
  const units = new Set<string>();
  const names = new Set<string>();
  let rank = 0;
  for (const stage of frame.stages) {
    need(!names.has(stage.name), `Cannot use the stage name "${stage.name}" twice`);
    names.add(stage.name);
    const next = ['stored', 'live', 'steady'].indexOf(stage.kind);
    need(next >= rank, 'Cannot order the stages: stored before live before steady');
    rank = next;
    const counts = Number.isSafeInteger(stage.unitsMin) && Number.isSafeInteger(stage.unitsMax);
    need(
      counts && stage.unitsMin >= 0 && stage.unitsMax >= Math.max(1, stage.unitsMin),
      'Cannot use the unit limits',
    );
    need(stage.deadlineMs > 0, 'Cannot use a deadline that is not in the future');
    if (stage.kind !== 'stored') {
      findLiveFaults(stage, need);
      continue;
    }
    need(stage.units.length > 0 && stage.units.length <= unitsMax, 'Cannot run a stored stage without units');
    for (const unit of stage.units) {
      const fault = findUnitFault(unit, { slices, cases, units });
      if (fault !== undefined) need(false, fault);
    }
  }
}

/** The first fault of one unit; notes its names as used. */
function findUnitFault(
  unit: UnitFrame,
  used: { readonly slices: Set<string>; readonly cases: Set<string>; readonly units: Set<string> },
): string | undefined {
  const { size } = used.units;
  if (used.units.add(unit.unit).size === size) return `Cannot use the unit "${unit.unit}" twice`;
  if (unit.cases.length === 0) return `Cannot use the unit "${unit.unit}": it has no case`;
  for (const id of unit.cases) {
    if (used.cases.has(id)) return `Cannot use the case "${id}" twice: each case is one pair`;
    used.cases.add(id);
  }
  const { slices = [] } = unit;
  if (new Set(slices).size < slices.length) return `Cannot count the unit "${unit.unit}" twice in a slice`;
  for (const slice of slices) {
    if (!used.slices.has(slice)) return `Cannot find the slice "${slice}" in the frame`;
  }
  return undefined;
}

function findLiveFaults(stage: LiveStage, need: Need): void {
  const [from, to] = stage.peakHours;
  need(from >= 0 && to <= 24 && from < to, 'Cannot use the peak hours: [from, to) within 0 to 24');
  need(stage.daysMin >= 0 && stage.windowMs > 0, 'Cannot use the days or the window of a live stage');
  need(
    Number.isSafeInteger(stage.pairsPerUnitMax) && stage.pairsPerUnitMax >= 1,
    'Cannot use the pairs per unit',
  );
  need(stage.steps.length > 0, 'Cannot run a live stage without a step');
  const { tolerance, perArm } = stage.badEvents ?? { tolerance: 0, perArm: 1 };
  need(
    tolerance >= 0 && tolerance <= 0.99 && Number.isSafeInteger(perArm) && perArm >= 1,
    'Cannot watch bad events: a tolerance in [0, 0.99] and a whole number of calls per arm',
  );
  for (const step of stage.steps) {
    need(step.share >= 0 && step.share <= 1, `Cannot use the share ${step.share}`);
    need(step.unitsMin >= 0, `Cannot use ${step.unitsMin} as the units of a step`);
    need(step.pairedShare > 0 && step.pairedShare <= 1, `Cannot use the paired share ${step.pairedShare}`);
    // A first step too small to show anything must at least be compared in full.
    need(
      step.share > 0.05 || step.pairedShare === 1,
      'Cannot pair less than everything while the share is ≤ 5 %',
    );
  }
}
