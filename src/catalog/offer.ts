import { failure, type Result, success } from '../kernel/index.ts';
import type { Tariff } from './tariff.ts';

/** A model at an endpoint. Certified, priced and routed as one: the same weights elsewhere are another offer. */
export interface Offer {
  /** `model@endpoint`. */
  readonly name: string;
  readonly model: string;
  readonly endpoint: string;
  /** The name that the endpoint knows the model by. */
  readonly wireModel: string;
  readonly tariff: Tariff | null;
}

/** Splits `model@endpoint` at the last `@`; model names may hold `@`, endpoint names are [a-z0-9-]+. */
export function parseOfferName(name: string): Result<{ readonly model: string; readonly endpoint: string }> {
  const at = name.lastIndexOf('@');
  const model = name.slice(0, Math.max(at, 0));
  const endpoint = name.slice(at + 1);
  if (at <= 0 || !/^[a-z0-9-]+$/.test(endpoint)) return failure('CHG_OFFER_UNKNOWN', { offer: name });
  return success({ model, endpoint });
}
