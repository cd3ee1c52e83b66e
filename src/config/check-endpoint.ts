import {
  type DoorChoice,
  type EndpointSettings,
  findDoorPath,
  isCodingPlanUrl,
  isCountry,
  type Jurisdiction,
  type PhaseLimits,
  type ProfileEntry,
  toEndpoint,
  toOrigin,
} from '../catalog/index.ts';
import { findUrlFault, isPrivateHost } from './check-url.ts';
import { parseKeyReference } from './key-reference.ts';
import { quote } from './quote.ts';
import type { Path } from './read-yaml.ts';
import type { Report } from './report.ts';
import { doorDialects, type EndpointDocument } from './schema.ts';
import { parseDuration } from './schema-values.ts';
import { toNameRemedy } from './suggest.ts';

/** An endpoint of the document with its profile. */
export interface NamedEndpoint {
  readonly name: string;
  readonly document: EndpointDocument;
  readonly entry: ProfileEntry;
}

/** Where an endpoint is written. */
function toPath(endpoint: NamedEndpoint, ...rest: Path): Path {
  return ['endpoints', endpoint.name, ...rest];
}

/** Stands for a simulator that has no address yet; `.invalid` resolves nowhere (RFC 2606). */
function toPlaceholderUrl(profile: string): string {
  return `http://${profile}.invalid`;
}

/**
 * Checks what the schema cannot: that the parts of an endpoint fit its profile and each other. Problems go
 * to the report; the settings are for `toEndpoint`, or null when the errors leave nothing to build.
 */
export function checkEndpoint(endpoint: NamedEndpoint, report: Report): EndpointSettings | null {
  const { document, entry } = endpoint;
  const errorsBefore = countErrors(report);
  checkAddress(endpoint, report);
  checkKey(endpoint, report);
  checkModels(endpoint, report);
  checkTls(endpoint, report);
  const doors = checkDialects(endpoint, report);
  const jurisdiction = checkJurisdiction(endpoint, report);
  if (countErrors(report) > errorsBefore) return null;
  const isFreeSimulator = entry.kind === 'simulated' && document.url === undefined;
  const settings: EndpointSettings = {
    name: endpoint.name,
    region: document.region ?? null,
    url: document.url ?? toOtherUrl(endpoint, doors),
    urlIsOwn: document.url !== undefined || isFreeSimulator || hasDoorUrls(document),
    apiVersion: document.api_version ?? null,
    hasKey: document.key !== undefined,
    doors,
    jurisdiction,
    tls: null,
    phases: toPhases(document),
  };
  return checkBuilt(endpoint, settings, report) ? settings : null;
}

/** The base URL of an endpoint that gives none: a simulator's is not known yet, full door URLs need none. */
function toOtherUrl({ entry }: NamedEndpoint, doors: readonly DoorChoice[] | null): string | null {
  if (entry.kind === 'simulated') return toPlaceholderUrl(entry.profile.name);
  const doorUrl = doors?.[0]?.url ?? null;
  return Object.keys(entry.regions).length > 0 || doorUrl === null ? null : toOrigin(doorUrl);
}

function countErrors(report: Report): number {
  return report.problems.filter((problem) => problem.severity === 'error').length;
}

function hasDoorUrls(document: EndpointDocument): boolean {
  return document.dialects !== undefined && !Array.isArray(document.dialects);
}

function checkAddress(endpoint: NamedEndpoint, report: Report): void {
  const { name, document, entry } = endpoint;
  const { profile, regions } = entry;
  const regionNames = Object.keys(regions);
  if (document.region !== undefined && !regionNames.includes(document.region)) {
    report.error({
      path: toPath(endpoint, 'region'),
      text: `Cannot use region ${quote(document.region)}: profile "${profile.name}" does not have it`,
      remedy: regionNames.length === 0 ? 'Remove the line' : toNameRemedy(document.region, regionNames),
    });
  }
  if (document.api_version !== undefined && entry.versionedDoors === null) {
    report.error({
      path: toPath(endpoint, 'api_version'),
      part: 'key',
      text: `Cannot use "api_version": profile "${profile.name}" has no such thing`,
      remedy: 'Remove the line; only azure-openai has it',
    });
  }
  if (document.url !== undefined) {
    const fault = findUrlFault(document.url, 'base');
    if (fault !== null) report.error(toUrlFinding(toPath(endpoint, 'url'), fault));
    return;
  }
  if (regionNames.length > 0 || entry.kind === 'simulated' || hasDoorUrls(document)) return;
  report.error({
    path: toPath(endpoint),
    part: 'key',
    text: `Cannot reach endpoint "${name}": profile "${profile.name}" has no URL of its own`,
    remedy: `Add url: ${toUrlExample(entry)}`,
  });
}

