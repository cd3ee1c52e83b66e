export { type Allowance, findObjection, isAllowed, unknownPlace } from './allowance.ts';
export { isCodingPlanUrl } from './coding-plan.ts';
export { isCountry } from './countries.ts';
export type {
  AuthScheme,
  Door,
  Endpoint,
  EndpointTls,
  FailureClass,
  Jurisdiction,
  PhaseLimits,
  Profile,
} from './endpoint.ts';
export { type Offer, parseOfferName } from './offer.ts';
export type { DefaultModel, DoorPath, ProfileEntry, Region } from './profile-entry.ts';
export { profiles } from './profile-list.ts';
export { type Tariff, toCost } from './tariff.ts';
export {
  type DoorChoice,
  type EndpointSettings,
  findDoorPath,
  toBaseUrl,
  toEndpoint,
  toOrigin,
} from './to-endpoint.ts';
