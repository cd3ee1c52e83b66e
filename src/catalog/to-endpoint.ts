import type { Dialect } from '../kernel/index.ts';
import type { Door, Endpoint, EndpointTls, Jurisdiction, PhaseLimits } from './endpoint.ts';
import type { DoorPath, ProfileEntry } from './profile-entry.ts';

/**
 * Time for each phase of an attempt unless the configuration says otherwise, in milliseconds. Answers that
 * are not streamed have their first byte when all is written, and reasoning takes minutes; so the first
 * byte may take long, while a dead host is found by `connectMs`. DeepSeek keeps a queued call for ten
 * minutes.
 */
const defaultPhases: PhaseLimits = {
  connectMs: 10_000,
  firstByteMs: 300_000,
  firstTokenMs: 300_000,
  idleMs: 120_000,
  totalMs: 1_200_000,
};

/** Which dialects an endpoint shall speak, with a full URL where the profile's path does not hold. */
export interface DoorChoice {
  readonly dialect: Dialect;
  readonly url: string | null;
}

/** What a user says of an endpoint, already checked: URLs are valid, the region exists, a URL is known. */
export interface EndpointSettings {
  readonly name: string;
  /** Null = the profile's first region. */
  readonly region: string | null;
  /** Base URL in place of the region's; needed when the profile has no regions. */
  readonly url: string | null;
  /** True when the admin (and not the profile) chose the address. */
  readonly urlIsOwn: boolean;
  readonly apiVersion: string | null;
  readonly hasKey: boolean;
  /** Null = what the profile says. */
  readonly doors: readonly DoorChoice[] | null;
  readonly jurisdiction: Partial<Jurisdiction>;
  readonly tls: EndpointTls | null;
  readonly phases: Partial<PhaseLimits>;
}

/**
 * What SDKs add to a base URL by themselves. What remains of a door's path without it is how vendors'
 * pages write the base URL.
 */
const sdkSuffixes = [
  '',
  '/chat/completions',
  '/v1/messages',
  '/messages',
  '/deployments/{model}/chat/completions',
];

/**
 * Cuts what belongs to a door off a base URL, so that people may paste what the vendor's page shows:
 * `https://api.z.ai/api/paas/v4`, `http://localhost:8000/v1` and `…/v1/chat/completions` all mean the host.
 * Other paths stay, because they may be those of a proxy in between.
 */
export function toBaseUrl(url: string, entry: ProfileEntry): string {
  const [, origin = '', path = ''] = /^([a-z]+:\/\/[^/]*)(.*?)\/*$/.exec(url) ?? [];
  let longest = 0;
  for (const door of [...entry.doors, ...(entry.versionedDoors ?? []), ...entry.forcedDoors]) {
    const [doorPath = ''] = door.path.split('?');
    for (const suffix of sdkSuffixes) {
      if (!doorPath.endsWith(suffix)) continue;
      const prefix = doorPath.slice(0, doorPath.length - suffix.length);
      if (path.endsWith(prefix) && prefix.length > longest) longest = prefix.length;
    }
  }
  return origin + path.slice(0, path.length - longest).replace(/\/+$/, '');
}

/** Doors that a profile has with these settings, before the user's choice. */
function toOwnPaths(entry: ProfileEntry, apiVersion: string | null): readonly DoorPath[] {
  return apiVersion !== null && entry.versionedDoors !== null ? entry.versionedDoors : entry.doors;
}

/** The path at which a profile would serve a dialect, or null when it has none. */
export function findDoorPath(
  entry: ProfileEntry,
  dialect: Dialect,
  apiVersion: string | null,
): DoorPath | null {
  const own = toOwnPaths(entry, apiVersion).find((door) => door.dialect === dialect);
  return own ?? entry.forcedDoors.find((door) => door.dialect === dialect) ?? null;
}

/**
 * Turns a profile and a user's settings into an endpoint. Pure; settings must be checked, and what is
 * missing in them is a mistake of the caller that throws.
 */
export function toEndpoint(entry: ProfileEntry, settings: EndpointSettings): Endpoint {
  const region = toRegion(entry, settings.region);
  const base = settings.url === null ? region?.base : toBaseUrl(settings.url, entry);
  if (base === undefined) {
    throw new Error(`Cannot build endpoint "${settings.name}": profile "${entry.profile.name}" needs a URL`);
  }
  return {
    name: settings.name,
    profile: entry.profile,
    doors: toDoors(entry, settings, base),
    // Azure lists deployments only in its newer API.
    modelsUrl: entry.modelsPath === null || settings.apiVersion !== null ? null : base + entry.modelsPath,
    jurisdiction: { ...(region?.jurisdiction ?? entry.jurisdiction), ...settings.jurisdiction },
    tls: settings.tls,
    privateAllowed: settings.urlIsOwn,
    phases: { ...defaultPhases, ...settings.phases },
    simulated: entry.kind === 'simulated',
  };
}

function toRegion(entry: ProfileEntry, name: string | null): ProfileEntry['regions'][string] | undefined {
  return name === null ? Object.values(entry.regions)[0] : entry.regions[name];
}

function toDoors(entry: ProfileEntry, settings: EndpointSettings, base: string): Door[] {
  const { apiVersion } = settings;
  const auth = settings.hasKey ? entry.auth : 'none';
  const choices: readonly DoorChoice[] =
    settings.doors ?? toOwnPaths(entry, apiVersion).map((door) => ({ dialect: door.dialect, url: null }));
  return choices.map(({ dialect, url }) => {
    const door = findDoorPath(entry, dialect, apiVersion);
    if (door === null && url === null) {
      throw new Error(`Cannot build endpoint "${settings.name}": it has no path for "${dialect}"`);
    }
    const path = door?.path.replace('{version}', encodeURIComponent(apiVersion ?? '')) ?? '';
    return { dialect, url: url ?? base + path, auth, headers: door?.headers ?? {} };
  });
}

/** What to put between scheme and path to compare two URLs for the credential they may receive. */
export function toOrigin(url: string): string {
  return new URL(url.replace('{model}', 'model')).origin;
}
