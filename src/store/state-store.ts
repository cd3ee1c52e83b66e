import type { Budget, EventRecord, KeyRecord, Result } from '../kernel/index.ts';

/** One share of a serving; the same shape as `Share` of routing, which this folder must not import. */
export interface StoredShare {
  readonly offer: string;
  readonly share: number;
}

/** A version of a route's serving, assignable to routing's `Serving`. */
export interface ServingVersion {
  readonly route: string;
  readonly version: number;
  readonly shares: readonly StoredShare[];
  readonly reason: string;
  readonly actor: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** What wrote it: the configuration's `serve`, a switch, or the way back. */
  readonly origin: 'config' | 'switch' | 'back';
  /** The version whose shares `backServing` would write again; null when there is nothing earlier. */
  readonly backTo: number | null;
}

/** Who changes something, for the ledger. */
export interface Change {
  readonly actor: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Default: `main`. */
  readonly org?: string;
}

export interface ServingSwitch extends Change {
  readonly route: string;
  /** The version that the caller saw; another one by now is CHG_SERVING_CONFLICT. Null: whatever serves. */
  readonly expectedVersion: number | null;
  readonly shares: readonly StoredShare[];
  readonly reason: string;
}

export type ServingBack = Omit<ServingSwitch, 'shares'>;

/** What a configuration says about serving. */
export interface ServingPlan extends Change {
  /** All routes with the value of their `serve`. */
  readonly routes: readonly { readonly route: string; readonly shares: readonly StoredShare[] }[];
  /** All offers there are; null: unknown, so that nothing is checked against them. */
  readonly offers: readonly string[] | null;
  /** Finds out what would happen and writes nothing. */
  readonly dryRun?: boolean;
}

export interface ServingOutcome {
  /** What serves now, one per route of the plan. */
  readonly serving: readonly ServingVersion[];
  /** Routes whose serving was written, because they are new or their `serve` in the file has changed. */
  readonly written: readonly string[];
}

/**
 * A configuration to keep. `content` is sealed by the caller, because a configuration may hold literal keys.
 */
export interface ConfigDraft extends Change {
  readonly hash: string;
  readonly content: Uint8Array;
  readonly source: 'file' | 'api';
  /** The version that the caller saw; another one by now is refused. Null: whatever is current. */
  readonly expectedVersion: number | null;
}

export interface ConfigVersion {
  /** Starts at 1. */
  readonly version: number;
  readonly hash: string;
  readonly source: 'file' | 'api';
  readonly actor: string;
  readonly at: number;
}

/** What a key has spent in one period of its budget, e.g. `2026-11`. */
export interface Spending {
  readonly keyId: string;
  readonly period: string;
  readonly currency: Budget['currency'];
  readonly spent: bigint;
}

/**
 * The state of one data folder: keys, serving, configurations, secrets, spending. Runs in a worker of its
 * own, so that no commit is waited for on the caller's thread. Every change writes its event into the outbox
 * in the same transaction. What can go wrong is a value, also when the worker has died; nothing waits for
 * ever.
 */
export interface StateStore {
  /** Null while the worker lives; afterwards why it does not. */
  readonly fault: string | null;

  listKeys(): Promise<Result<readonly KeyRecord[]>>;
  createKey(key: KeyRecord, change: Change): Promise<Result<KeyRecord>>;
  /** Revoking again is harmless and keeps the first time. */
  revokeKey(id: string, change: Change): Promise<Result<KeyRecord>>;

  /** What serves on the routes of the configuration that was planned last. */
  currentServing(): Promise<Result<readonly ServingVersion[]>>;
  /** Newest first; also of routes that the configuration no longer has. */
  servingHistory(route: string, limit: number): Promise<Result<readonly ServingVersion[]>>;
  switchServing(change: ServingSwitch): Promise<Result<ServingVersion>>;
  /**
   * Writes what served before as a new version. Going back again goes further back along the history, never
   * to and fro; after a switch it goes to what served just before that switch.
   */
  backServing(change: ServingBack): Promise<Result<ServingVersion>>;
  /**
   * Brings serving in line with a configuration: new routes and routes whose `serve` has changed get it as a
   * new version, the others keep what serves. CHG_CONFIG_INVALID, and nothing written, when an offer that
   * would serve is not among `offers`.
   */
  ensureServing(plan: ServingPlan): Promise<Result<ServingOutcome>>;

  /** Keeps a configuration; the hash that is already current makes no new version. */
  saveConfig(draft: ConfigDraft): Promise<Result<ConfigVersion>>;
  /** `ensureServing` and `saveConfig` in one transaction. */
  applyConfig(
    draft: ConfigDraft,
    plan: ServingPlan,
  ): Promise<Result<ServingOutcome & { config: ConfigVersion }>>;
  /** Newest first. */
  listConfigs(limit: number): Promise<Result<readonly ConfigVersion[]>>;
  /** The current one when `version` is left out; null when there is none. */
  readConfig(version?: number): Promise<Result<(ConfigVersion & { readonly content: Uint8Array }) | null>>;

  /** Sealed bytes by name, e.g. `endpoint/qwen-sg`. */
  putSecret(name: string, sealed: Uint8Array, change: Change): Promise<Result<null>>;
  getSecret(name: string): Promise<Result<Uint8Array | null>>;
  listSecretNames(): Promise<Result<readonly string[]>>;
  removeSecret(name: string, change: Change): Promise<Result<null>>;

  /**
   * Keeps `value` under `name` unless there is one already; returns what is kept (the vault's canary lives
   * here).
   */
  ensureMeta(name: string, value: string): Promise<Result<string>>;

  /** Events that the ledger has not acknowledged yet, oldest first. */
  readOutbox(limit: number): Promise<Result<readonly EventRecord[]>>;
  /** Takes events out; ids that are not there are ignored. */
  acknowledgeOutbox(ids: readonly string[]): Promise<Result<null>>;

  /** The rows given are the whole truth for the keys they name; other periods of these keys are forgotten. */
  saveSpending(rows: readonly Spending[]): Promise<Result<null>>;
  loadSpending(): Promise<Result<readonly Spending[]>>;

  /** Writes a consistent copy to a new file. */
  backup(path: string): Promise<Result<null>>;
  /** Finishes what was asked before and stops the worker. */
  close(): Promise<void>;
}
