/** The decision of a trial as a pure fold: events in, state and verdict out. See docs/guide/the-statistics.md. */
export { applyEvent, createTrialFold, foldTrial, type TrialFold } from './apply-event.ts';
export { type AttemptFamily, createFamily, registerAttempt } from './attempts.ts';
export { openTrial, type Outcome } from './begin-trial.ts';
export { toCanonicalText } from './canonical-text.ts';
export { type CoinPurpose, planOrder, tossCoin } from './coin.ts';
export { type Grade, type LiveAssigned, type Refusal, type RefusalCode, type TrialEvent } from './events.ts';
export { type AlarmFrame, type ControlFrame, findFrameFaults, type Frame } from './frame.ts';
export { type FrameInput, hashFrame, type LiveStage, type SliceFrame, type StageFrame } from './frame.ts';
export { type StoredStage, toFrame, toThreshold, type UnitFrame } from './frame.ts';
export { planNext, planRecovery, type TrialAction } from './plan-next.ts';
export { toSentence } from './sentence.ts';
export { copyState, type Ending, type Evidence, type StageState, type TrialState } from './trial-state.ts';
export { type CostReport, type SliceReport, type StageReport, toVerdict, type Unsaid } from './verdict.ts';
export { type Verdict } from './verdict.ts';
