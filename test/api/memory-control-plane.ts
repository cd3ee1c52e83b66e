// A control plane that keeps everything in memory and follows the rules of the port, for tests of the admin
// API and of the CLI over real HTTP. What it leaves out is durability, not behaviour.
import type { AppliedConfig, ConfigCheck, ControlPlane, LedgerDoor } from '../../src/api/index.ts';
import type { Endpoint, Jurisdiction, Offer } from '../../src/catalog/index.ts';
import {
  type CallRecord,
  type Clock,
  createIdSource,
  createSeededRandom,
  failure,
  type IdSource,
  type KeyRecord,
  limits,
  type Outcome,
  parseMoney,
  Secret,
  success,
} from '../../src/kernel/index.ts';
import type { StoredCall, StoredEvent } from '../../src/ledger/index.ts';
import type { OfferHealth, Route, Share, Snapshot } from '../../src/routing/index.ts';
import type { ConfigVersion, ServingVersion } from '../../src/store/index.ts';

const america: Jurisdiction = { runsIn: 'US', dataIn: 'US', operator: 'openai', operatorCountry: 'US' };
const singapore: Jurisdiction = { runsIn: 'SG', dataIn: 'SG', operator: 'alibaba', operatorCountry: 'CN' };

function toEndpoint(name: string, jurisdiction: Jurisdiction, simulated: boolean): Endpoint {
  const base = `http://127.0.0.1:9/${name}/v1`;
  return {
    name,
    profile: { name: 'openai-compatible', streamUsage: 'ask', errorCodes: {}, evidence: 'documented' },
    doors: [{ dialect: 'openai-chat', url: `${base}/chat/completions`, auth: 'bearer', headers: {} }],
    modelsUrl: simulated ? null : `${base}/models`,
    jurisdiction,
    tls: null,
    privateAllowed: true,
    phases: { connectMs: 1, firstByteMs: 1, firstTokenMs: 1, idleMs: 1, totalMs: 1 },
    simulated,
  };
}

function toOffer(model: string, endpoint: string): Offer {
  const tariff = {
    version: 't1',
    currency: 'USD',
    input: parseMoney('0.4') ?? 0n,
    output: parseMoney('1.2') ?? 0n,
    cacheRead: null,
  };
  return { name: `${model}@${endpoint}`, model, endpoint, wireModel: model, tariff };
}

function toRoute(name: string, serve: string, fallback: readonly string[]): Route {
  return {
    name,
    serve: [{ offer: serve, share: 1 }],
    fallback,
    allow: { runsIn: null, dataIn: null, operators: null },
    keepBodiesMs: null,
    phases: {},
  };
}

function byName<Item extends { readonly name: string }>(items: readonly Item[]): Map<string, Item> {
  return new Map(items.map((item) => [item.name, item]));
}

const position = { writer: 'w1', seq: 1, hash: 'ab'.repeat(32) };

/** One page of a list that is newest first; the cursor is the id after which the page starts. */
function toPage<Item extends { readonly id: string }>(
  items: readonly Item[],
  request: { readonly limit?: number; readonly cursor?: string },
) {
  const start = request.cursor === undefined ? 0 : items.findIndex((item) => item.id === request.cursor) + 1;
  const page = items.slice(start, start + (request.limit ?? 50));
  const isMore = start + page.length < items.length;
  return { page, next: isMore ? (page.at(-1)?.id ?? null) : null };
}

export interface CallFields {
  readonly route?: string;
  readonly offer?: string | null;
  readonly key?: string;
  readonly status?: number;
  readonly failure?: CallRecord['failure'];
  readonly purpose?: CallRecord['purpose'];
}

