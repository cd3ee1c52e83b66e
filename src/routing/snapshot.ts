import type { Endpoint, Offer } from '../catalog/index.ts';
import type { BoundCredential, ConfigurableLimits, KeyRecord } from '../kernel/index.ts';
import type { Route, Serving } from './route.ts';

/** Everything one call may look at, immutable, swapped atomically as a whole. */
export interface Snapshot {
  /** Grows by one with each swap. */
  readonly version: number;
  readonly configHash: string;
  /** By HMAC hash. */
  readonly keys: ReadonlyMap<string, KeyRecord>;
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  /** By endpoint name; endpoints without a credential are absent. */
  readonly credentials: ReadonlyMap<string, BoundCredential>;
  readonly offers: ReadonlyMap<string, Offer>;
  readonly routes: ReadonlyMap<string, Route>;
  /** By route name; every route has one. */
  readonly serving: ReadonlyMap<string, Serving>;
  readonly limits: ConfigurableLimits;
}
