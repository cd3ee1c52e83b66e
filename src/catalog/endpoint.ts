import type { Dialect } from '../kernel/index.ts';

/**
 * Where an endpoint's inference runs, where its data rests and who operates it. Countries are ISO 3166
 * alpha-2 in upper case, or 'unknown', which no allow list matches.
 */
export interface Jurisdiction {
  readonly runsIn: string;
  readonly dataIn: string;
  /** Legal home of the operator. */
  readonly operatorCountry: string;
  /** Lower-case short name of the operator, e.g. 'deepseek', 'alibaba', 'self'. */
  readonly operator: string;
}

/** How a credential is sent. */
export type AuthScheme = 'bearer' | 'x-api-key' | 'api-key' | 'none';

/** Where one dialect is spoken: the full URL that its requests are POSTed to. */
export interface Door {
  readonly dialect: Dialect;
  /** Full URL; may hold `{model}` for hosts with the deployment in the path (Azure). */
  readonly url: string;
  readonly auth: AuthScheme;
  /** Headers that the host needs, e.g. anthropic-version when the client sends none. */
  readonly headers: Readonly<Record<string, string>>;
}

/** TLS of one endpoint beyond the system's roots. Values are PEM text, read when the config is. */
export interface EndpointTls {
  readonly ca: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
}

/** Milliseconds per phase of an attempt; see design: connect, first byte, first token, idle, total. */
export interface PhaseLimits {
  readonly connectMs: number;
  readonly firstByteMs: number;
  readonly firstTokenMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
}

/** A place that serves models. Holds no secret: the credential is in the snapshot, bound to its origin. */
export interface Endpoint {
  readonly name: string;
  readonly profile: Profile;
  readonly doors: readonly Door[];
  /** GET URL of the host's model list, or null when it has none. */
  readonly modelsUrl: string | null;
  readonly jurisdiction: Jurisdiction;
  readonly tls: EndpointTls | null;
  /** True when the admin wrote this URL, so that a private or loopback address is what was meant. */
  readonly privateAllowed: boolean;
  readonly phases: PhaseLimits;
  /** True for the built-in simulators, which every listing labels. */
  readonly simulated: boolean;
}

/** What an inner error code of a vendor means for retry and blame. */
export type FailureClass =
  | 'rate'
  | 'overload'
  | 'balance'
  | 'content'
  | 'request'
  | 'credential'
  | 'model-missing';

/** What a kind of endpoint does differently, as data. */
export interface Profile {
  readonly name: string;
  /**
   * `ask`: usage in streams must be requested with stream_options.include_usage · `always`: it comes
   * anyway · `never`: the field is refused. Concerns openai-chat only.
   */
  readonly streamUsage: 'ask' | 'always' | 'never';
  /** Vendor error codes (as text) that decide the class before the HTTP status does. */
  readonly errorCodes: Readonly<Record<string, FailureClass>>;
  /** Where the facts come from. */
  readonly evidence: 'documented' | 'probed' | 'remembered';
}
