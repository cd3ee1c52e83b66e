import { type Api, createApi, type ServerState } from '../api/index.ts';
import {
  createCaller,
  createEngine,
  createListener,
  createMeter,
  type Engine,
  type Listener,
} from '../gateway/index.ts';
import { type IdSource, type Result, success } from '../kernel/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Closers } from './closers.ts';
import { createControlPlane, type LocalControlPlane } from './control-plane.ts';
import type { LoadedConfig } from './configuration.ts';
import type { CurrentState } from './current-state.ts';
import type { FoundConfig } from './find-config.ts';
import type { Foundation } from './foundation.ts';
import { listen, type RunningServer } from './http-servers.ts';
import { loadBudgets } from './load-budgets.ts';
import { createOutboxDrain } from './outbox-drain.ts';
import { realClock, realRandom } from './real-ports.ts';
import { watchConfig } from './reload-config.ts';
import type { ServerOptions } from './server-options.ts';

/** A gateway that serves. */
export interface RunningGateway {
  readonly url: string;
  readonly folder: string;
  /** True when this data folder was empty before. */
  readonly isFirstStart: boolean;
  /** Sentences on what was found at start. */
  readonly found: readonly string[];
  readonly controlPlane: LocalControlPlane;
  issueLink(lastsMs: number): { readonly token: string; readonly expiresAt: number };
  reload(): Promise<void>;
  /** Refuses new calls, waits for those in flight up to `drainMs`, ends the rest honestly, writes everything down. */
  stop(drainMs: number): Promise<void>;
}

export interface GatewayParts {
  readonly options: ServerOptions;
  readonly base: Foundation;
  readonly ledger: Ledger;
  readonly state: CurrentState;
  readonly ids: IdSource;
  readonly closers: Closers;
}

/** Time for answers that have ended to reach clients that read them. */
const lastWordsMs = 1_000;

/** Waits for work, but not longer than this. */
async function isWithin(work: Promise<void>, limitMs: number): Promise<boolean> {
  let timer = { cancel: (): void => undefined };
  const late = new Promise<boolean>((resolve) => {
    timer = realClock.after(limitMs, () => resolve(false));
  });
  const isDone = await Promise.race([work.then(() => true), late]);
  timer.cancel();
  return isDone;
}

