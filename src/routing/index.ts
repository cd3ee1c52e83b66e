export { afterFailure, afterSuccess, type FailedAttempt, freshHealth, type OfferHealth } from './health.ts';
export type {
  HealthMap,
  Plan,
  PlannedOffer,
  PlanParts,
  PlanReason,
  RouteRequest,
  RouteState,
  SkippedOffer,
  SkipReason,
} from './plan.ts';
export { type PlanInput, planOffer, planRoute } from './plan-route.ts';
export { toPlanText } from './plan-text.ts';
export type { Allowance } from '../catalog/index.ts';
export type { Route, Serving, Share } from './route.ts';
export type { Snapshot } from './snapshot.ts';
