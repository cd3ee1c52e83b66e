import type { NanoMoney } from './money.ts';
import type { Budget } from './principal.ts';

/** What a key has in use and has spent in its budget's current period. */
export interface Balances {
  readonly inFlight: number;
  readonly spent: NanoMoney;
  /** Held for calls in flight whose cost is not yet known. */
  readonly reserved: NanoMoney;
}

/** What policy asks the meter to hold for one call. */
export interface Reservation {
  readonly keyId: string;
  readonly amount: NanoMoney;
  readonly budget: Budget | null;
}

/** A hold that must be settled exactly once; settling twice is a mistake that is ignored and counted. */
export interface Hold {
  readonly reservation: Reservation;
}

/** Balances of keys. All methods are synchronous, so that check and hold are one step. */
export interface Meter {
  balances(keyId: string, budget: Budget | null, now: number): Balances;
  reserve(reservation: Reservation, now: number): Hold;
  settle(hold: Hold, actual: NanoMoney, now: number): void;
}