function toUrlExample(entry: ProfileEntry): string {
  if (entry.versionedDoors !== null) return 'https://RESOURCE.openai.azure.com/openai/v1';
  return `http://HOST:${entry.ports[0] ?? 8000}${entry.profile.name === 'openai-compatible' ? '/v1' : ''}`;
}

function toUrlFinding(path: Path, fault: string): { path: Path; text: string; remedy: string } {
  // The URL is not repeated: the fault may be that it holds a password.
  return {
    path,
    text: `Cannot use the URL: ${fault}`,
    remedy: 'Write scheme, host, port and path only, e.g. https://host.example/v1; keys go to "key"',
  };
}

function checkKey(endpoint: NamedEndpoint, report: Report): void {
  const { name, document, entry } = endpoint;
  const variable = entry.keyVariables[0]?.name ?? 'NAME';
  if (document.key === undefined) {
    if (entry.key === 'optional') return;
    report.error({
      path: toPath(endpoint),
      part: 'key',
      text: `Cannot call endpoint "${name}": ${entry.title} needs a key`,
      remedy: `Add key: env:${variable}`,
    });
    return;
  }
  const reference = parseKeyReference(document.key);
  const path = toPath(endpoint, 'key');
  if (reference.kind === 'wrong') {
    report.error({ path, text: `Cannot use the key: ${reference.text}`, remedy: reference.remedy });
  }
  if (reference.kind === 'literal') {
    report.warn({
      path,
      text: `The key of endpoint "${name}" stands in the file, where every reader and backup has it`,
      remedy: `Put it into an environment variable and write key: env:${variable}`,
    });
  }
}

function checkModels(endpoint: NamedEndpoint, report: Report): void {
  const { name, document, entry } = endpoint;
  const names = toModelNames(document, entry);
  if (names.length === 0) {
    report.error({
      path: toPath(endpoint),
      part: 'key',
      text: `Cannot offer anything at endpoint "${name}": it has no models`,
      remedy: 'Add models: [NAME], with the names that its model list shows',
    });
  }
  const seen = new Set<string>();
  for (const [index, model] of names.entries()) {
    if (seen.has(model)) {
      report.error({
        path: toPath(endpoint, 'models', index),
        text: `Cannot list model "${model}" twice`,
        remedy: 'Remove one of the two',
      });
    }
    seen.add(model);
  }
  for (const model of Object.keys(document.prices ?? {})) {
    if (seen.has(model)) continue;
    report.error({
      path: toPath(endpoint, 'prices', model),
      part: 'key',
      text: `Cannot set a price for "${model}": endpoint "${name}" does not list this model`,
      remedy: toNameRemedy(model, seen),
    });
  }
}

/** Names of the models that an endpoint offers. */
function toModelNames(document: EndpointDocument, entry: ProfileEntry): string[] {
  if (document.models === undefined) return entry.models.map((model) => model.name);
  return document.models.map((model) => (typeof model === 'string' ? model : model.name));
}

function checkTls(endpoint: NamedEndpoint, report: Report): void {
  const { tls, url } = endpoint.document;
  if (tls === undefined) return;
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    report.error({
      path: toPath(endpoint, 'tls'),
      part: 'key',
      text: 'Cannot use half a client certificate: "cert" and "key" belong together',
      remedy: `Add "${tls.cert === undefined ? 'cert' : 'key'}", or remove the other`,
    });
  }
  if (url?.startsWith('http:') !== true) return;
  report.warn({
    path: toPath(endpoint, 'tls'),
    part: 'key',
    text: 'These certificates are not used: the URL begins with http://',
    remedy: 'Write https:// in "url", or remove "tls"',
  });
}

function checkDialects(endpoint: NamedEndpoint, report: Report): DoorChoice[] | null {
  const { document, entry } = endpoint;
  if (document.dialects === undefined) return null;
  if (!Array.isArray(document.dialects)) {
    const doors: DoorChoice[] = [];
    for (const dialect of doorDialects) {
      const url = document.dialects[dialect];
      if (url === undefined) continue;
      const fault = findUrlFault(url, 'door');
      if (fault !== null) report.error(toUrlFinding(toPath(endpoint, 'dialects', dialect), fault));
      doors.push({ dialect, url });
    }
    if (doors.length === 0) {
      const text = 'Cannot use an endpoint without dialects';
      report.error({
        path: toPath(endpoint, 'dialects'),
        text,
        remedy: `List one of: ${doorDialects.join(', ')}`,
      });
    }
    return doors;
  }
  for (const [index, dialect] of document.dialects.entries()) {
    if (findDoorPath(entry, dialect, document.api_version ?? null) !== null) continue;
    report.error({
      path: toPath(endpoint, 'dialects', index),
      text: `Cannot speak "${dialect}": profile "${entry.profile.name}" does not know where`,
      remedy: `Write a map with the full URL: dialects: { ${dialect}: https://… }`,
    });
  }
  return [...new Set(document.dialects)].map((dialect) => ({ dialect, url: null }));
}

