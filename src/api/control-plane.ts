import type { ConfigProblem, Explanation } from '../config/index.ts';
import type { Budget, Caller, KeyRecord, Result, Secret } from '../kernel/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { HealthMap, Serving, Snapshot } from '../routing/index.ts';
import type { ConfigVersion, ServingBack, ServingSwitch, ServingVersion } from '../store/index.ts';

/** What a new key shall be; every route that it names exists when this arrives. */
export interface NewKey {
  readonly name: string;
  readonly org: string;
  readonly team: string | null;
  readonly routes: readonly string[] | null;
  readonly maxConcurrent: number | null;
  readonly budget: Budget | null;
  /** Epoch milliseconds; null = never. */
  readonly expiresAt: number | null;
}

/**
 * Where the applied configuration comes from: a file that rules, a kept version, or the first start's own.
 */
export type ConfigSource =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'store'; readonly version: number }
  | { readonly kind: 'built-in' };

/**
 * The applied configuration with all secrets masked: its text and values in force as `config` explains them.
 */
export interface AppliedConfig extends Explanation {
  readonly hash: string;
  readonly source: ConfigSource;
  readonly warnings: readonly ConfigProblem[];
}

/** What a document would be as a configuration; `hash` is null when it has errors. */
export interface ConfigCheck {
  readonly hash: string | null;
  /** Errors and warnings. */
  readonly problems: readonly ConfigProblem[];
}

export interface ConfigEdit {
  readonly text: string;
  /** The version that the caller saw; null = whatever is current. */
  readonly expectedVersion: number | null;
  readonly actor: string;
}

export interface Backup {
  readonly folder: string;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
}

/** What this process is and does now. */
export interface ServerState {
  readonly version: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly uptimeMs: number;
  /** True when only built-in simulated endpoints answer. */
  readonly simulated: boolean;
  /** The data folder as people should see it. */
  readonly dataFolder: string;
  readonly listeners: readonly { readonly name: string; readonly url: string }[];
  readonly inFlight: number;
}

/** What the API reads of the ledger, and erasing. */
export type LedgerDoor = Pick<
  Ledger,
  'calls' | 'call' | 'events' | 'overview' | 'verify' | 'export' | 'erase' | 'stats'
> & { readonly durability: Ledger['recorder']['durability'] };

/**
 * Everything that the admin API can do, joined by `assembly` from store, ledger, config and the call engine,
 * so that the API does not know how they are kept. Methods that change something resolve after the change is
 * durable and the data plane's snapshot holds it; expected refusals are values, and rejections are mistakes
 * (answered with 500).
 */
export interface ControlPlane {
  /** The call engine; endpoint tests go through it with the purpose `probe`. */
  readonly caller: Caller;
  readonly ledger: LedgerDoor;
  snapshot(): Snapshot;
  state(): ServerState;
  health(): HealthMap;

  createKey(
    key: NewKey,
    actor: string,
  ): Promise<Result<{ readonly record: KeyRecord; readonly key: Secret }>>;
  /** All keys, revoked ones too, in any order. */
  listKeys(): Promise<Result<readonly KeyRecord[]>>;
  /** Resolves when no new call can be made with it. Revoking again keeps the first time. */
  revokeKey(id: string, actor: string): Promise<Result<KeyRecord>>;

  /** Newest first, including the current one. */
  servingHistory(route: string, limit: number): Promise<Result<readonly ServingVersion[]>>;
  /** Compare-and-set; the route and offers exist and the route allows them when this arrives. */
  switchServing(change: Omit<ServingSwitch, 'at' | 'org'>): Promise<Result<Serving>>;
  /** Writes the previous serving as a new version. */
  backServing(change: Omit<ServingBack, 'at' | 'org'>): Promise<Result<Serving>>;

  /** Asks an endpoint for its models through the one egress function. */
  listEndpointModels(endpoint: string, signal: AbortSignal): Promise<Result<readonly string[]>>;

  config(): AppliedConfig;
  checkConfig(text: string): Promise<ConfigCheck>;
  /**
   * `CHG_CONFIG_READ_ONLY` when a file rules. A document with errors changes nothing and is
   * `CHG_CONFIG_INVALID`.
   */
  applyConfig(edit: ConfigEdit): Promise<Result<ConfigCheck>>;
  /** Newest first. */
  listConfigs(limit: number): Promise<Result<readonly ConfigVersion[]>>;

  listSecretNames(): Promise<Result<readonly string[]>>;
  putSecret(name: string, value: Secret, actor: string): Promise<Result<null>>;
  removeSecret(name: string, actor: string): Promise<Result<null>>;

  /** Copies state and ledger, but no key file, into a new folder below the data folder. */
  backup(actor: string): Promise<Result<Backup>>;
}
