export { type Allowance, findObjection, isAllowed, unknownPlace } from './allowance.ts';
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
export { type Tariff, toCost } from './tariff.ts';
