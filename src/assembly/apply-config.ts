import type { ConfigSource } from '../api/index.ts';
import { failure, type Result, success } from '../kernel/index.ts';
import type { ServingOutcome, ServingPlan, StateStore } from '../store/index.ts';
import type { Vault } from '../vault/index.ts';
import type { LoadedConfig } from './configuration.ts';
import { type CurrentState, type StateParts, toServingMap } from './current-state.ts';
import type { Log } from './log.ts';
import { resolveCredentials } from './resolve-credentials.ts';

/** The word under which kept configurations are sealed; they may hold literal keys. */
const configPurpose = 'config';

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

/**
 * Serving for a configuration that was made of what this machine has today. A model server that a route was
 * switched to may be off at this start: the route then goes back to what was found, with an event that says
 * so, because a gateway that does not start at all helps nobody.
 */
async function ensureDiscovered(plan: ServingPlan, ports: ApplyPorts): Promise<Result<ServingOutcome>> {
  const { store, log } = ports;
  const outcome = await store.ensureServing(plan);
  if (outcome.ok || outcome.failure.code !== 'CHG_CONFIG_INVALID') return outcome;
  const kept = await store.ensureServing({ ...plan, offers: null });
  if (!kept.ok) return kept;
  for (const { route, shares } of kept.value.serving) {
    const gone = shares.find((share) => plan.offers?.includes(share.offer) === false);
    const found = plan.routes.find((entry) => entry.route === route);
    if (gone === undefined || found === undefined) continue;
    const reason = `offer ${gone.offer} was not found at this start`;
    log.warn(`Route "${route}" goes back to what was found: ${reason}`);
    const { actor, at } = plan;
    const written = await store.switchServing({
      route,
      shares: found.shares,
      expectedVersion: null,
      reason,
      actor,
      at,
    });
    if (!written.ok) return written;
  }
  return store.ensureServing(plan);
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
    const outcome = await ensureDiscovered(plan, ports);
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
