import { type NanoMoney, roundTokenCost, toTokenCost, type Usage } from '../kernel/index.ts';

/** The price schedule of an offer; prices in nano-units of `currency` per million tokens. */
export interface Tariff {
  /** Changes with every change of a price; kept in each ledger row, so that calls can be repriced. */
  readonly version: string;
  readonly currency: string;
  readonly input: NanoMoney;
  readonly output: NanoMoney;
  /** Null: cached input costs the same as input. */
  readonly cacheRead: NanoMoney | null;
}

/** What a usage costs under a tariff, rounded once, in nano-units. */
export function toCost(usage: Usage, tariff: Tariff): NanoMoney {
  return roundTokenCost(
    toTokenCost(usage.inputTokens + usage.cacheWriteTokens, tariff.input) +
      toTokenCost(usage.cacheReadTokens, tariff.cacheRead ?? tariff.input) +
      toTokenCost(usage.outputTokens, tariff.output),
  );
}
