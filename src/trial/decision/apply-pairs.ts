// Events of pairs: assignment, answers, grades, labels, deadlines, and the bets that follow from them.
import { hasReached, toAlarmThreshold, toDetectorValue } from '../statistics/index.ts';
import { tossCoin } from './coin.ts';
import type { LiveAssigned, Refusal, RefusalCode, TrialEvent } from './events.ts';
import { createEvidence, feedUnit, innerProcess, placeUnit, placeUnitOn } from './evidence.ts';
import type { LiveStage } from './frame.ts';
import { toFrameIndex } from './frame-index.ts';
import { isGradeInRange, isScore, resolvePair } from './resolve-pair.ts';
import {
  currentStage,
  currentStageFrame,
  type PairCounts,
  type PendingPair,
  type PendingUnit,
  type ResolvedPair,
  type StageState,
  type TrialState,
} from './trial-state.ts';

type Event<Type extends TrialEvent['type']> = Extract<TrialEvent, { type: Type }>;

const dayMs = 86_400_000;
/** E of harm since the step began that holds the ramp: going back is cheap, so it takes less than a proof. */
const holdThreshold = 20;
/** Units that may wait for a late one; a runner that far ahead has lost its way. */
const queueMax = 100_000;

/** A refusal with its sentence. */
export function refuse(code: RefusalCode, text: string): Refusal {
  return { code, text };
}

function toPair(state: TrialState, id: string, at: number): PendingPair {
  const { evidence } = state.frame;
  const share = evidence.kind === 'scores' ? 0 : evidence.labelShare;
  return { case: id, assignedAt: at, isDrawn: share > 0 && tossCoin(state.frameHash, 'label', id) < share };
}

/** Assigns a stored unit, which must be the next one of the drawn order. */
function assignStored(state: TrialState, event: Event<'assigned'>): Refusal | undefined {
  const stage = currentStage(state);
  const order = toFrameIndex(state).order[state.stages.length - 1] ?? [];
  const next = order[stage.assigned];
  if (next === undefined) {
    return refuse('order', `Cannot assign "${event.unit}": every unit has been assigned`);
  }
  if (next.unit !== event.unit) {
    const isOld = (toFrameIndex(state).placeOfUnit.get(event.unit)?.place ?? Infinity) < stage.assigned;
    return isOld
      ? refuse('duplicate', `Cannot assign "${event.unit}" twice`)
      : refuse('order', `Cannot assign "${event.unit}": the drawn order wants "${next.unit}"`);
  }
  stage.assigned += 1;
  stage.queue.push({
    unit: next.unit,
    openedAt: event.at,
    isClosed: true,
    slices: next.slices ?? [],
    pairs: next.cases.map((id) => toPair(state, id, event.at)),
  });
  return undefined;
}

/** The share of live units that is paired now: all of them while the ramp is held. */
function toPairedShare(state: TrialState, frame: LiveStage): number {
  return state.isHeld || state.isHoldDue ? 1 : (frame.steps[currentStage(state).step]?.pairedShare ?? 1);
}

function findLiveFault(state: TrialState, event: LiveAssigned, frame: LiveStage): Refusal | undefined {
  const share = toPairedShare(state, frame);
  const index = toFrameIndex(state);
  if (index.unitOfCase.has(event.case) || index.placeOfUnit.has(event.unit)) {
    return refuse('duplicate', `Cannot pair "${event.case}" live: its name or its unit's is a stored one's`);
  }
  if (Object.hasOwn(state.seen, `c:${event.case}`)) {
    return refuse('duplicate', `Cannot pair "${event.case}" twice`);
  }
  // Written so that NaN is refused too: it would otherwise pass here, and then the coin itself.
  if (typeof event.probability !== 'number' || !(Math.abs(event.probability - share) <= 1e-9)) {
    return refuse('coin', `Cannot pair with probability ${event.probability}: the step says ${share}`);
  }
  const { slices = [] } = event;
  if (new Set(slices).size < slices.length) {
    return refuse('value', `Cannot count the unit "${event.unit}" twice in a slice`);
  }
  for (const slice of slices) {
    if (!state.frame.slices.some(({ name }) => name === slice)) {
      return refuse('unknown', `Cannot find the slice "${slice}" in the frame`);
    }
  }
  return undefined;
}

function assignLive(state: TrialState, event: LiveAssigned, frame: LiveStage): Refusal | undefined {
  const fault = findLiveFault(state, event, frame);
  if (fault !== undefined) return fault;
  const stage = currentStage(state);
  let unit = findUnit(state, event.unit);
  if (unit === undefined && Object.hasOwn(state.seen, `u:${event.unit}`)) {
    return refuse('duplicate', `Cannot reopen the unit "${event.unit}"`);
  }
  if (unit === undefined) {
    if (tossCoin(state.frameHash, 'pair', event.unit) >= event.probability) {
      return refuse('coin', `Cannot pair the unit "${event.unit}": its coin says no`);
    }
    if (stage.queue.length >= queueMax) return refuse('state', `Cannot wait for more than ${queueMax} units`);
    unit = { unit: event.unit, openedAt: event.at, isClosed: false, slices: event.slices ?? [], pairs: [] };
    stage.queue.push(unit);
    state.seen[`u:${event.unit}`] = 1;
  } else if (unit.isClosed || event.at > unit.openedAt + frame.windowMs) {
    return refuse('too-late', `Cannot add to the unit "${event.unit}": it is closed`);
  }
  unit.pairs.push(toPair(state, event.case, event.at));
  state.seen[`c:${event.case}`] = 1;
  if (unit.pairs.length >= frame.pairsPerUnitMax) unit.isClosed = true;
  return undefined;
}

