export type { Caller, CallOptions, CallRequest, Outcome } from './caller.ts';
export { type Clock, createManualClock, type ManualClock, type Timer } from './clock.ts';
export { type Dialect, dialects } from './dialect.ts';
export { toFailureSpec, toFailureText, toRemedyText } from './failure-text.ts';
export { type FailureCode, type FailureSpec, failures } from './failures.ts';
export { createIdSource, type IdSource } from './ids.ts';
export { type ConfigurableLimits, limits } from './limits.ts';
export type { Balances, Hold, Meter, Reservation } from './meter.ts';
export { type NanoMoney, parseMoney, roundTokenCost, toMoneyText, toTokenCost } from './money.ts';
export { type Budget, type KeyLimits, type KeyRecord, type Principal, toPrincipal } from './principal.ts';
export { createSeededRandom, type Random } from './random.ts';
export {
  type AttemptRecord,
  type CallBodies,
  type CallRecord,
  type EventRecord,
  type LedgerPressure,
  type LedgerRecord,
  type OpenedRecord,
  type Purpose,
  purposes,
  type Recorder,
} from './record.ts';
export { type Failure, failure, type Result, success } from './result.ts';
export { type BoundCredential, Secret } from './secret.ts';
export type { Usage, UsageSource } from './usage.ts';
export { workerUrl } from './worker-url.ts';
