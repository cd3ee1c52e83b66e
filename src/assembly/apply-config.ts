import type { ConfigSource } from '../api/index.ts';
import { failure, type Result, success } from '../kernel/index.ts';
import type { ServingPlan, StateStore } from '../store/index.ts';
import type { Vault } from '../vault/index.ts';
import type { LoadedConfig } from './configuration.ts';
import { type CurrentState, type StateParts, toServingMap } from './current-state.ts';
import type { Log } from './log.ts';
import { resolveCredentials } from './resolve-credentials.ts';

/** The word under which kept configurations are sealed; they may hold literal keys. */
export const configPurpose = 'config';

export interface ApplyPorts {
  readonly store: StateStore;
  readonly vault: Vault;
  readonly log: Log;
  readonly now: () => number;
}

function toServingPlan(loaded: LoadedConfig, actor: string, at: number): ServingPlan {
  const { settings } = loaded;
  return {
    actor,
    at,
    routes: [...settings.routes.values()].map((route) => ({ route: route.name, shares: route.serve })),
    offers: [...settings.offers.keys()],
  };
}

export interface ApplyRequest {
  readonly loaded: LoadedConfig;
  readonly actor: string;
  /** The stored version that the caller saw; null = whatever is current. */
  readonly expectedVersion: number | null;
}

/**
 * Brings the state in line with a configuration: serving (and the kept version) in one transaction, then the
 * parts of the next snapshot. Nothing is changed when the configuration would take away an offer that serves.
 */
export async function prepareParts(
  request: ApplyRequest,
  ports: ApplyPorts,
): Promise<Result<Omit<StateParts, 'keys'> & { readonly source: ConfigSource }>> {
  const { loaded, actor, expectedVersion } = request;
  const { store, vault, now } = ports;
  const plan = toServingPlan(loaded, actor, now());
  const { source } = loaded;
  const credentials = await resolveCredentials(loaded.settings.credentials.values(), ports);
  if (source.kind === 'built-in') {
    const outcome = await store.ensureServing(plan);
    if (!outcome.ok) return outcome;
    const serving = toServingMap(outcome.value.serving);
    return success({ settings: loaded.settings, serving, credentials, source });
  }
  const { hash } = loaded.settings;
  const content = vault.seal(configPurpose, hash, Buffer.from(loaded.text));
  const draft = {
    actor,
    at: now(),
    hash,
    content,
    expectedVersion,
    source: source.kind === 'file' ? 'file' : 'api',
  } as const;
  const outcome = await store.applyConfig(draft, plan);
  if (!outcome.ok) return outcome;
  const { config, serving } = outcome.value;
  return success({
    settings: loaded.settings,
    serving: toServingMap(serving),
    credentials,
    source: source.kind === 'file' ? source : { kind: 'store', version: config.version },
  });
}

/** Reads the configuration that was kept last, or null. */
export async function readKeptConfig(
  store: StateStore,
  vault: Vault,
): Promise<Result<{ readonly text: string; readonly version: number } | null>> {
  const kept = await store.readConfig();
  if (!kept.ok) return kept;
  if (kept.value === null) return success(null);
  const opened = vault.open(configPurpose, kept.value.hash, kept.value.content);
  if (!opened.ok) return opened;
  return success({ text: Buffer.from(opened.value).toString('utf8'), version: kept.value.version });
}

/** Swaps a changed configuration in; calls that run keep the snapshot that they began with. */
export async function applyToState(
  state: CurrentState,
  request: ApplyRequest,
  ports: ApplyPorts,
): Promise<Result<ConfigSource>> {
  const prepared = await prepareParts(request, ports);
  if (!prepared.ok) return prepared;
  const { source, ...parts } = prepared.value;
  const changed = state.change(parts);
  return changed.ok ? success(source) : failure('CHG_CONFIG_INVALID', changed.failure.detail);
}