/** `assigned`: before the call, in the drawn order or with the unit's coin. */
export function applyAssigned(state: TrialState, event: Event<'assigned'>): Refusal | undefined {
  const stage = currentStage(state);
  const frame = currentStageFrame(state);
  if (stage.status !== 'running') return refuse('state', 'Cannot assign: the stage is over');
  if (state.alarm !== undefined) return refuse('state', 'Cannot assign: an alarm is due, roll back');
  if ('case' in event) {
    if (frame.kind === 'stored') return refuse('state', 'Cannot assign a single case of a stored unit');
    return assignLive(state, event, frame);
  }
  if (frame.kind !== 'stored') return refuse('state', 'Cannot assign a live unit without its case');
  return assignStored(state, event);
}

interface Found {
  readonly unit: PendingUnit;
  readonly pair: PendingPair;
}

/** A waiting unit by its name. */
function findUnit(state: TrialState, name: string): PendingUnit | undefined {
  const { queue } = currentStage(state);
  const { placeOfUnit } = toFrameIndex(state);
  const first = placeOfUnit.get(queue[0]?.unit ?? '');
  const wanted = placeOfUnit.get(name);
  if (first === undefined || wanted === undefined) return queue.findLast(({ unit }) => unit === name);
  // Invariant: stored units are assigned in order and leave at the head, so the queue has no gaps.
  const found = queue[wanted.place - first.place];
  return found?.unit === name ? found : undefined;
}

function findPending(state: TrialState, id: string): Found | Refusal {
  const storedUnit = toFrameIndex(state).unitOfCase.get(id);
  const unit =
    storedUnit === undefined
      ? currentStage(state).queue.findLast(({ pairs }) => pairs.some((pair) => pair.case === id))
      : findUnit(state, storedUnit);
  const pair = unit?.pairs.find((entry) => entry.case === id);
  if (unit !== undefined && pair !== undefined) {
    return pair.resolved === undefined
      ? { unit, pair }
      : refuse('duplicate', `Cannot change "${id}": it is resolved`);
  }
  const index = toFrameIndex(state);
  const place = index.placeOfUnit.get(index.unitOfCase.get(id) ?? '');
  const isStoredDone =
    place !== undefined &&
    (place.stage < state.stages.length - 1 ||
      (place.stage === state.stages.length - 1 && place.place < currentStage(state).assigned));
  if (isStoredDone || Object.hasOwn(state.seen, `c:${id}`)) {
    return refuse('duplicate', `Cannot change "${id}": resolved`);
  }
  return refuse('unknown', `Cannot find the case "${id}": it was not assigned`);
}

function isLate(state: TrialState, pair: PendingPair, at: number): boolean {
  return at > pair.assignedAt + currentStageFrame(state).deadlineMs;
}

/** `answered`, `graded` and `labelled`: one pair learns something. */
export function applyToPair(
  state: TrialState,
  event: Event<'answered'> | Event<'graded'> | Event<'labelled'>,
): Refusal | undefined {
  const found = findPending(state, event.case);
  if ('code' in found) return found;
  const { pair, unit } = found;
  if (isLate(state, pair, event.at)) {
    return refuse(
      'too-late',
      `Cannot use what came for "${event.case}" after its deadline: it counts as missing`,
    );
  }
  const fault = changePair(pair, event);
  if (fault !== undefined) return fault;
  settle(state, unit, false);
  return undefined;
}

function changePair(
  pair: PendingPair,
  event: Event<'answered'> | Event<'graded'> | Event<'labelled'>,
): Refusal | undefined {
  switch (event.type) {
    case 'answered':
      if (pair[event.arm] !== undefined) return refuse('duplicate', `Cannot answer "${event.case}" twice`);
      if (event.arm === 'incumbent' && event.origin === 'stored') {
        return refuse('state', 'Cannot compare with a stored answer: run the incumbent afresh');
      }
      pair[event.arm] = event.outcome;
      return undefined;
    case 'graded':
      if (pair.grade !== undefined) return refuse('duplicate', `Cannot grade "${event.case}" twice`);
      if (pair.candidate === undefined || pair.incumbent === undefined) {
        return refuse('state', `Cannot grade "${event.case}" before both arms have answered`);
      }
      if (!isGradeInRange(event.grade)) {
        return refuse('value', `Cannot use the grade of "${event.case}": out of range`);
      }
      pair.grade = event.grade;
      return undefined;
    case 'labelled':
      break;
  }
  if (!pair.isDrawn) return refuse('coin', `Cannot label "${event.case}": the coin did not draw it`);
  if (pair.label !== undefined) return refuse('duplicate', `Cannot label "${event.case}" twice`);
  if (!isScore(event.difference, -1)) return refuse('value', 'Cannot use the label');
  pair.label = event.difference;
  return undefined;
}

