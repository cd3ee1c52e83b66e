import type { AuthScheme, Endpoint, Offer } from '../catalog/index.ts';
import type { ConfigurableLimits, Secret } from '../kernel/index.ts';
import type { Route } from '../routing/index.ts';
import type { ConfigProblem } from './problem.ts';

/** Where the key of an endpoint comes from. Environment variables are read when the settings are made. */
export type CredentialSource =
  | { readonly kind: 'env'; readonly name: string; readonly secret: Secret | null }
  | { readonly kind: 'store'; readonly name: string }
  | { readonly kind: 'literal'; readonly secret: Secret };

/** A credential that `assembly` resolves and binds to the endpoint's one origin. */
export interface CredentialNeed {
  readonly endpoint: string;
  /** Scheme, host and port of every door of the endpoint. */
  readonly origin: string;
  readonly auth: Exclude<AuthScheme, 'none'>;
  readonly source: CredentialSource;
}

export interface LedgerSettings {
  readonly durability: 'batch' | 'strict';
  readonly whenBehind: 'refuse' | 'gap';
  /** How long rows are kept, milliseconds; null = for ever. */
  readonly retentionMs: number | null;
  /** File outside the data folder that receives signed checkpoints; null = none. */
  readonly checkpointFile: string | null;
}

export interface ListenSettings {
  readonly host: string;
  readonly port: number;
  /** PEM texts; null = plain HTTP. */
  readonly tls: { readonly certificate: string; readonly key: Secret } | null;
}

/** A configuration with everything resolved but the stored secrets: what the process runs by. */
export interface Settings {
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  readonly offers: ReadonlyMap<string, Offer>;
  readonly routes: ReadonlyMap<string, Route>;
  /** By endpoint name; endpoints that need no key are absent. */
  readonly credentials: ReadonlyMap<string, CredentialNeed>;
  readonly limits: ConfigurableLimits;
  readonly ledger: LedgerSettings;
  readonly listen: ListenSettings;
  /** Lower-case hex SHA-256 over all of the above without secrets. Formatting and comments do not change it. */
  readonly hash: string;
  readonly warnings: readonly ConfigProblem[];
  /** Files that were read beside the document (certificates); a change of one asks for a reload. */
  readonly files: readonly string[];
}
