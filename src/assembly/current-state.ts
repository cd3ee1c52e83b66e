import { buildSnapshot, type Settings } from '../config/index.ts';
import type { BoundCredential, KeyRecord, Result } from '../kernel/index.ts';
import type { Serving, Snapshot } from '../routing/index.ts';

/** The parts that a snapshot is made of; each changes for reasons of its own. */
export interface StateParts {
  readonly settings: Settings;
  readonly keys: readonly KeyRecord[];
  readonly serving: ReadonlyMap<string, Serving>;
  readonly credentials: ReadonlyMap<string, BoundCredential>;
}

/** Holds the one snapshot that calls see. */
export interface CurrentState {
  snapshot(): Snapshot;
  parts(): StateParts;
  /** Builds a snapshot with the changed parts and swaps it in; on failure the old one stays. */
  change(changed: Partial<StateParts>): Result<Snapshot>;
}

/** Builds the first snapshot. */
export function createCurrentState(first: StateParts): Result<CurrentState> {
  const built = buildSnapshot(first.settings, { version: 1, ...first });
  if (!built.ok) return built;
  let parts = first;
  let snapshot = built.value;
  const state: CurrentState = {
    snapshot: () => snapshot,
    parts: () => parts,
    change(changed) {
      const next = { ...parts, ...changed };
      const rebuilt = buildSnapshot(next.settings, { version: snapshot.version + 1, ...next });
      if (!rebuilt.ok) return rebuilt;
      parts = next;
      snapshot = rebuilt.value;
      return rebuilt;
    },
  };
  return { ok: true, value: state };
}

/** Serving versions by route. */
export function toServingMap(versions: readonly Serving[]): ReadonlyMap<string, Serving> {
  return new Map(versions.map((serving) => [serving.route, serving]));
}
