import type { Database } from '../database.ts';
import type { StateStore } from '../state-store.ts';
import { applyConfig, listConfigs, readConfig, saveConfig } from './configs.ts';
import { ensureServing } from './ensure-serving.ts';
import { createKey, listKeys, revokeKey } from './keys.ts';
import { acknowledgeOutbox, createStateFile, readOutbox } from './outbox.ts';
import { getSecret, listSecretNames, putSecret, removeSecret } from './secrets.ts';
import { backServing, currentServing, servingHistory, switchServing } from './serving.ts';
import { loadSpending, saveSpending } from './spending.ts';

/** The methods of the store that the worker answers. */
export type StateMethod = Exclude<keyof StateStore, 'fault' | 'close'>;

type ValueOf<Name extends StateMethod> =
  Awaited<ReturnType<StateStore[Name]>> extends infer Answer
    ? Answer extends { readonly ok: true; readonly value: infer Value }
      ? Value
      : never
    : never;

/** Each returns its bare value and throws what went wrong; the worker's edge makes a result of both. */
export type StateHandlers = {
  readonly [Name in StateMethod]: (
    ...parameters: Parameters<StateStore[Name]>
  ) => ValueOf<Name> | Promise<ValueOf<Name>>;
};

/** Limit: rows of one answer; who wants more asks again. */
const rowsMax = 10_000;

function toLimit(limit: number): number {
  return Math.min(Math.max(1, Math.trunc(limit)), rowsMax);
}

function ensureMeta(database: Database, name: string, value: string): string {
  return database.transaction(() => {
    database.run('INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING', [
      name,
      value,
    ]);
    return (
      database.query<{ value: string }>('SELECT value FROM meta WHERE name = $1', [name])[0]?.value ?? value
    );
  });
}

/** Joins the tables of `changeover.db` to the methods of the store. */
export function createStateHandlers(database: Database): StateHandlers {
  const state = createStateFile(database);
  return {
    listKeys: () => listKeys(state),
    createKey: (key, change) => createKey(state, key, change),
    revokeKey: (id, change) => revokeKey(state, id, change),
    currentServing: () => currentServing(state),
    servingHistory: (route, limit) => servingHistory(state, route, toLimit(limit)),
    switchServing: (change) => switchServing(state, change),
    backServing: (change) => backServing(state, change),
    ensureServing: (plan) => ensureServing(state, plan),
    saveConfig: (draft) => saveConfig(state, draft),
    applyConfig: (draft, plan) => applyConfig(state, draft, plan),
    listConfigs: (limit) => listConfigs(state, toLimit(limit)),
    readConfig: (version) => readConfig(state, version),
    putSecret: (name, sealed, change) => putSecret(state, { name, sealed }, change),
    getSecret: (name) => getSecret(state, name),
    listSecretNames: () => listSecretNames(state),
    removeSecret: (name, change) => removeSecret(state, name, change),
    ensureMeta: (name, value) => ensureMeta(database, name, value),
    readOutbox: (limit) => readOutbox(state, toLimit(limit)),
    acknowledgeOutbox: (ids) => acknowledgeOutbox(state, ids),
    saveSpending: (rows) => saveSpending(state, rows),
    loadSpending: () => loadSpending(state),
    backup: async (path) => {
      await database.backup(path);
      return null;
    },
  };
}
