import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

import type {
  ConfigCheck,
  ConfigEdit,
  ConfigSource,
  ControlPlane,
  NewKey,
  ServerState,
} from '../api/index.ts';
import { explain, findServingObjection } from '../config/index.ts';
import { type Egress, readText } from '../endpoint/index.ts';
import {
  type Caller,
  type Clock,
  failure,
  type IdSource,
  type KeyRecord,
  type Random,
  type Result,
  Secret,
  success,
} from '../kernel/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { HealthMap, Serving } from '../routing/index.ts';
import type { ServingVersion, StateStore } from '../store/index.ts';
import { parseCredential, type Vault } from '../vault/index.ts';
import { applyToState } from './apply-config.ts';
import { type LoadedConfig, loadConfig, type LoadPorts } from './configuration.ts';
import type { CurrentState } from './current-state.ts';
import type { Log } from './log.ts';
import type { OutboxDrain } from './outbox-drain.ts';
import { resolveCredentials, secretPurpose } from './resolve-credentials.ts';

export interface ControlPorts {
  readonly state: CurrentState;
  readonly store: StateStore;
  readonly ledger: Ledger;
  readonly vault: Vault;
  readonly caller: Caller;
  readonly egress: Egress;
  readonly outbox: OutboxDrain;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly random: Random;
  readonly log: Log;
  readonly load: LoadPorts;
  readonly folder: string;
  readonly health: () => HealthMap;
  readonly serverState: () => ServerState;
}

/** The control plane, with what only `assembly` may do: replace the applied configuration. */
export interface LocalControlPlane extends ControlPlane {
  /** Applies a document that rules from a file. */
  reload(loaded: LoadedConfig): Promise<Result<ConfigSource>>;
}

const modelListMs = 10_000;
const modelListBytes = 4 * 1024 * 1024;
const modelsShown = 1_000;

/** Joins store, ledger, config and the call engine into what the admin API needs. */
export function createControlPlane(ports: ControlPorts, applied: LoadedConfig): LocalControlPlane {
  return new Control(ports, applied);
}

class Control implements LocalControlPlane {
  readonly #ports: ControlPorts;
  #applied: LoadedConfig;
  /** One change at a time: two reloads that overlap could otherwise end with the older one. */
  #queue: Promise<unknown> = Promise.resolve();

  readonly ledger: ControlPlane['ledger'];

  constructor(ports: ControlPorts, applied: LoadedConfig) {
    this.#ports = ports;
    this.#applied = applied;
    const { ledger } = ports;
    this.ledger = {
      durability: ledger.recorder.durability,
      calls: (request) => ledger.calls(request),
      call: (id) => ledger.call(id),
      events: (request) => ledger.events(request),
      overview: (request) => ledger.overview(request),
      verify: (request) => ledger.verify(request),
      export: (request) => ledger.export(request),
      erase: (request) => ledger.erase(request),
      stats: () => ledger.stats(),
    };
  }

  get caller(): Caller {
    return this.#ports.caller;
  }

  snapshot(): ReturnType<ControlPlane['snapshot']> {
    return this.#ports.state.snapshot();
  }

  state(): ServerState {
    return this.#ports.serverState();
  }

  health(): HealthMap {
    return this.#ports.health();
  }