/** The joined parts of a gateway that is about to serve. */
export class Gateway {
  readonly #parts: GatewayParts;
  readonly #meter = createMeter();
  readonly #engine: Engine;
  readonly #listener: Listener;
  readonly #startedAt = realClock.now();
  #servers: RunningServer[] = [];

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    const { state, ledger, ids, base, options } = parts;
    const snapshot = (): ReturnType<CurrentState['snapshot']> => state.snapshot();
    const onMistake = (error: unknown, id: string): void => options.log.mistake(error, id);
    const { egress } = base;
    const shared = { snapshot, clock: realClock, onMistake };
    this.#engine = createEngine({ ...shared, egress, meter: this.#meter, recorder: ledger.recorder });
    this.#listener = createListener({
      ...shared,
      engine: this.#engine,
      ids,
      hashKey: (token) => base.vault.hashKey(token),
      isReady: () => base.store.fault === null && ledger.recorder.pressure() !== 'behind',
    });
  }

  #createControlPlane(loaded: LoadedConfig): LocalControlPlane {
    const { state, base, ledger, ids, options, closers } = this.#parts;
    const { store, vault, egress, load } = base;
    const outbox = createOutboxDrain(store, ledger, options.log);
    closers.add(() => outbox.run());
    void outbox.run();
    const caller = createCaller({
      engine: this.#engine,
      snapshot: () => state.snapshot(),
      clock: realClock,
      ids,
      recorder: ledger.recorder,
    });
    return createControlPlane(
      {
        state,
        store,
        ledger,
        vault,
        caller,
        egress,
        outbox,
        ids,
        load,
        log: options.log,
        clock: realClock,
        random: realRandom,
        folder: options.folder,
        health: () => this.#engine.health,
        serverState: () => this.#toServerState(),
      },
      loaded,
    );
  }

  #toServerState(): ServerState {
    const { endpoints } = this.#parts.state.snapshot();
    const now = realClock.now();
    return {
      version: this.#parts.options.version,
      startedAt: this.#startedAt,
      uptimeMs: now - this.#startedAt,
      simulated: [...endpoints.values()].every((endpoint) => endpoint.simulated),
      dataFolder: this.#parts.options.folder,
      listeners: this.#servers.map(({ url }) => ({ name: 'main', url })),
      inFlight: this.#listener.stats().inFlight,
    };
  }

  #toHandler(
    api: Api,
  ): (request: Parameters<Api['handle']>[0], response: Parameters<Api['handle']>[1]) => void {
    return (request, response) => {
      if (this.#listener.handle(request, response)) return;
      const target = request.url ?? '/';
      // An absolute or odd target is read under a fixed base; the host that a client names decides nothing.
      const url = URL.canParse(target, 'http://changeover') ? new URL(target, 'http://changeover') : null;
      if (url === null) {
        response.writeHead(400, { connection: 'close' }).end();
        return;
      }
      void api.handle(request, response, url).then((isHandled) => {
        if (!isHandled) this.#refuseUnknown(response, request.method ?? 'GET', url.pathname);
      });
    };
  }

  #refuseUnknown(response: Parameters<Api['handle']>[1], method: string, pathname: string): void {
    const { ids } = this.#parts;
    const text = `Cannot find "${method} ${pathname.slice(0, 200)}"`;
    const body = JSON.stringify({
      error: {
        message: text,
        type: 'invalid_request_error',
        param: null,
        code: 'CHG_PATH_UNKNOWN',
        call: ids.next('call'),
      },
    });
    response
      .writeHead(404, { 'content-type': 'application/json', 'x-changeover-error': 'CHG_PATH_UNKNOWN' })
      .end(body);
  }

  async start(config: FoundConfig): Promise<Result<RunningGateway>> {
    const { options, base, ledger, state, ids, closers } = this.#parts;
    const { log, folder } = options;
    const { loaded, found } = config;
    await loadBudgets(state.snapshot().keys.values(), { ledger, meter: this.#meter, now: realClock.now() });
    const controlPlane = this.#createControlPlane(loaded);
    const api = createApi({
      controlPlane,
      isAdminKey: (candidate) => base.admin.matches(candidate),
      clock: realClock,
      ids,
      random: realRandom,
      onMistake: (error, id) => log.mistake(error, id),
    });
    const settings = {
      ...loaded.settings.listen,
      ...(options.host === null ? {} : { host: options.host }),
      ...(options.port === null ? {} : { port: options.port }),
    };
    const server = await listen(settings, this.#toHandler(api), loaded.settings.limits.connections);
    if (!server.ok) return server;
    this.#servers = [server.value];
    const { url } = server.value;
    const published = base.admin.publish(url);
    if (!published.ok) return published;
    base.describe(url);
    const { configFile } = options;
    const watched = { state, controlPlane, log, load: base.load };
    const reload =
      configFile === null
        ? (): Promise<void> => Promise.resolve()
        : watchConfig({ ...watched, file: configFile }, closers);
    return success({
      url,
      folder,
      isFirstStart: base.isFirstStart,
      found,
      controlPlane,
      issueLink: (lastsMs) => api.issueLink(lastsMs),
      reload,
      stop: (drainMs) => this.#stop(server.value, drainMs),
    });
  }

  async #stop(server: RunningServer, drainMs: number): Promise<void> {
    const { options, closers } = this.#parts;
    // The port stays open meanwhile: who comes now is told why, and a load balancer reads it at /readyz.
    const quiet = this.#listener.drain();
    if (!(await isWithin(quiet, drainMs))) {
      options.log.warn(`Calls in flight are ended after ${drainMs} ms`);
      this.#engine.stop();
      await isWithin(quiet, lastWordsMs);
    }
    const closed = server.close();
    // What is still open now has had its answer, or never sent its request: it may not hold the process.
    if (!(await isWithin(closed, lastWordsMs))) server.destroy();
    await quiet;
    await closed;
    await closers.run(options.log);
  }
}
