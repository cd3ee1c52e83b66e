export { type AdmitFacts, type CostEstimate, decide, type Verdict } from './decide.ts';
export { mayUseOffer, type OfferUse, type UseVerdict } from './may-use-offer.ts';
export { toPeriodEnd, toPeriodStart } from './period.ts';