  #inTurn<Value>(action: () => Promise<Value>): Promise<Value> {
    const turn = this.#queue.then(action);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #refreshKeys(): Promise<Result<null>> {
    const keys = await this.#ports.store.listKeys();
    if (!keys.ok) return keys;
    const changed = this.#ports.state.change({ keys: keys.value });
    return changed.ok ? success(null) : changed;
  }

  createKey(key: NewKey, actor: string): ReturnType<ControlPlane['createKey']> {
    return this.#inTurn(async () => {
      const { vault, random, store, clock, ids, outbox } = this.#ports;
      const made = vault.createClientKey(random);
      const { maxConcurrent, budget, ...rest } = key;
      const record: KeyRecord = {
        ...rest,
        id: ids.next('key'),
        hash: made.hash,
        hint: made.hint,
        limits: { maxConcurrent, budget },
        revokedAt: null,
        createdAt: clock.now(),
      };
      const created = await store.createKey(record, { actor, at: clock.now(), org: key.org });
      if (!created.ok) return created;
      const refreshed = await this.#refreshKeys();
      if (!refreshed.ok) return refreshed;
      void outbox.run();
      return success({ record: created.value, key: new Secret(made.token) });
    });
  }

  listKeys(): ReturnType<ControlPlane['listKeys']> {
    return this.#ports.store.listKeys();
  }

  revokeKey(id: string, actor: string): Promise<Result<KeyRecord>> {
    return this.#inTurn(async () => {
      const { store, clock, outbox } = this.#ports;
      const revoked = await store.revokeKey(id, { actor, at: clock.now() });
      if (!revoked.ok) return revoked;
      const refreshed = await this.#refreshKeys();
      if (!refreshed.ok) return refreshed;
      void outbox.run();
      return revoked;
    });
  }

  servingHistory(route: string, limit: number): ReturnType<ControlPlane['servingHistory']> {
    return this.#ports.store.servingHistory(route, limit);
  }

  #adoptServing(written: Result<ServingVersion>): Result<Serving> {
    if (!written.ok) return written;
    const { state, outbox } = this.#ports;
    const serving = new Map(state.parts().serving).set(written.value.route, written.value);
    const changed = state.change({ serving });
    if (!changed.ok) return changed;
    void outbox.run();
    return success(written.value);
  }

  switchServing(change: Parameters<ControlPlane['switchServing']>[0]): Promise<Result<Serving>> {
    return this.#inTurn(async () =>
      this.#adoptServing(await this.#ports.store.switchServing({ ...change, at: this.#ports.clock.now() })),
    );
  }

  backServing(change: Parameters<ControlPlane['backServing']>[0]): Promise<Result<Serving>> {
    return this.#inTurn(async () => {
      const { store, clock, state } = this.#ports;
      const now = state.parts().serving.get(change.route);
      const objection = await this.#findBackObjection(change.route, now?.version ?? null);
      if (objection !== null) return failure('CHG_POLICY_REFUSED', { reason: objection });
      return this.#adoptServing(await store.backServing({ ...change, at: clock.now() }));
    });
  }

  /**
   * The way back may name an offer that the configuration has lost or forbidden meanwhile. It must not be
   * written then: the store would hold a serving that no snapshot can be made of.
   */
  async #findBackObjection(route: string, version: number | null): Promise<string | null> {
    const history = await this.#ports.store.servingHistory(route, 200);
    if (!history.ok || version === null) return null;
    const backTo = history.value.find((entry) => entry.version === version)?.backTo ?? null;
    const target = history.value.find((entry) => entry.version === backTo);
    const { settings } = this.#ports.state.parts();
    for (const { offer } of target?.shares ?? []) {
      const objection = findServingObjection(settings, route, offer);
      if (objection !== null) return objection;
    }
    return null;
  }

  async listEndpointModels(name: string, signal: AbortSignal): Promise<Result<readonly string[]>> {
    const { egress, clock } = this.#ports;
    const endpoint = this.snapshot().endpoints.get(name);
    if (endpoint === undefined) return failure('CHG_NOT_FOUND', { what: 'endpoint', id: name });
    const url = endpoint.modelsUrl;
    if (url === null) return success([]);
    const secretHeaders = this.snapshot().credentials.get(name)?.headersFor(new URL(url).origin) ?? {};
    const headers = [
      ...Object.entries(secretHeaders),
      ...Object.entries(endpoint.doors[0]?.headers ?? {}),
    ].flat();
    try {
      const answer = await readText(egress, clock, {
        endpoint,
        url,
        headers,
        signal,
        timeoutMs: modelListMs,
        limitBytes: modelListBytes,
      });
      if (answer.status !== 200) return failure('CHG_UPSTREAM_ERROR', { offer: name, status: answer.status });
      return success(parseModelIds(answer.body));
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : 'connection failed';
      return failure('CHG_UPSTREAM_UNREACHABLE', { offer: name, reason });
    }
  }

  config(): ReturnType<ControlPlane['config']> {
    const { config, settings, source } = this.#applied;
    const explained = explain(config, settings, source.kind === 'built-in' ? 'discovered' : 'file');
    return { hash: settings.hash, source, warnings: settings.warnings, ...explained };
  }

  async checkConfig(text: string): Promise<ConfigCheck> {
    const loaded = await loadConfig(text, { kind: 'store', version: 0 }, this.#ports.load);
    if (!loaded.ok) return { hash: null, problems: loaded.problems };
    return { hash: loaded.loaded.settings.hash, problems: loaded.loaded.settings.warnings };
  }

  async applyConfig(edit: ConfigEdit): Promise<Result<ConfigCheck>> {
    const { source } = this.#applied;
    if (source.kind === 'file') return failure('CHG_CONFIG_READ_ONLY', { file: source.file });
    const loaded = await loadConfig(edit.text, { kind: 'store', version: 0 }, this.#ports.load);
    if (!loaded.ok) {
      const first = loaded.problems.find((problem) => problem.severity === 'error');
      return failure('CHG_CONFIG_INVALID', { reason: first?.text ?? 'it has errors' });
    }
    const applied = await this.#apply(loaded.loaded, edit.actor, edit.expectedVersion);
    if (!applied.ok) return applied;
    const { hash, warnings } = loaded.loaded.settings;
    return success({ hash, problems: warnings });
  }

  reload(loaded: LoadedConfig): Promise<Result<ConfigSource>> {
    return this.#apply(loaded, 'config', null);
  }

  #apply(loaded: LoadedConfig, actor: string, expectedVersion: number | null): Promise<Result<ConfigSource>> {
    return this.#inTurn(async () => {
      const { state, store, vault, log, clock, outbox } = this.#ports;
      const request = { loaded, actor, expectedVersion };
      const result = await applyToState(state, request, { store, vault, log, now: () => clock.now() });
      if (!result.ok) return result;
      this.#applied = { ...loaded, source: result.value };
      void outbox.run();
      return result;
    });
  }

  listConfigs(limit: number): ReturnType<ControlPlane['listConfigs']> {
    return this.#ports.store.listConfigs(limit);
  }

  listSecretNames(): ReturnType<ControlPlane['listSecretNames']> {
    return this.#ports.store.listSecretNames();
  }

  async #refreshCredentials(): Promise<Result<null>> {
    const { state } = this.#ports;
    const credentials = await resolveCredentials(state.parts().settings.credentials.values(), this.#ports);
    const changed = state.change({ credentials });
    return changed.ok ? success(null) : changed;
  }

  putSecret(name: string, value: Secret, actor: string): Promise<Result<null>> {
    return this.#inTurn(async () => {
      const { store, vault, clock, outbox } = this.#ports;
      const parsed = parseCredential(value.reveal(), `store:${name}`);
      if (!parsed.ok) return parsed;
      const sealed = vault.seal(secretPurpose, name, Buffer.from(parsed.value.reveal()));
      const put = await store.putSecret(name, sealed, { actor, at: clock.now() });
      if (!put.ok) return put;
      void outbox.run();
      return this.#refreshCredentials();
    });
  }

  removeSecret(name: string, actor: string): Promise<Result<null>> {
    return this.#inTurn(async () => {
      const { store, clock, outbox } = this.#ports;
      const removed = await store.removeSecret(name, { actor, at: clock.now() });
      if (!removed.ok) return removed;
      void outbox.run();
      return this.#refreshCredentials();
    });
  }

  async backup(actor: string): ReturnType<ControlPlane['backup']> {
    const { store, ledger, clock, folder, ids, outbox } = this.#ports;
    const stamp = new Date(clock.now()).toISOString().replace(/[:.]/g, '-');
    const target = path.join(folder, 'backups', stamp);
    mkdirSync(target, { recursive: true, mode: 0o700 });
    await ledger.recorder.recordDurably({
      kind: 'event',
      id: ids.next('event'),
      at: clock.now(),
      org: 'main',
      actor,
      event: 'backup.started',
      subject: stamp,
      data: {},
    });
    await outbox.run();
    // The state goes first: a switch that comes between is then in the ledger at worst, never lost from it.
    const copied = await store.backup(path.join(target, 'changeover.db'));
    if (!copied.ok) return copied;
    await ledger.backup(path.join(target, 'ledger.db'));
    const files = ['changeover.db', 'ledger.db'].map((name) => ({
      name,
      bytes: statSync(path.join(target, name)).size,
    }));
    return success({ folder: target, files });
  }
}

/** Model ids of a list in OpenAI's or Anthropic's shape (both have `data[].id`); Ollama's has `models[].name`. */
function parseModelIds(text: string): readonly string[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    // A page that is no JSON lists no models; the probe call tells more.
    return [];
  }
  const { data, models } = (list ?? {}) as { readonly data?: unknown; readonly models?: unknown };
  const entries: readonly unknown[] = [data, models].find((entry) => Array.isArray(entry)) ?? [];
  const ids: string[] = [];
  for (const entry of entries.slice(0, modelsShown)) {
    const { id, name } = (entry ?? {}) as { readonly id?: unknown; readonly name?: unknown };
    const found = id ?? name;
    if (typeof found === 'string') ids.push(found);
  }
  return ids;
}
