import type { Balances, Budget, Hold, Meter, NanoMoney, Reservation } from '../kernel/index.ts';
import { toPeriodStart } from '../policy/index.ts';
import { Roster } from './roster.ts';

interface KeyState {
  inFlight: number;
  reserved: NanoMoney;
  spent: NanoMoney;
  /** Start of the period that `spent` belongs to, epoch milliseconds. */
  periodStart: number;
}

/** A meter in this process's memory, with what `assembly` needs to rebuild it at boot. */
export interface LocalMeter extends Meter {
  /** Sets what a key has spent in the period that `now` falls in. */
  load(keyId: string, budget: Budget, state: { readonly spent: NanoMoney; readonly now: number }): void;
  /** Calls that hold something now. Zero when all is quiet, or a hold was lost. */
  readonly inFlight: number;
  /** Holds that were settled twice: a mistake of ours, counted instead of charged. */
  readonly doubleSettles: number;
}

/** A hold that knows its place among the open ones. */
interface LocalHold extends Hold {
  place: number;
}

function isLocal(hold: Hold): hold is LocalHold {
  return 'place' in hold;
}

/** Creates a meter. Everything is synchronous, so no two calls can pass on the same last unit of money. */
export function createMeter(): LocalMeter {
  const states = new Map<string, KeyState>();
  const open = new Roster<LocalHold>();
  let doubleSettles = 0;

  function find(keyId: string, budget: Budget | null, now: number): KeyState {
    let state = states.get(keyId);
    if (state === undefined) {
      state = { inFlight: 0, reserved: 0n, spent: 0n, periodStart: 0 };
      states.set(keyId, state);
    }
    if (budget !== null) {
      const start = toPeriodStart(budget.period, now);
      // A clock that jumps back must not open the old period again: the later start stays.
      if (start > state.periodStart) {
        state.periodStart = start;
        state.spent = 0n;
      }
    }
    return state;
  }

  return {
    balances(keyId, budget, now): Balances {
      const { inFlight, spent, reserved } = find(keyId, budget, now);
      return { inFlight, spent, reserved };
    },
    reserve(reservation: Reservation, now) {
      const state = find(reservation.keyId, reservation.budget, now);
      state.inFlight++;
      state.reserved += reservation.amount;
      const hold: LocalHold = { reservation, place: -1 };
      hold.place = open.add(hold);
      return hold;
    },
    settle(hold, actual, now) {
      if (!isLocal(hold) || !open.remove(hold.place, hold)) {
        doubleSettles++;
        return;
      }
      const state = find(hold.reservation.keyId, hold.reservation.budget, now);
      state.inFlight--;
      state.reserved -= hold.reservation.amount;
      if (hold.reservation.budget !== null) state.spent += actual;
    },
    load(keyId, budget, { spent, now }) {
      find(keyId, budget, now).spent = spent;
    },
    get inFlight() {
      return open.size;
    },
    get doubleSettles() {
      return doubleSettles;
    },
  };
}
