import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Result, success, workerUrl } from '../kernel/index.ts';
import type { StateMethod } from './state/handlers.ts';
import type { StateStore } from './state-store.ts';
import { toOpenFailure } from './store-failure.ts';
import { createWorkerClient, type WorkerClient } from './worker-client.ts';
import type { StateWorkerData } from './worker-messages.ts';

/** The file of the state store in the data folder. */
export const stateFileName = 'changeover.db';

export interface StateStoreOptions {
  /** The data folder; the caller holds its process lock. */
  readonly folder: string;
  /** Epoch milliseconds, noted beside the migrations that this start applies. */
  readonly now: number;
}

/**
 * Whether a data folder has been used before: then its secret must be there already and must not be made
 * anew.
 */
export function holdsState(folder: string): boolean {
  return existsSync(path.join(folder, stateFileName));
}

const methods: Readonly<Record<StateMethod, true>> = {
  listKeys: true,
  createKey: true,
  revokeKey: true,
  currentServing: true,
  servingHistory: true,
  switchServing: true,
  backServing: true,
  ensureServing: true,
  saveConfig: true,
  applyConfig: true,
  listConfigs: true,
  readConfig: true,
  putSecret: true,
  getSecret: true,
  listSecretNames: true,
  removeSecret: true,
  ensureMeta: true,
  readOutbox: true,
  acknowledgeOutbox: true,
  saveSpending: true,
  loadSpending: true,
  backup: true,
};

function toStateStore(client: WorkerClient): StateStore {
  const calls = Object.keys(methods).map((method) => [
    method,
    (...parameters: readonly unknown[]) => client.request(method, parameters),
  ]);
  const store = {
    get fault() {
      return client.fault;
    },
    close: () => client.close(),
  };
  // The handlers in the worker have the types of StateStore; only the way between the threads has none.
  return Object.assign(store, Object.fromEntries(calls)) as StateStore;
}

/** Opens the state of a data folder in a worker of its own, bringing its schema up to date. */
export async function openStateStore(options: StateStoreOptions): Promise<Result<StateStore>> {
  const { folder, now } = options;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    return toOpenFailure(error);
  }
  const workerData: StateWorkerData = { file: path.join(folder, stateFileName), now };
  // Flags of the program itself, e.g. --eval, are not for this thread: with some of them it would not start.
  const worker = new Worker(workerUrl(import.meta.url, './state-worker'), {
    workerData,
    execArgv: [],
    name: 'changeover state',
  });
  const client = createWorkerClient(worker, 'the state store');
  const opened = await client.opened();
  if (opened.ok) return success(toStateStore(client));
  await client.close();
  return opened;
}
