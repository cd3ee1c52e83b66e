import { parseMoney } from '../kernel/index.ts';
import type { DefaultModel } from './profile-entry.ts';
import type { Tariff } from './tariff.ts';

/** Prices per million tokens as decimals, copied from a price list. */
export interface ListPrice {
  readonly input: string;
  readonly output: string;
  readonly cacheRead: string | null;
  /** Default: USD. */
  readonly currency?: string;
  /** The date on which the list was read, and anything that tells two lists apart: `2026-11-10`. */
  readonly listed: string;
  /** Regions that it holds for; default all. */
  readonly regions?: readonly string[];
}

/** A model with its list price, or without one where none was found. */
export function toDefaultModel(name: string, price: ListPrice | null): DefaultModel {
  if (price === null) return { name, tariff: null, tariffRegions: null };
  return { name, tariff: toListTariff(name, price), tariffRegions: price.regions ?? null };
}

function toListTariff(model: string, price: ListPrice): Tariff {
  return {
    version: `list:${model}:${price.listed}`,
    currency: price.currency ?? 'USD',
    input: assertMoney(price.input),
    output: assertMoney(price.output),
    cacheRead: price.cacheRead === null ? null : assertMoney(price.cacheRead),
  };
}

function assertMoney(text: string): bigint {
  const amount = parseMoney(text);
  if (amount === null) throw new Error(`Cannot read price "${text}" of the catalogue: not a decimal`);
  return amount;
}
