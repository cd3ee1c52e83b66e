import { Document } from 'yaml';
import type { Endpoint, Offer } from '../catalog/index.ts';
import { toMoneyText } from '../kernel/index.ts';
import type { Route } from '../routing/index.ts';
import type { Config } from './parse-config.ts';
import { type Path, toPathText } from './read-yaml.ts';
import type { CredentialNeed, Settings } from './settings.ts';

/** Who set a value. `file`, `stored` and `discovered` are the document, whichever of these it is. */
export type ValueOrigin = 'file' | 'stored' | 'discovered' | 'profile' | 'default' | 'environment';

/** One value in force. */
export interface ExplainedValue {
  /** Dotted path, e.g. `endpoints.deepseek.jurisdiction.runs_in`. */
  readonly path: string;
  /** As text; secrets are masked. */
  readonly value: string;
  readonly origin: ValueOrigin;
  /** Line in the document; null when it is not from there. */
  readonly line: number | null;
}

/** Every value in force and where it comes from. */
export interface Explanation {
  /** YAML with the origin of each value as a comment. For reading; not a document to load. */
  readonly text: string;
  readonly values: readonly ExplainedValue[];
}

type DocumentOrigin = 'file' | 'stored' | 'discovered';

/** Collects values; `own` ones are in the document, if its text has them. */
interface Sheet {
  add(path: Path, value: unknown, origin: ValueOrigin): void;
  /** From the document when `written` is not undefined, else from `otherwise`. */
  addEither(
    path: Path,
    value: unknown,
    choice: { readonly written: unknown; readonly otherwise: ValueOrigin },
  ): void;
}

/** Shows the configuration in force: the document, what profiles and defaults add, and no secret. */
export function explain(config: Config, settings: Settings, documentOrigin: DocumentOrigin): Explanation {
  const yaml = new Document({});
  const values: ExplainedValue[] = [];
  function add(path: Path, value: unknown, origin: ValueOrigin): void {
    const line = origin === documentOrigin ? (config.locate(path)?.line ?? null) : null;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    values.push({ path: toPathText(path), value: text, origin, line });
    const node = yaml.createNode(value, { flow: true });
    node.comment = line === null ? ` ${origin}` : ` ${origin}, line ${line}`;
    yaml.setIn(path, node);
  }
  const sheet: Sheet = {
    add,
    addEither: (path, value, { written, otherwise }) =>
      add(path, value, written === undefined ? otherwise : documentOrigin),
  };
  for (const endpoint of settings.endpoints.values()) {
    const offers = [...settings.offers.values()].filter((offer) => offer.endpoint === endpoint.name);
    addEndpoint(sheet, config, { endpoint, offers, need: settings.credentials.get(endpoint.name) ?? null });
  }
  for (const route of settings.routes.values()) addRoute(sheet, config, route);
  addRest(sheet, config, settings);
  return { text: yaml.toString({ lineWidth: 0 }), values };
}

interface EndpointParts {
  readonly endpoint: Endpoint;
  readonly offers: readonly Offer[];
  readonly need: CredentialNeed | null;
}

function addEndpoint(sheet: Sheet, config: Config, { endpoint, offers, need }: EndpointParts): void {
  const path: Path = ['endpoints', endpoint.name];
  const written = config.document.endpoints[endpoint.name];
  if (written === undefined) return;
  sheet.addEither([...path, 'profile'], written.profile, { written: true, otherwise: 'default' });
  if (written.region !== undefined) {
    sheet.addEither([...path, 'region'], written.region, { written: true, otherwise: 'default' });
  }
  for (const door of endpoint.doors) {
    const isOwn = written.url ?? written.dialects;
    sheet.addEither([...path, 'dialects', door.dialect], door.url, { written: isOwn, otherwise: 'profile' });
  }
  if (need !== null) {
    const isFromEnvironment = need.source.kind === 'env';
    const choice = { written: isFromEnvironment ? undefined : true, otherwise: 'environment' } as const;
    sheet.addEither([...path, 'key'], toKeyText(need), choice);
  }
  for (const [index, offer] of offers.entries()) {
    const choice = { written: written.models, otherwise: 'profile' } as const;
    sheet.addEither([...path, 'models', index], toModelValue(offer), choice);
  }
  for (const offer of offers) {
    const choice = { written: written.prices?.[offer.model], otherwise: 'profile' } as const;
    const price = offer.tariff === null ? 'unknown' : toPriceValue(offer.tariff);
    sheet.addEither([...path, 'prices', offer.model], price, choice);
  }
  addPlace(sheet, path, { endpoint, written: written.jurisdiction ?? {} });
  const times = written.timeouts ?? {};
  for (const [name, ms, own] of [
    ['connect', endpoint.phases.connectMs, times.connect],
    ['first_byte', endpoint.phases.firstByteMs, times.first_byte],
    ['first_token', endpoint.phases.firstTokenMs, times.first_token],
    ['idle', endpoint.phases.idleMs, times.idle],
    ['total', endpoint.phases.totalMs, times.total],
  ] as const) {
    sheet.addEither([...path, 'timeouts', name], toDurationText(ms), { written: own, otherwise: 'default' });
  }
  for (const [name, file] of Object.entries(written.tls ?? {})) {
    sheet.addEither([...path, 'tls', name], file, { written: true, otherwise: 'default' });
  }
}