/** `unit-closed`: no further pair of a live conversation counts. Only the clock may say so, not the answers. */
export function applyClosed(state: TrialState, event: Event<'unit-closed'>): Refusal | undefined {
  const frame = currentStageFrame(state);
  const unit = findUnit(state, event.unit);
  if (unit === undefined || frame.kind === 'stored') {
    return refuse('unknown', `Cannot find the unit "${event.unit}"`);
  }
  if (unit.isClosed) return refuse('duplicate', `Cannot close "${event.unit}" twice`);
  if (event.at < unit.openedAt + frame.windowMs) {
    return refuse('too-early', `Cannot close "${event.unit}" before its window ends`);
  }
  unit.isClosed = true;
  settle(state, unit, false);
  return undefined;
}

/** `deadline-passed`: what is still missing in the unit counts as missing. */
export function applyDeadline(state: TrialState, event: Event<'deadline-passed'>): Refusal | undefined {
  const frame = currentStageFrame(state);
  const unit = findUnit(state, event.unit);
  if (unit === undefined) return refuse('unknown', `Cannot find the unit "${event.unit}"`);
  const opened = frame.kind !== 'stored' && !unit.isClosed ? unit.openedAt + frame.windowMs : 0;
  const last = Math.max(opened, ...unit.pairs.map(({ assignedAt }) => assignedAt + frame.deadlineMs));
  if (event.at < last) return refuse('too-early', `Cannot give up "${event.unit}" before its deadline`);
  unit.isClosed = true;
  settle(state, unit, true);
  return undefined;
}

function settle(state: TrialState, unit: PendingUnit, isPast: boolean): void {
  const isJudged = state.frame.evidence.kind === 'judge-and-human';
  for (const pair of unit.pairs) {
    if (pair.resolved !== undefined) continue;
    const resolved = resolvePair(pair, isPast, isJudged);
    if (resolved !== undefined) pair.resolved = resolved;
  }
  placeReady(state);
}

/** Bets on every finished unit at the head of the queue, never past an unfinished one. */
function placeReady(state: TrialState): void {
  const stage = currentStage(state);
  let done = 0;
  for (const unit of stage.queue) {
    if (!unit.isClosed || unit.pairs.some(({ resolved }) => resolved === undefined)) break;
    betOn(state, stage, unit);
    done += 1;
  }
  if (done === 1) stage.queue.shift();
  else if (done > 1) stage.queue.splice(0, done);
}

function betOn(state: TrialState, stage: StageState, unit: PendingUnit): void {
  const frame = currentStageFrame(state);
  const pairs = unit.pairs.map(({ resolved }) => resolved as ResolvedPair);
  for (const pair of pairs) countPair(stage.pairs, pair);
  const value = placeUnit(stage.evidence, pairs);
  for (const slice of unit.slices) placeUnit((stage.slices[slice] ??= createEvidence(state.frame)), pairs);
  if (stage.firstAt === 0) stage.firstAt = unit.openedAt;
  stage.lastAt = Math.max(stage.lastAt, unit.openedAt);
  if (frame.kind === 'stored') return;
  countDay(stage, unit.openedAt, frame.peakHours);
  stage.stepUnits += 1;
  stage.stepHarm = placeUnitOn(stage.stepHarm, value);
  if (hasReached(innerProcess(stage.stepHarm), holdThreshold)) state.isHoldDue = true;
  state.detector = feedUnit(state.detector, value, state.frame.margin);
  if (toDetectorValue(state.detector) >= toAlarmThresholdOf(state)) state.alarm ??= 'harm';
}

/** The detectors' threshold that follows from the frame's promise. */
export function toAlarmThresholdOf(state: TrialState): number {
  const { days, unitsPerDay, detectors } = state.frame.alarm;
  return toAlarmThreshold({ days, valuesPerDay: unitsPerDay, detectors });
}

function countDay(stage: StageState, at: number, peakHours: readonly [number, number]): void {
  const day = Math.floor(at / dayMs);
  const hour = (at - day * dayMs) / 3_600_000;
  if (hour < peakHours[0] || hour >= peakHours[1] || stage.days.at(-1) === day) return;
  if (!stage.days.includes(day)) stage.days.push(day);
}

function countPair(counts: PairCounts, pair: ResolvedPair): void {
  counts.resolved += 1;
  const said = pair.label ?? pair.difference;
  if (said > 0) counts.wins += 1;
  if (said < 0) counts.losses += 1;
  if (pair.outcome === 'contradiction') counts.contradictions += 1;
  if (pair.outcome === 'ungradable') counts.ungradable += 1;
  if (pair.outcome === 'outage') counts.outages += 1;
  if (pair.outcome === 'candidate-failed') counts.candidateFailures += 1;
  if (pair.floor === undefined) return;
  counts.floorPairs += 1;
  if (pair.floor < 0) counts.floorLosses += 1;
  if (pair.floor > 0) counts.floorWins += 1;
}