export class MemoryControlPlane implements ControlPlane {
  readonly #clock: Clock;
  readonly #ids: IdSource;
  readonly #keys = new Map<string, KeyRecord>();
  readonly #history = new Map<string, ServingVersion[]>();
  readonly #secrets = new Map<string, Secret>();
  readonly #events: StoredEvent[] = [];
  readonly #configs: ConfigVersion[] = [];
  /** Newest first. */
  readonly calls: StoredCall[] = [];
  readonly bodies = new Map<string, { readonly request: Uint8Array; readonly response: Uint8Array }>();
  readonly erasures: unknown[] = [];
  healthOf = new Map<string, OfferHealth>();
  configFile: string | null = null;
  /** What probes and verifications shall meet. */
  faults: { callFails?: boolean; modelsFail?: boolean; verifyFinds?: string; verifyThrows?: boolean } = {};
  exportPieces: readonly string[] = ['{"line":1}\n', '{"line":2}\n'];
  #routes: Map<string, Route>;
  readonly #endpoints = byName([
    toEndpoint('openai', america, false),
    toEndpoint('qwen-sg', singapore, false),
    toEndpoint('sim-openai', { ...america, operator: 'self' }, true),
  ]);
  readonly #offers = byName([
    toOffer('gpt-5.5', 'openai'),
    toOffer('qwen3.7-plus', 'qwen-sg'),
    toOffer('frontier', 'sim-openai'),
  ]);

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#ids = createIdSource(clock, createSeededRandom(7));
    this.#routes = byName([
      toRoute('support', 'gpt-5.5@openai', ['qwen3.7-plus@qwen-sg']),
      toRoute('demo', 'frontier@sim-openai', []),
      {
        ...toRoute('citizens', 'gpt-5.5@openai', []),
        allow: { runsIn: ['US'], dataIn: ['US'], operators: null },
      },
    ]);
    for (const route of this.#routes.values()) {
      this.#write(route.name, route.serve, { reason: 'first start', actor: 'config', origin: 'config' });
    }
  }

  #write(
    route: string,
    shares: readonly Share[],
    { reason, actor, origin }: Pick<ServingVersion, 'reason' | 'actor' | 'origin'>,
  ): ServingVersion {
    const before = this.#history.get(route) ?? [];
    const version = (before[0]?.version ?? 0) + 1;
    const backTo = before[0]?.version ?? null;
    const written = { route, version, shares, reason, actor, origin, backTo, at: this.#clock.now() };
    this.#history.set(route, [written, ...before]);
    return written;
  }

  #record(event: string, subject: string, actor: string): void {
    const id = this.#ids.next('evt');
    const at = this.#clock.now();
    this.#events.unshift({ kind: 'event', id, at, org: 'main', actor, event, subject, data: {}, position });
  }

  addRoute(name: string): void {
    this.#routes.set(name, toRoute(name, 'frontier@sim-openai', []));
    this.#write(name, [{ offer: 'frontier@sim-openai', share: 1 }], {
      reason: 'added',
      actor: 'config',
      origin: 'config',
    });
  }

  removeRoutes(names: readonly string[]): void {
    for (const name of names) this.#routes.delete(name);
  }

  addCall(fields: CallFields = {}): StoredCall {
    const call: StoredCall = {
      ...this.#toRecord(fields.purpose ?? 'client'),
      ...fields,
      position,
      bodies: 'none',
      erasedBy: null,
    };
    this.calls.unshift(call);
    return call;
  }

  #toRecord(purpose: CallRecord['purpose']): Omit<CallRecord, 'bodies'> {
    return {
      kind: 'call',
      id: this.#ids.next('call'),
      at: this.#clock.now(),
      org: 'main',
      team: null,
      key: 'key_1',
      purpose,
      dialect: 'openai-chat',
      stream: false,
      route: 'support',
      routeVersion: 1,
      offer: 'gpt-5.5@openai',
      conversation: null,
      turn: 1,
      task: null,
      configHash: 'cd'.repeat(32),
      decision: { verdict: 'admit', reason: 'no limit applies' },
      attempts: [
        {
          offer: 'gpt-5.5@openai',
          startMs: 0.1,
          firstByteMs: 210.5,
          firstTokenMs: 230,
          endMs: 900,
          status: 200,
          failure: null,
          cause: null,
          resent: false,
        },
      ],
      status: 200,
      failure: null,
      finish: 'stop',
      usage: {
        inputTokens: 1200,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
        outputTokens: 80,
        reasoningTokens: 0,
      },
      usageSource: 'reported',
      tariff: 't1',
      reportedModel: 'gpt-5.5-2026-04-23',
      totalMs: 901.2,
      firstByteMs: 210.5,
      firstTokenMs: 230,
      requestBytes: 2048,
      responseBytes: 640,
      loss: [],
      cost: 576_000n,
      currency: 'USD',
    };
  }

  readonly caller: ControlPlane['caller'] = {
    call: async (request, options): Promise<Outcome> => {
      // The engine calls an offer only on behalf of a route, whose rules it then applies.
      if ('offer' in request.target && options.onBehalfOfRoute === undefined) {
        throw new Error('The offer is called on behalf of no route');
      }
      const isFailing = this.faults.callFails === true;
      const record: CallRecord = {
        ...this.#toRecord(options.purpose),
        offer: 'offer' in request.target ? request.target.offer : null,
        bodies: null,
      };
      this.calls.unshift({ ...record, position, bodies: 'none', erasedBy: null });
      // The engine's record knows the code only.
      const refused = failure('CHG_UPSTREAM_CREDENTIAL').failure;
      return {
        status: isFailing ? 502 : 200,
        body: Buffer.from('{}'),
        contentType: 'application/json',
        failure: isFailing ? refused : null,
        record,
      };
    },
  };

  readonly ledger: LedgerDoor = {
    durability: 'batch',
    calls: async (request) => {
      const { filter = {} } = request;
      const matching = this.calls.filter(
        (call) =>
          (filter.route === undefined || call.route === filter.route) &&
          (filter.key === undefined || call.key === filter.key) &&
          (filter.purpose === undefined || call.purpose === filter.purpose) &&
          (filter.failed === undefined || call.status >= 400 === filter.failed),
      );
      const { page, next } = toPage(matching, request);
      return success({ calls: page, next });
    },
    call: async (id) => {
      const call = this.calls.find((candidate) => candidate.id === id);
      if (call === undefined) return null;
      return { call, bodies: this.bodies.get(id) ?? null };
    },
    events: async (request) => {
      const matching = this.#events.filter(
        (event) => request.subject === undefined || event.subject === request.subject,
      );
      const { page, next } = toPage(matching, request);
      return success({ events: page, next });
    },
    overview: () => Promise.reject(new Error('Roll-ups are not kept in memory')),
    verify: async (request) => {
      request?.onProgress?.({ rows: 1, totalRows: 2 });
      // A turn of the event loop, so that the progress is on its way before the report.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.faults.verifyThrows === true) throw new Error('The ledger cannot be read');
      const text = this.faults.verifyFinds;
      const findings =
        text === undefined
          ? []
          : [{ kind: 'chain-broken' as const, org: 'main', writer: 'w1', seq: 2, id: 'call_2', text }];
      return {
        ok: findings.length === 0,
        rows: 2,
        chains: 1,
        checkpoints: 1,
        trustedCheckpoints: 1,
        unsignedRows: 0,
        erasedRows: 0,
        bodies: 0,
        open: [],
        interrupted: [],
        gapCalls: 0,
        findings,
        findingCount: findings.length,
      };
    },
    export: async ({ write }) => {
      for (const piece of this.exportPieces) await write(Buffer.from(piece));
      return { records: this.exportPieces.length, checkpoints: 0, bytes: this.exportPieces.join('').length };
    },
    erase: async (request) => {
      this.erasures.push(request);
      return { calls: request.calls?.length ?? 1, events: ['evt_1'] };
    },
    stats: () => ({
      pressure: 'normal',
      queuedRows: 0,
      queuedBodyBytes: 0,
      lagMs: 0,
      committedRows: this.calls.length,
      commits: 1,
      shedBodies: 0,
      gapCalls: 0,
      duplicates: 0,
      writerRestarts: 0,
      writeError: null,
      upkeepError: null,
      interrupted: 0,
      rows: this.calls.length,
      fileBytes: 4096,
      lastCheckpointAt: null,
      durableLagMsP50: null,
      durableLagMsP99: null,
    }),
  };

  snapshot(): Snapshot {
    return {
      version: 1,
      configHash: 'cd'.repeat(32),
      keys: new Map([...this.#keys.values()].map((key) => [key.hash, key])),
      endpoints: this.#endpoints,
      credentials: new Map(),
      offers: this.#offers,
      routes: this.#routes,
      serving: new Map(
        [...this.#history].flatMap(([route, [now]]) => (now === undefined ? [] : [[route, now]])),
      ),
      limits,
    };
  }

  state(): ReturnType<ControlPlane['state']> {
    return {
      version: '0.1.0',
      startedAt: this.#clock.now() - 60_000,
      uptimeMs: 60_000,
      simulated: false,
      dataFolder: '~/.changeover',
      listeners: [{ name: 'gateway', url: 'http://127.0.0.1:8787' }],
      inFlight: 0,
    };
  }

  health(): Map<string, OfferHealth> {
    return this.healthOf;
  }

  async createKey(wanted: Parameters<ControlPlane['createKey']>[0], actor: string) {
    const { maxConcurrent, budget, ...rest } = wanted;
    const id = this.#ids.next('key');
    const key = `chg_${id.slice(4)}`;
    const record: KeyRecord = {
      ...rest,
      id,
      hash: id,
      hint: key.slice(0, 8),
      limits: { maxConcurrent, budget },
      revokedAt: null,
      createdAt: this.#clock.now(),
    };
    this.#keys.set(id, record);
    this.#record('key.created', id, actor);
    return success({ record, key: new Secret(key) });
  }

  async listKeys() {
    return success([...this.#keys.values()]);
  }

  async revokeKey(id: string, actor: string) {
    const record = this.#keys.get(id);
    if (record === undefined) return failure('CHG_NOT_FOUND', { what: 'key', id });
    const revoked = { ...record, revokedAt: record.revokedAt ?? this.#clock.now() };
    this.#keys.set(id, revoked);
    this.#record('key.revoked', id, actor);
    return success(revoked);
  }

  async servingHistory(route: string, limit: number) {
    return success((this.#history.get(route) ?? []).slice(0, limit));
  }

  #checkVersion(route: string, expected: number | null) {
    const actual = this.#history.get(route)?.[0]?.version ?? 0;
    if (expected === null || expected === actual) return null;
    return failure('CHG_SERVING_CONFLICT', { route, actual, expected });
  }

  async switchServing(change: Parameters<ControlPlane['switchServing']>[0]) {
    const conflict = this.#checkVersion(change.route, change.expectedVersion);
    if (conflict !== null) return conflict;
    this.#record('serving.switched', change.route, change.actor);
    return success(this.#write(change.route, change.shares, { ...change, origin: 'switch' }));
  }

  async backServing(change: Parameters<ControlPlane['backServing']>[0]) {
    const conflict = this.#checkVersion(change.route, change.expectedVersion);
    if (conflict !== null) return conflict;
    const previous = this.#history.get(change.route)?.[1];
    if (previous === undefined) return failure('CHG_SERVING_NO_PREVIOUS', { route: change.route });
    this.#record('serving.back', change.route, change.actor);
    return success(this.#write(change.route, previous.shares, { ...change, origin: 'back' }));
  }

  async listEndpointModels(endpoint: string) {
    if (this.faults.modelsFail === true) {
      return failure('CHG_UPSTREAM_UNREACHABLE', { offer: endpoint, reason: 'connection refused' });
    }
    return success(['gpt-5.5', 'gpt-5.5-mini']);
  }

  config(): AppliedConfig {
    return {
      hash: 'cd'.repeat(32),
      source: this.configFile === null ? { kind: 'built-in' } : { kind: 'file', file: this.configFile },
      text: 'endpoints:\n  openai: { profile: openai, key: "[secret]" }\n',
      values: [{ path: 'listen.port', value: '8787', origin: 'default', line: null }],
      warnings: [],
    };
  }

  async checkConfig(text: string): Promise<ConfigCheck> {
    if (!text.includes('wrong')) return { hash: 'ef'.repeat(32), problems: [] };
    const problem = {
      severity: 'error' as const,
      file: 'changeover.yaml',
      position: { line: 2, column: 3 },
      path: 'routes.support.serve',
      text: 'Cannot find offer "wrong@nowhere"',
      remedy: 'Write it as model@endpoint',
    };
    return { hash: null, problems: [problem] };
  }

  async applyConfig({ text, actor }: Parameters<ControlPlane['applyConfig']>[0]) {
    if (this.configFile !== null) return failure('CHG_CONFIG_READ_ONLY', { file: this.configFile });
    const check = await this.checkConfig(text);
    const [problem] = check.problems;
    if (problem !== undefined) return failure('CHG_CONFIG_INVALID', { reason: problem.text });
    const version = this.#configs.length + 1;
    const hash = check.hash ?? '';
    this.#configs.unshift({ version, hash, source: 'api', actor, at: this.#clock.now() });
    return success(check);
  }

  async listConfigs(limit: number) {
    return success(this.#configs.slice(0, limit));
  }

  async listSecretNames() {
    return success([...this.#secrets.keys()]);
  }

  async putSecret(name: string, value: Secret) {
    this.#secrets.set(name, value);
    return success(null);
  }

  async removeSecret(name: string) {
    if (!this.#secrets.delete(name)) return failure('CHG_NOT_FOUND', { what: 'secret', id: name });
    return success(null);
  }

  async backup() {
    return success({ folder: 'backups/2026-11-23', files: [{ name: 'changeover.db', bytes: 4096 }] });
  }
}