function checkJurisdiction(endpoint: NamedEndpoint, report: Report): Partial<Jurisdiction> {
  const place = endpoint.document.jurisdiction;
  if (place === undefined) return {};
  const path = toPath(endpoint, 'jurisdiction');
  for (const field of ['runs_in', 'data_in', 'operator_country'] as const) {
    const code = place[field];
    if (code !== undefined && !isCountry(code)) report.error(toCountryFinding([...path, field], code));
  }
  const { operator, operator_country: operatorCountry } = place;
  const isCode = operator !== undefined && /^[A-Z]{2}$/.test(operator);
  if (isCode && !isCountry(operator)) report.error(toCountryFinding([...path, 'operator'], operator));
  if (isCode && operatorCountry !== undefined && operatorCountry !== operator) {
    report.error({
      path: [...path, 'operator_country'],
      text: `Cannot use two countries for one operator: "${operator}" and "${operatorCountry}"`,
      remedy: 'Write the short name in "operator", or remove "operator_country"',
    });
  }
  if (operator !== undefined && !isCode && !/^[a-z0-9][a-z0-9.-]{0,63}$/.test(operator)) {
    report.error({
      path: [...path, 'operator'],
      text: `Cannot use operator ${quote(operator)}: it is neither a country code nor a short name`,
      remedy: 'Write two capital letters, or a name of a–z, 0–9, dots and dashes',
    });
  }
  return {
    ...(place.runs_in === undefined ? {} : { runsIn: place.runs_in }),
    ...(place.data_in === undefined ? {} : { dataIn: place.data_in }),
    ...(operator === undefined || isCode ? {} : { operator }),
    // Another operator than the profile's has another home; what is not said of it is unknown.
    ...(operator === undefined && operatorCountry === undefined
      ? {}
      : { operatorCountry: operatorCountry ?? (isCode ? operator : 'unknown') }),
  };
}

/** The finding for a code that is no country. */
export function toCountryFinding(path: Path, code: string): { path: Path; text: string; remedy: string } {
  const remedies: Readonly<Record<string, string>> = {
    EU: 'List the member states, e.g. DE, FR, IE',
    UK: 'Write GB',
  };
  return {
    path,
    text: `Cannot use country "${code}": it is not in ISO 3166`,
    remedy: remedies[code] ?? 'Write an assigned two-letter code, e.g. SG',
  };
}

function toPhases(document: EndpointDocument): Partial<PhaseLimits> {
  const { connect, first_byte, first_token, idle, total } = document.timeouts ?? {};
  return {
    ...(connect === undefined ? {} : { connectMs: toMs(connect) }),
    ...(first_byte === undefined ? {} : { firstByteMs: toMs(first_byte) }),
    ...(first_token === undefined ? {} : { firstTokenMs: toMs(first_token) }),
    ...(idle === undefined ? {} : { idleMs: toMs(idle) }),
    ...(total === undefined ? {} : { totalMs: toMs(total) }),
  };
}

/** A duration that the schema has accepted. */
export function toMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new Error(`Cannot read duration "${text}": the schema should have refused it`);
  return ms;
}

/** Checks the URLs that come out. False when the credential could reach a second origin. */
function checkBuilt(endpoint: NamedEndpoint, settings: EndpointSettings, report: Report): boolean {
  const { name, document, entry } = endpoint;
  const needsBase = settings.url === null && Object.keys(entry.regions).length === 0;
  // Doors with full URLs need no base; any valid one serves to build them.
  const built = toEndpoint(
    entry,
    needsBase ? { ...settings, url: settings.doors?.[0]?.url ?? '' } : settings,
  );
  const urls = built.doors.map((door) => door.url);
  const origins = new Set(urls.map(toOrigin));
  if (origins.size > 1) {
    report.error({
      path: toPath(endpoint, 'dialects'),
      part: 'key',
      text: `Cannot give endpoint "${name}" doors at ${origins.size} origins: its key is bound to one`,
      remedy: 'Make an endpoint of each origin',
    });
    return false;
  }
  const [first = ''] = urls;
  const place = document.url === undefined ? toPath(endpoint) : toPath(endpoint, 'url');
  if (urls.some(isCodingPlanUrl) || (document.url !== undefined && isCodingPlanUrl(document.url))) {
    report.warn({
      path: place,
      text: `Endpoint "${name}" uses a coding plan: its keys are personal and bound to listed tools`,
      remedy: "Use the vendor's pay-as-you-go URL and key; gateways get such accounts banned",
    });
  }
  if (document.key !== undefined && first.startsWith('http:') && !isPrivateHost(first)) {
    report.warn({
      path: place,
      text: `The key of endpoint "${name}" would travel in clear text over a public network`,
      remedy: 'Write https:// in its URL',
    });
  }
  return true;
}
