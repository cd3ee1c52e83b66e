import { type NanoMoney, roundTokenCost, toTokenCost } from '../kernel/index.ts';
import type { AnswerUsage } from './answer.ts';
import type { FaultName } from './faults.ts';
import type { SimPrice, SimStats } from './types.ts';

/** Counts what a sim did, and what its vendor would charge for it. */
export interface Tally {
  countRequest(): void;
  countStream(): void;
  countAbandoned(): void;
  countStatus(status: number): void;
  countFault(name: FaultName): void;
  bill(usage: AnswerUsage): void;
  toStats(openConnections: number): SimStats;
}

/** Creates a tally at zero. */
export function createTally(price: SimPrice | null): Tally {
  const statuses = new Map<number, number>();
  const faults = new Map<FaultName, number>();
  const counts = { requests: 0, streams: 0, abandoned: 0, inputTokens: 0, cachedTokens: 0, outputTokens: 0 };
  let chargedNano: NanoMoney = 0n;
  return {
    countRequest: () => void (counts.requests += 1),
    countStream: () => void (counts.streams += 1),
    countAbandoned: () => void (counts.abandoned += 1),
    countStatus: (status) => void statuses.set(status, (statuses.get(status) ?? 0) + 1),
    countFault: (name) => void faults.set(name, (faults.get(name) ?? 0) + 1),
    bill(usage) {
      counts.inputTokens += usage.inputTokens;
      counts.cachedTokens += usage.cachedTokens;
      counts.outputTokens += usage.outputTokens;
      if (price === null) return;
      const fresh = usage.inputTokens - usage.cachedTokens;
      chargedNano += roundTokenCost(
        toTokenCost(fresh, price.inputNanoPerMillion) +
          toTokenCost(usage.cachedTokens, price.cacheReadNanoPerMillion) +
          toTokenCost(usage.outputTokens, price.outputNanoPerMillion),
      );
    },
    toStats: (openConnections) => ({
      ...counts,
      statuses: Object.fromEntries(statuses),
      faults: Object.fromEntries(faults),
      openConnections,
      chargedNano,
    }),
  };
}