function toModelValue(offer: Offer): unknown {
  return offer.model === offer.wireModel ? offer.model : { name: offer.model, wire_name: offer.wireModel };
}

function toPriceValue(tariff: NonNullable<Offer['tariff']>): unknown {
  return {
    currency: tariff.currency,
    input: toMoneyText(tariff.input),
    output: toMoneyText(tariff.output),
    ...(tariff.cacheRead === null ? {} : { cache_read: toMoneyText(tariff.cacheRead) }),
    version: tariff.version,
  };
}

function toKeyText({ source }: CredentialNeed): string {
  if (source.kind === 'literal') return '[secret]';
  if (source.kind === 'store') return `store:${source.name}`;
  return `env:${source.name} (${source.secret === null ? 'not set' : 'set'})`;
}

function addPlace(
  sheet: Sheet,
  path: Path,
  place: {
    readonly endpoint: Endpoint;
    readonly written: NonNullable<Config['document']['endpoints'][string]['jurisdiction']>;
  },
): void {
  const { jurisdiction } = place.endpoint;
  const { runs_in, data_in, operator, operator_country } = place.written;
  const isCountry = operator !== undefined && /^[A-Z]{2}$/.test(operator);
  for (const [name, value, written] of [
    ['runs_in', jurisdiction.runsIn, runs_in],
    ['data_in', jurisdiction.dataIn, data_in],
    ['operator', jurisdiction.operator, isCountry ? undefined : operator],
    ['operator_country', jurisdiction.operatorCountry, operator_country ?? operator],
  ] as const) {
    sheet.addEither([...path, 'jurisdiction', name], value, { written, otherwise: 'profile' });
  }
}

function addRoute(sheet: Sheet, config: Config, route: Route): void {
  const path: Path = ['routes', route.name];
  const written = config.document.routes[route.name];
  if (written === undefined) return;
  const own = { written: true, otherwise: 'default' } as const;
  sheet.addEither([...path, 'serve'], written.serve, own);
  sheet.addEither([...path, 'fallback'], route.fallback, { written: written.fallback, otherwise: 'default' });
  for (const [name, list] of Object.entries(written.allow ?? {})) {
    if (list !== undefined) sheet.addEither([...path, 'allow', name], list, own);
  }
  const keep = route.keepBodiesMs === null ? 'not kept' : toDurationText(route.keepBodiesMs);
  sheet.addEither([...path, 'bodies', 'keep'], keep, { written: written.bodies, otherwise: 'default' });
  for (const [name, text] of Object.entries(written.timeouts ?? {})) {
    if (text !== undefined) sheet.addEither([...path, 'timeouts', name], text, own);
  }
}

function addRest(sheet: Sheet, config: Config, settings: Settings): void {
  const { ledger = {}, limits = {}, listen = {} } = config.document;
  const retention = settings.ledger.retentionMs;
  const entries: readonly (readonly [path: Path, value: unknown, written: unknown])[] = [
    [['ledger', 'durability'], settings.ledger.durability, ledger.durability],
    [['ledger', 'when_behind'], settings.ledger.whenBehind, ledger.when_behind],
    [['ledger', 'retention'], retention === null ? 'for ever' : toDurationText(retention), ledger.retention],
    [['ledger', 'checkpoint', 'file'], settings.ledger.checkpointFile ?? 'none', ledger.checkpoint],
    [['limits', 'body_bytes'], settings.limits.bodyBytes, limits.body_bytes],
    [['limits', 'body_bytes_in_flight'], settings.limits.bodyBytesInFlight, limits.body_bytes_in_flight],
    [['limits', 'answer_bytes'], settings.limits.answerBytes, limits.answer_bytes],
    [['limits', 'connections'], settings.limits.connections, limits.connections],
    [['listen', 'host'], settings.listen.host, listen.host],
    [['listen', 'port'], settings.listen.port, listen.port],
    [['listen', 'tls'], settings.listen.tls === null ? 'off' : 'on', listen.tls],
  ];
  for (const [path, value, written] of entries) {
    sheet.addEither(path, value, { written, otherwise: 'default' });
  }
}

/** The shortest exact way to write a duration: 30d, 12h, 90s, 1500ms. */
export function toDurationText(ms: number): string {
  for (const [unit, size] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const) {
    if (ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}
