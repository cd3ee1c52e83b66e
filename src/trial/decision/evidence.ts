import {
  createDetector,
  createEProcess,
  createHarmDetector,
  createJudgeProcess,
  type EDetector,
  type EProcess,
  feedDetector,
  type JudgedPair,
  type JudgeProcess,
  placeBet,
  placeJudgedBet,
  toJudgedBound,
  toJudgedLowerBound,
  toJudgedValue,
  toJudgeWeight,
  toLowerBound,
  toUpperBound,
  toValueCounts,
} from '../statistics/index.ts';
import type { Frame } from './frame.ts';
import type { Evidence, ResolvedPair } from './trial-state.ts';

type Process = EProcess | JudgeProcess;

/** The process inside, whose E is read. */
export function innerProcess(process: Process): EProcess {
  return 'process' in process ? process.process : process;
}

/** A fresh process of the kind that the frame's evidence needs. */
export function createProcess(frame: Frame, side: EProcess['side']): Process {
  const { evidence, grid, margin } = frame;
  if (evidence.kind === 'scores') return createEProcess(side, margin, grid);
  return createJudgeProcess(side, margin, { labelShare: evidence.labelShare, grid });
}

/** Nothing known yet. */
export function createEvidence(frame: Frame): Evidence {
  return {
    proof: createProcess(frame, 'not-worse'),
    harm: createProcess(frame, 'worse'),
    units: 0,
    pairs: 0,
    voids: 0,
    sum: 0,
    squares: 0,
    values: [],
    bounds: [],
  };
}

/** The restarting detector of harm for the frame's evidence. */
export function createFrameDetector(frame: Frame): EDetector {
  // Judged values have a bound of their own; the detector then works on shares of it.
  return frame.evidence.kind === 'scores'
    ? createHarmDetector(frame.margin, frame.grid)
    : createDetector(1, frame.grid);
}

function toJudgedPairs(pairs: readonly ResolvedPair[]): JudgedPair[] {
  return pairs.map(({ difference, label }) =>
    label === undefined ? { judge: difference } : { judge: difference, label },
  );
}

function placeOn(process: Process, mean: number, judged: readonly JudgedPair[]): Process {
  return 'process' in process ? placeJudgedBet(process, judged) : placeBet(process, mean);
}

/** A unit ready to be bet on: its value, the bound of that value, and its pairs for judged evidence. */
export interface UnitValue {
  readonly value: number;
  readonly bound: number;
  readonly judged: readonly JudgedPair[];
}

/** The value of a unit: the mean difference of its pairs, or the mean of their judged values. */
function toUnitValue(evidence: Evidence, pairs: readonly ResolvedPair[]): UnitValue {
  const { proof } = evidence;
  if (!('process' in proof)) {
    let sum = 0;
    for (const { difference } of pairs) sum += difference;
    return { value: sum / pairs.length, bound: 1, judged: [] };
  }
  const judged = toJudgedPairs(pairs);
  const weight = toJudgeWeight(proof);
  let sum = 0;
  for (const pair of judged) sum += toJudgedValue(pair, weight, proof.labelShare);
  return { value: sum / pairs.length, bound: toJudgedBound(weight, proof.labelShare), judged };
}

const voidOutcomes: ReadonlySet<ResolvedPair['outcome']> = new Set(['contradiction', 'ungradable', 'outage']);

/** Share of the resolved pairs that say nothing about the difference. */
export function toVoidShare({ pairs, voids }: Evidence): number {
  return pairs === 0 ? 0 : voids / pairs;
}

/** Places the unit's one bet and counts its value. Changes `evidence`. */
export function placeUnit(evidence: Evidence, pairs: readonly ResolvedPair[]): UnitValue {
  const unit = toUnitValue(evidence, pairs);
  evidence.proof = placeOn(evidence.proof, unit.value, unit.judged);
  evidence.harm = placeOn(evidence.harm, unit.value, unit.judged);
  evidence.units += 1;
  evidence.pairs += pairs.length;
  for (const { outcome } of pairs) if (voidOutcomes.has(outcome)) evidence.voids += 1;
  evidence.sum += unit.value;
  evidence.squares += unit.value * unit.value;
  evidence.values.push(unit.value);
  if (unit.judged.length > 0) evidence.bounds.push(unit.bound);
  return unit;
}

/** The same bet on one process more (the harm since a step of the ramp began). */
export function placeUnitOn(process: Process, unit: UnitValue): Process {
  return placeOn(process, unit.value, unit.judged);
}

/** Feeds the unit to the restarting detector. */
export function feedUnit(detector: EDetector, unit: UnitValue, margin: number): EDetector {
  const x = -unit.value - margin;
  return feedDetector(detector, unit.judged.length === 0 ? x : x / (unit.bound + margin));
}

/** Mean unit value and its standard deviation; 0 without units. */
export function toMoments(evidence: Evidence): { mean: number; deviation: number } {
  if (evidence.units === 0) return { mean: 0, deviation: 0 };
  const mean = evidence.sum / evidence.units;
  return { mean, deviation: Math.sqrt(Math.max(0, evidence.squares / evidence.units - mean * mean)) };
}

/** The one-sided bound that belongs to the rule at `threshold`; −1 while nothing can be said. */
export function toEvidenceBound(evidence: Evidence, threshold: number, frame: Frame): number {
  if (evidence.units === 0) return -1;
  if (frame.evidence.kind === 'scores') {
    return toLowerBound(toValueCounts(evidence.values), threshold, frame.grid);
  }
  return toJudgedLowerBound({ values: evidence.values, bounds: evidence.bounds }, threshold, frame.grid);
}

/** The bound from above, for what could not be proven harmless. */
export function toEvidenceCeiling(evidence: Evidence, threshold: number, frame: Frame): number {
  if (evidence.units === 0) return 1;
  if (frame.evidence.kind === 'scores') {
    return toUpperBound(toValueCounts(evidence.values), threshold, frame.grid);
  }
  const values = evidence.values.map((value) => -value);
  return -toJudgedLowerBound({ values, bounds: evidence.bounds }, threshold, frame.grid);
}
