import { type Endpoint, type Offer, toEndpoint, toOrigin } from '../catalog/index.ts';
import { limits as defaultLimits, Secret } from '../kernel/index.ts';
import { toCanonicalHash } from './canonical-hash.ts';
import { toMs } from './check-endpoint.ts';
import { toBytes } from './check-rest.ts';
import type { CheckedEndpoint, Config } from './parse-config.ts';
import type { ConfigProblem } from './problem.ts';
import { createReport } from './report.ts';
import type { ConfigDocument } from './schema.ts';
import type { CredentialNeed, LedgerSettings, ListenSettings, Settings } from './settings.ts';
import { createSourceReader, type SettingsSources, type SourceReader } from './settings-sources.ts';
import { toOffers } from './to-offers.ts';

/** Where the gateway listens unless told otherwise: this machine only. */
const defaultListen = { host: '127.0.0.1', port: 8787 } as const;

export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/**
 * Resolves a configuration: environment variables, certificate files, addresses of simulators. A variable
 * that is not set is a warning, because the other endpoints can still serve; a file that cannot be used is
 * an error, because a connection without it would trust something else.
 */
export function toSettings(config: Config, sources: SettingsSources): SettingsResult {
  const report = createReport(config.file, { locate: (path) => config.locate(path) });
  const reader = createSourceReader(sources, report);
  const endpoints = new Map<string, Endpoint>();
  const offers = new Map<string, Offer>();
  const credentials = new Map<string, CredentialNeed>();
  for (const checked of config.endpoints.values()) {
    const endpoint = resolveEndpoint(checked, sources, reader);
    endpoints.set(checked.name, endpoint);
    for (const offer of toOffers(checked)) offers.set(offer.name, offer);
    const need = toCredentialNeed(checked, endpoint, reader);
    if (need !== null) credentials.set(checked.name, need);
  }
  const { document, routes } = config;
  const listen = toListen(document, reader);
  const errors = report.problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) return { ok: false, problems: errors };
  const resolved = {
    endpoints,
    offers,
    routes,
    credentials,
    limits: toLimits(document),
    ledger: toLedger(document),
  };
  const settings: Omit<Settings, 'hash'> = {
    ...resolved,
    listen,
    warnings: [...config.warnings, ...report.problems],
    files: reader.files,
  };
  return { ok: true, settings: { ...settings, hash: toSettingsHash(settings, config) } };
}

function resolveEndpoint(checked: CheckedEndpoint, sources: SettingsSources, reader: SourceReader): Endpoint {
  const { name, document, entry, settings } = checked;
  const tls = document.tls === undefined ? null : reader.toTls(['endpoints', name, 'tls'], document.tls);
  const simulator = entry.kind === 'simulated' && document.url === undefined ? entry.profile.name : null;
  const url = simulator === null ? settings.url : (sources.simulators[simulator] ?? settings.url);
  return toEndpoint(entry, { ...settings, tls, url });
}

function toCredentialNeed(
  { name, document }: CheckedEndpoint,
  endpoint: Endpoint,
  reader: SourceReader,
): CredentialNeed | null {
  const [door] = endpoint.doors;
  if (document.key === undefined || door === undefined || door.auth === 'none') return null;
  const source = reader.toCredential(['endpoints', name, 'key'], document.key);
  return { endpoint: name, origin: toOrigin(door.url), auth: door.auth, source };
}

function toLimits({ limits = {} }: ConfigDocument): Settings['limits'] {
  return {
    bodyBytes: toBytes(limits.body_bytes, defaultLimits.bodyBytes),
    bodyBytesInFlight: toBytes(limits.body_bytes_in_flight, defaultLimits.bodyBytesInFlight),
    answerBytes: toBytes(limits.answer_bytes, defaultLimits.answerBytes),
    connections: limits.connections ?? defaultLimits.connections,
  };
}

function toLedger({ ledger = {} }: ConfigDocument): LedgerSettings {
  return {
    durability: ledger.durability ?? 'batch',
    whenBehind: ledger.when_behind ?? 'refuse',
    retentionMs: ledger.retention === undefined ? null : toMs(ledger.retention),
    checkpointFile: ledger.checkpoint?.file ?? null,
  };
}

function toListen({ listen = {} }: ConfigDocument, reader: SourceReader): ListenSettings {
  const { host = defaultListen.host, port = defaultListen.port } = listen;
  if (listen.tls === undefined) return { host, port, tls: null };
  const { certificate, key } = reader.toTls(['listen', 'tls'], listen.tls);
  return {
    host,
    port,
    tls: certificate === null || key === null ? null : { certificate, key: new Secret(key) },
  };
}

/** The hash that each call carries. Secrets are not in it, and neither is the port of a built-in simulator. */
function toSettingsHash(settings: Omit<Settings, 'hash'>, config: Config): string {
  const { offers, routes, limits, ledger, listen } = settings;
  const endpoints = new Map<string, unknown>();
  for (const endpoint of settings.endpoints.values()) {
    const { tls, doors, simulated, name } = endpoint;
    const isOwnSimulator = simulated && config.endpoints.get(name)?.document.url === undefined;
    endpoints.set(name, {
      ...endpoint,
      tls: tls === null ? null : { ...tls, key: tls.key === null ? null : 'set' },
      ...(isOwnSimulator ? { doors: doors.map(({ dialect }) => dialect), modelsUrl: null } : {}),
    });
  }
  const credentials = new Map<string, unknown>();
  for (const { endpoint, auth, source } of settings.credentials.values()) {
    credentials.set(endpoint, {
      auth,
      kind: source.kind,
      name: source.kind === 'literal' ? null : source.name,
    });
  }
  return toCanonicalHash({ endpoints, offers, routes, credentials, limits, ledger, listen });
}
