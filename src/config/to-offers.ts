import { createHash } from 'node:crypto';
import type { Offer, Tariff } from '../catalog/index.ts';
import { parseMoney } from '../kernel/index.ts';
import type { NamedEndpoint } from './check-endpoint.ts';
import type { EndpointDocument } from './schema.ts';

type PriceDocument = NonNullable<EndpointDocument['prices']>[string];

/** The offers of one checked endpoint: each of its models with what it costs there. */
export function toOffers({ name, document, entry }: NamedEndpoint): Offer[] {
  const models = document.models ?? entry.models.map((model) => model.name);
  return models.map((model) => {
    const own = typeof model === 'string' ? { name: model, wire_name: model } : model;
    const price = document.prices?.[own.name];
    return {
      name: `${own.name}@${name}`,
      model: own.name,
      endpoint: name,
      wireModel: own.wire_name,
      tariff: price === undefined ? findListTariff({ name, document, entry }, own.name) : toTariff(price),
    };
  });
}

/**
 * The profile's list price for a model, also when the configuration lists the model by itself. Null when
 * the list is of another region, or when the URL is the admin's own, as a reseller has its own prices.
 */
function findListTariff({ document, entry }: NamedEndpoint, modelName: string): Tariff | null {
  const model = entry.models.find((candidate) => candidate.name === modelName);
  if (model === undefined) return null;
  if (document.url !== undefined && entry.kind !== 'simulated') return null;
  const region = document.region ?? Object.keys(entry.regions)[0] ?? null;
  const isHere = model.tariffRegions === null || (region !== null && model.tariffRegions.includes(region));
  return isHere ? model.tariff : null;
}

/** A tariff from the configuration. Its version is made from the prices, so that it changes with them. */
function toTariff(price: PriceDocument): Tariff {
  const currency = price.currency ?? 'USD';
  const texts = [currency, price.input, price.output, price.cache_read ?? ''].map(String);
  const version = createHash('sha256').update(texts.join(' ')).digest('hex').slice(0, 12);
  return {
    version: `config:${version}`,
    currency,
    input: toMoney(price.input),
    output: toMoney(price.output),
    cacheRead: price.cache_read === undefined ? null : toMoney(price.cache_read),
  };
}

function toMoney(value: string | number): bigint {
  const amount = parseMoney(String(value));
  if (amount === null) throw new Error(`Cannot read price "${value}": the schema should have refused it`);
  return amount;
}
