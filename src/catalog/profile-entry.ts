import type { Dialect } from '../kernel/index.ts';
import type { AuthScheme, FailureClass, Jurisdiction, Profile } from './endpoint.ts';
import type { Tariff } from './tariff.ts';

/** Where a dialect is served below an endpoint's base URL. `{model}` and `{version}` are filled in later. */
export interface DoorPath {
  readonly dialect: Dialect;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A region of a vendor: its base URL, what its law and its machines are. */
export interface Region {
  readonly base: string;
  readonly jurisdiction: Jurisdiction;
}

/** A model that is offered without being listed in the configuration. */
export interface DefaultModel {
  readonly name: string;
  /** Null where no price was found. By region where they differ. */
  readonly tariff: Tariff | null;
  /** Regions that the tariff holds for; null = all. */
  readonly tariffRegions: readonly string[] | null;
}

/** A kind of endpoint as data: what `toEndpoint` turns into an endpoint, together with the user's settings. */
export interface ProfileEntry {
  readonly profile: Profile;
  /** For people: the vendor or the engine. */
  readonly title: string;
  readonly kind: 'vendor' | 'engine' | 'generic' | 'simulated';
  /** Whether the configuration must give a key. */
  readonly key: 'needed' | 'optional';
  /** How the key is sent when there is one. One scheme for all doors: a credential is bound to one origin. */
  readonly auth: Exclude<AuthScheme, 'none'>;
  readonly doors: readonly DoorPath[];
  /** Doors when `api_version` is set; null = the profile knows no such setting. */
  readonly versionedDoors: readonly DoorPath[] | null;
  /** Paths for dialects that `dialects` may force beside the own ones. */
  readonly forcedDoors: readonly DoorPath[];
  readonly modelsPath: string | null;
  /** Empty when the URL is the user's own. The first is the default. */
  readonly regions: Readonly<Record<string, Region>>;
  /** What holds when there is no region. */
  readonly jurisdiction: Jurisdiction;
  readonly models: readonly DefaultModel[];
  /** Environment variables that usually hold its key, with the region that such a key is for. */
  readonly keyVariables: readonly { readonly name: string; readonly region: string | null }[];
  /** Ports on localhost where the engine usually listens. */
  readonly ports: readonly number[];
}

/** Error codes as a table without a prototype: a vendor's code "constructor" must find nothing. */
export function toErrorCodes(
  codes: Readonly<Record<string, FailureClass>>,
): Readonly<Record<string, FailureClass>> {
  return Object.freeze(Object.assign(Object.create(null) as Record<string, FailureClass>, codes));
}

const noHeaders: Readonly<Record<string, string>> = Object.freeze({});

/** A door that speaks Chat Completions at a path. */
export function chatDoor(path: string): DoorPath {
  return { dialect: 'openai-chat', path, headers: noHeaders };
}

/** Sent when the client names no version; the current one of all SDKs. Source: Anthropic's API reference. */
const anthropicHeaders: Readonly<Record<string, string>> = Object.freeze({
  'anthropic-version': '2023-06-01',
});

/** A door that speaks Messages at a path. */
export function messagesDoor(path: string): DoorPath {
  return { dialect: 'anthropic-messages', path, headers: anthropicHeaders };
}

/** Shorthand for a jurisdiction: country of inference, country of data, operator and its country. */
export function toJurisdiction(
  [runsIn, dataIn]: readonly [runsIn: string, dataIn: string],
  operator: string,
  operatorCountry: string,
): Jurisdiction {
  return { runsIn, dataIn, operator, operatorCountry };
}

/** What most entries have in common; each says only what differs. */
export const plainEntry: Omit<ProfileEntry, 'profile' | 'title' | 'kind' | 'doors'> = {
  key: 'needed',
  auth: 'bearer',
  versionedDoors: null,
  forcedDoors: [],
  modelsPath: null,
  regions: {},
  jurisdiction: toJurisdiction(['unknown', 'unknown'], 'unknown', 'unknown'),
  models: [],
  keyVariables: [],
  ports: [],
};
