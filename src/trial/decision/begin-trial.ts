import { createControlDetector, createEProcess } from '../statistics/index.ts';
import type { AttemptFamily } from './attempts.ts';
import { isTime, type Refusal, type TrialEvent } from './events.ts';
import { createEvidence, createFrameDetector, createProcess } from './evidence.ts';
import { findFrameFaults, type Frame, hashFrame } from './frame.ts';
import type { StageState, TrialState } from './trial-state.ts';

/** A value, or why there is none. */
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: Refusal };

/** A stage at its beginning: no evidence is carried over from the stage before. */
export function beginStage(frame: Frame, number: number): StageState {
  const stage = frame.stages[number] as Frame['stages'][number];
  return {
    name: stage.name,
    status: 'running',
    assigned: 0,
    queue: [],
    evidence: createEvidence(frame),
    slices: Object.fromEntries(frame.slices.map(({ name }) => [name, createEvidence(frame)])),
    pairs: {
      resolved: 0,
      wins: 0,
      losses: 0,
      contradictions: 0,
      ungradable: 0,
      outages: 0,
      candidateFailures: 0,
      floorPairs: 0,
      floorLosses: 0,
      floorWins: 0,
    },
    days: [],
    firstAt: 0,
    lastAt: 0,
    step: 0,
    stepUnits: 0,
    stepHarm: createProcess(frame, 'worse'),
  };
}

/**
 * The state after `locked`. `digest` is SHA-256 as hex; the frame must have the hash that the event carries,
 * which is the hash that was registered and signed. With the task's `family` the attempt's number is checked
 * too: without it nobody has seen that an earlier attempt was not simply forgotten.
 */
export function openTrial(
  event: Extract<TrialEvent, { type: 'locked' }>,
  digest: (text: string) => string,
  family?: AttemptFamily,
): Outcome<TrialState> {
  const [fault] = findFrameFaults(event.frame);
  if (fault !== undefined) return { ok: false, refusal: { code: 'frame', text: fault } };
  // A copy, so that nothing done to the caller's object afterwards can change what was locked.
  const frame = structuredClone(event.frame);
  const { frameHash } = event;
  if (hashFrame(frame, digest) !== frameHash) {
    const text = `Cannot open the trial "${frame.trial}": its frame is not the one that was locked`;
    return { ok: false, refusal: { code: 'hash', text } };
  }
  if (family !== undefined && family.attempts[frame.attempt - 1]?.frameHash !== frameHash) {
    const text = `Cannot open the trial "${frame.trial}": it is not registered as attempt ${frame.attempt} on its task`;
    return { ok: false, refusal: { code: 'frame', text } };
  }
  if (!isTime(event.at)) {
    return { ok: false, refusal: { code: 'value', text: `Cannot use the time ${String(event.at)}` } };
  }
  const state: TrialState = {
    version: 1,
    frame,
    frameHash,
    lockedAt: event.at,
    at: event.at,
    events: 1,
    stages: [beginStage(frame, 0)],
    control: {
      process: createEProcess('worse', frame.control.margin, frame.grid),
      pairs: 0,
      isRejected: false,
      cases: {},
    },
    detector: createFrameDetector(frame),
    seen: {},
    isHoldDue: false,
    isHeld: false,
    isAlarmed: false,
    isRolledBack: false,
  };
  return { ok: true, value: addBadEvents(state) };
}

/** Bad events are watched from the first live stage that asks for it. */
export function addBadEvents(state: TrialState): TrialState {
  const stage = state.frame.stages[state.stages.length - 1];
  if (stage === undefined || stage.kind === 'stored' || stage.badEvents === undefined) return state;
  const { tolerance, perArm } = stage.badEvents;
  state.badEvents = createControlDetector(tolerance, perArm, state.frame.grid);
  return state;
}
