/** The decision of a trial as a pure fold: events in, state and verdict out. See docs/guide/the-statistics.md. */
export { applyEvent, createTrialFold, foldTrial, type TrialFold } from './apply-event.ts';
export { type AttemptFamily, createFamily, registerAttempt } from './attempts.ts';
export { openTrial, type Outcome } from './begin-trial.ts';
export { toCanonicalText } from './canonical-text.ts';
export { type CoinPurpose, planOrder, tossCoin } from './coin.ts';
export type { Grade, LiveAssigned, Refusal, RefusalCode, TrialEvent } from './events.ts';
export { findFrameFaults, type Frame, type FrameInput, hashFrame, toFrame, toThreshold } from './frame.ts';
export type {
  AlarmFrame,
  ControlFrame,
  LiveStage,
  SliceFrame,
  StageFrame,
  StoredStage,
  UnitFrame,
} from './frame.ts';
export { planNext, planRecovery, type TrialAction } from './plan-next.ts';
export { toSentence } from './sentence.ts';
export { copyState, type Ending, type Evidence, type StageState, type TrialState } from './trial-state.ts';
export { type SliceReport, type StageReport, toVerdict, type Unsaid, type Verdict } from './verdict.ts';
