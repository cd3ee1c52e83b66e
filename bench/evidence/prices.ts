import { existsSync, readFileSync } from 'node:fs';

import { type Table, TableError } from './read-table.ts';

/** A dated price list: what a million tokens cost, in and out. */
export type Prices = {
  readonly date: string;
  readonly currency: string;
  readonly source: string;
  /** Tables record characters, not tokens; this turns one into the other, the same for all models. */
  readonly charactersPerToken: number;
  readonly models: Readonly<Record<string, { readonly input: number; readonly output: number }>>;
};

/** Reads a price file; throws a `TableError` that names what is wrong. */
export function readPrices(file: string): Prices {
  if (!existsSync(file)) throw new TableError(`Cannot find the price file "${file}"`);
  let prices: Partial<Prices> | null;
  try {
    prices = JSON.parse(readFileSync(file, 'utf8')) as Partial<Prices> | null;
  } catch (error) {
    throw new TableError(`Cannot read the price file "${file}": it is not JSON`, { cause: error });
  }
  const { date, currency, source, charactersPerToken, models } = prices ?? {};
  const isWhole = typeof date === 'string' && typeof models === 'object' && models !== null;
  if (!isWhole || Object.values(models).some((one) => !(one.input >= 0 && one.output >= 0))) {
    throw new TableError(
      `Cannot read the price file "${file}": it needs "date" and "models" with "input" and "output"`,
    );
  }
  return {
    date,
    models,
    currency: currency ?? '',
    source: source ?? '',
    charactersPerToken: charactersPerToken ?? 4,
  };
}

/** Share of the incumbent's cost that the candidate saves on the whole table; undefined without prices or sizes. */
export function toSaving(
  prices: Prices,
  table: Table,
  pair: { readonly incumbent: string; readonly candidate: string },
): number | undefined {
  const incumbent = toCost(prices, table, pair.incumbent);
  const candidate = toCost(prices, table, pair.candidate);
  if (incumbent === undefined || candidate === undefined || incumbent === 0) return undefined;
  return Math.round((1 - candidate / incumbent) * 10_000) / 10_000;
}

function toCost(prices: Prices, table: Table, model: string): number | undefined {
  const price = prices.models[model];
  const output = table.outputCharacters?.get(model);
  if (price === undefined || output === undefined || table.questionCharacters === undefined) return undefined;
  return (
    (table.questionCharacters * price.input + output * price.output) / prices.charactersPerToken / 1_000_000
  );
}
