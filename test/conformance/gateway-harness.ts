import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Endpoint, Profile, Tariff } from '../../src/catalog/index.ts';
import { createEgress, type Egress } from '../../src/endpoint/index.ts';
import {
  createCaller,
  createEngine,
  createListener,
  createMeter,
  type Listener,
  type LocalMeter,
  serverOptions,
} from '../../src/gateway/index.ts';
import {
  type Caller,
  type CallRecord,
  type Clock,
  createIdSource,
  createSeededRandom,
  type Dialect,
  type KeyLimits,
  type KeyRecord,
  type LedgerPressure,
  type LedgerRecord,
  limits,
  type Recorder,
} from '../../src/kernel/index.ts';
import type { Route, Snapshot } from '../../src/routing/index.ts';

/** The wall clock, for tests whose servers are real. */
export const realClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

/** A recorder that keeps what it is given, and can be told how it fares. */
class MemoryRecorder implements Recorder {
  durability: 'batch' | 'strict' = 'batch';
  whenBehind: 'refuse' | 'gap' = 'refuse';
  state: LedgerPressure = 'normal';
  failing = false;
  readonly records: LedgerRecord[] = [];

  pressure(): LedgerPressure {
    return this.state;
  }

  record(record: LedgerRecord): void {
    this.records.push(record);
  }

  recordDurably(record: LedgerRecord): Promise<void> {
    if (this.failing) return Promise.reject(new Error('disk full'));
    this.records.push(record);
    return Promise.resolve();
  }

  get calls(): CallRecord[] {
    return this.records.filter((record) => record.kind === 'call');
  }
}

/** One upstream of a test gateway. */
export interface TestUpstream {
  readonly name: string;
  readonly doors: Readonly<Partial<Record<Dialect, string>>>;
  readonly model?: string;
  readonly tariff?: Tariff;
  readonly profile?: Partial<Profile>;
  readonly phases?: Partial<Endpoint['phases']>;
  readonly privateAllowed?: boolean;
  readonly auth?: 'bearer' | 'x-api-key' | 'none';
}

export interface HarnessOptions {
  readonly upstreams: readonly TestUpstream[];
  readonly clock?: Clock;
  readonly route?: Partial<Route>;
  readonly keyLimits?: Partial<KeyLimits>;
  readonly snapshotLimits?: Partial<Snapshot['limits']>;
}

export interface Harness {
  readonly url: string;
  readonly key: string;
  readonly recorder: MemoryRecorder;
  readonly meter: LocalMeter;
  readonly listener: Listener;
  readonly caller: Caller;
  readonly egress: Egress;
  readonly mistakes: unknown[];
  /** Resolves with the newest call once `count` calls have settled. */
  settled(count: number): Promise<CallRecord>;
  replace(change: (snapshot: Snapshot) => Snapshot): void;
  close(): Promise<void>;
}

const key = 'chg_test_key_that_is_long_enough';

function toEndpoint(upstream: TestUpstream): Endpoint {
  const auth = upstream.auth ?? 'none';
  return {
    name: upstream.name,
    profile: {
      name: 'openai-compatible',
      streamUsage: 'ask',
      errorCodes: {},
      evidence: 'documented',
      ...upstream.profile,
    },
    doors: Object.entries(upstream.doors).map(([dialect, url]) => ({
      dialect: dialect as Dialect,
      url,
      auth,
      headers: {},
    })),
    modelsUrl: null,
    jurisdiction: { runsIn: 'CL', dataIn: 'CL', operatorCountry: 'CL', operator: 'self' },
    tls: null,
    privateAllowed: upstream.privateAllowed ?? true,
    phases: {
      connectMs: 2_000,
      firstByteMs: 5_000,
      firstTokenMs: 5_000,
      idleMs: 5_000,
      totalMs: 30_000,
      ...upstream.phases,
    },
    simulated: true,
  };
}

