import type { NanoMoney } from './money.ts';

/** A money budget of a key. Periods are calendar days and months in UTC. */
export interface Budget {
  readonly amount: NanoMoney;
  readonly currency: string;
  readonly period: 'day' | 'month' | 'total';
}

/** What a key may do at once and spend. `null` = no limit. */
export interface KeyLimits {
  readonly maxConcurrent: number | null;
  readonly budget: Budget | null;
}

/** A client key as the data plane sees it. The key itself is never kept, only its HMAC. */
export interface KeyRecord {
  readonly id: string;
  readonly org: string;
  readonly team: string | null;
  readonly name: string;
  /** Lower-case hex of HMAC-SHA256 of the whole key under the vault's key-look-up subkey. */
  readonly hash: string;
  /** What people recognise it by: `chg_` and the first four characters. */
  readonly hint: string;
  /** Routes that the key may use; `null` = all. */
  readonly routes: readonly string[] | null;
  readonly limits: KeyLimits;
  /** Epoch milliseconds; `null` = never. */
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  readonly createdAt: number;
}

/** Who calls: a key, or the system itself (trials, probes) on behalf of an org. */
export interface Principal {
  readonly org: string;
  readonly team: string | null;
  readonly keyId: string;
  readonly keyName: string;
  readonly routes: readonly string[] | null;
  readonly limits: KeyLimits;
}

/** The principal behind a key. */
export function toPrincipal(key: KeyRecord): Principal {
  return {
    org: key.org,
    team: key.team,
    keyId: key.id,
    keyName: key.name,
    routes: key.routes,
    limits: key.limits,
  };
}
