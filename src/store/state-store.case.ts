// What the tests of the state store share: a store in a fresh folder for each test, and short words for its
// calls.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type EventRecord, type Result, toFailureText } from '../kernel/index.ts';
import { openStateStore } from './open-state-store.ts';
import type { ServingPlan, StateStore, StoredShare } from './state-store.ts';

/** The value of a result that must be one. */
export async function must<Value>(answer: Promise<Result<Value>>): Promise<Value> {
  const result = await answer;
  if (!result.ok) throw new Error(toFailureText(result.failure));
  return result.value;
}

/** Code and text of the failure that is expected. */
export async function refused(answer: Promise<Result<unknown>>): Promise<string> {
  const result = await answer;
  return result.ok ? 'it worked' : `${result.failure.code} ${toFailureText(result.failure)}`;
}

export const admin = { actor: 'admin', at: 1_000 };
export const only = (offer: string): readonly StoredShare[] => [{ offer, share: 1 }];
export const offers = ['a@x', 'b@x', 'c@x', 'd@x'];

/** A configuration with one offer for each route. */
export function plan(routes: Record<string, string>, known: readonly string[] | null = offers): ServingPlan {
  const planned = Object.entries(routes).map(([route, offer]) => ({ route, shares: only(offer) }));
  return { actor: 'config', at: 500, offers: known, routes: planned };
}

export interface StateBench {
  readonly folder: string;
  readonly store: StateStore;
  /** Another store on the same file. */
  open(): Promise<StateStore>;
  reopen(): Promise<void>;
  outbox(): Promise<readonly EventRecord[]>;
  eventNames(): Promise<readonly string[]>;
}

/** Gives every test of a file a store of its own. */
export function useStateStore(): StateBench {
  let folder = '';
  let store: StateStore;
  const open = async (): Promise<StateStore> => must(openStateStore({ folder, now: 1 }));
  const outbox = async (): Promise<readonly EventRecord[]> => must(store.readOutbox(1_000));
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'chg-state-'));
    store = await open();
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    get folder() {
      return folder;
    },
    get store() {
      return store;
    },
    open,
    reopen: async () => {
      await store.close();
      store = await open();
    },
    outbox,
    eventNames: async () => (await outbox()).map(({ event }) => event),
  };
}