function toSnapshot(options: HarnessOptions): Snapshot {
  const { upstreams } = options;
  const first = upstreams[0];
  if (first === undefined) throw new Error('A harness needs an upstream');
  const toName = (upstream: TestUpstream): string => `${upstream.model ?? 'm'}@${upstream.name}`;
  const record: KeyRecord = {
    id: 'key_test',
    org: 'main',
    team: null,
    name: 'test',
    hash: `hash:${key}`,
    hint: 'chg_test',
    routes: null,
    limits: { maxConcurrent: null, budget: null, ...options.keyLimits },
    expiresAt: null,
    revokedAt: null,
    createdAt: 0,
  };
  const route: Route = {
    name: 'support',
    serve: [{ offer: toName(first), share: 1 }],
    fallback: upstreams.slice(1).map(toName),
    allow: { runsIn: null, dataIn: null, operators: null },
    keepBodiesMs: null,
    phases: {},
    ...options.route,
  };
  return {
    version: 1,
    configHash: 'test',
    keys: new Map([[record.hash, record]]),
    endpoints: new Map(upstreams.map((upstream) => [upstream.name, toEndpoint(upstream)])),
    credentials: new Map(
      upstreams
        .filter((upstream) => (upstream.auth ?? 'none') !== 'none')
        .map((upstream) => {
          const origin = new URL(Object.values(upstream.doors)[0] ?? '').origin;
          const headers = { authorization: `Bearer secret-of-${upstream.name}` };
          return [upstream.name, { origin, headersFor: (to: string) => (to === origin ? headers : null) }];
        }),
    ),
    offers: new Map(
      upstreams.map((upstream) => [
        toName(upstream),
        {
          name: toName(upstream),
          model: upstream.model ?? 'm',
          endpoint: upstream.name,
          wireModel: upstream.model ?? 'm',
          tariff: upstream.tariff ?? null,
        },
      ]),
    ),
    routes: new Map([[route.name, route]]),
    serving: new Map([
      [
        route.name,
        { route: route.name, version: 1, shares: route.serve, reason: 'test', actor: 'test', at: 0 },
      ],
    ]),
    limits: {
      bodyBytes: limits.bodyBytes,
      bodyBytesInFlight: limits.bodyBytesInFlight,
      answerBytes: limits.answerBytes,
      connections: limits.connections,
      ...options.snapshotLimits,
    },
  };
}

/** Starts a real data plane on loopback with a recorder in memory. */
export async function startHarness(options: HarnessOptions): Promise<Harness> {
  const clock = options.clock ?? realClock;
  const ids = createIdSource(clock, createSeededRandom(7));
  let snapshot = toSnapshot(options);
  const recorder = new MemoryRecorder();
  const meter = createMeter();
  const egress = createEgress({ https: null, http: null, bypass: '' }, 10_000);
  const mistakes: unknown[] = [];
  const onMistake = (error: unknown): void => void mistakes.push(error);
  const engine = createEngine({ snapshot: () => snapshot, egress, clock, meter, recorder, onMistake });
  const listener = createListener({
    engine,
    snapshot: () => snapshot,
    clock,
    ids,
    hashKey: (token) => `hash:${token}`,
    isReady: () => true,
    onMistake,
  });
  const server = createServer(serverOptions, (request, response) => {
    if (!listener.handle(request, response)) response.writeHead(404).end();
  });
  const url = await listen(server);
  return {
    url,
    key,
    recorder,
    meter,
    listener,
    egress,
    mistakes,
    caller: createCaller({ engine, snapshot: () => snapshot, clock, ids, recorder }),
    async settled(count) {
      for (let round = 0; round < 2_000 && recorder.calls.length < count; round++) await tick();
      const record = recorder.calls[count - 1];
      if (record === undefined) {
        throw new Error(`Only ${recorder.calls.length} of ${count} calls have settled`);
      }
      return record;
    },
    replace(change) {
      snapshot = change(snapshot);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await egress.close();
    },
  };
}

/** Lets I/O go on for about a millisecond; waiting is bounded by the caller's count. */
export function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

/** Listens on a free port of loopback. */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
