import type { Allowance } from '../catalog/index.ts';

/** One share of a serving. Shares are positive and need not sum to one. */
export interface Share {
  readonly offer: string;
  readonly share: number;
}

/** The name that clients ask for, and its rules. */
export interface Route {
  readonly name: string;
  /** The config's initial serving. */
  readonly serve: readonly Share[];
  readonly fallback: readonly string[];
  readonly allow: Allowance;
  /** How long bodies are kept, milliseconds; null = not kept. */
  readonly keepBodiesMs: number | null;
  /** Route's own limits per phase, milliseconds; missing ones come from the endpoint. */
  readonly phases: {
    readonly firstByteMs?: number;
    readonly firstTokenMs?: number;
    readonly idleMs?: number;
    readonly totalMs?: number;
  };
}

/** A route's versioned, weighted set of offers. */
export interface Serving {
  readonly route: string;
  /** Starts at 1; every switch and every way back writes a new one. */
  readonly version: number;
  readonly shares: readonly Share[];
  readonly reason: string;
  readonly actor: string;
  /** Epoch milliseconds. */
  readonly at: number;
}
