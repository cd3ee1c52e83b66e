import type { Dialect } from '../kernel/index.ts';
import { simDialects } from './dialect-table.ts';
import { forcedDoors, type VendorDoor, type VendorFacts } from './vendors.ts';

/** What a path means at this endpoint. */
export type Place =
  | { readonly kind: 'answer'; readonly dialect: Dialect }
  | { readonly kind: 'count-tokens'; readonly dialect: Dialect }
  | { readonly kind: 'models'; readonly dialect: Dialect };

export interface EndpointPaths {
  readonly doors: readonly VendorDoor[];
  readonly modelsPath: string;
  /** What the path (without query) means, or null. */
  find(path: string): Place | null;
}

function chooseDoors(facts: VendorFacts, dialects: readonly Dialect[] | undefined): readonly VendorDoor[] {
  const wanted = dialects ?? facts.doors.map((door) => door.dialect);
  return wanted.flatMap((dialect) => {
    const door = [...facts.doors, ...forcedDoors].find((entry) => entry.dialect === dialect);
    if (door === undefined || simDialects[dialect] === undefined) {
      if (dialects === undefined) return [];
      throw new Error(
        `Cannot simulate dialect "${dialect}": choose from ${Object.keys(simDialects).join(', ')}`,
      );
    }
    return [door];
  });
}

/** Lays out the paths of a vendor, or of the dialects that are forced on it. */
export function planPaths(facts: VendorFacts, dialects: readonly Dialect[] | undefined): EndpointPaths {
  const doors = chooseDoors(facts, dialects);
  const places = new Map<string, Place>();
  for (const path of facts.modelsPaths) {
    const isMessages =
      path.includes('anthropic') || doors.every((door) => door.dialect === 'anthropic-messages');
    places.set(path, { kind: 'models', dialect: isMessages ? 'anthropic-messages' : 'openai-chat' });
  }
  for (const { dialect, paths } of doors) {
    for (const path of paths) {
      places.set(path, { kind: 'answer', dialect });
      if (dialect === 'anthropic-messages' && facts.messages.countTokens) {
        places.set(`${path}/count_tokens`, { kind: 'count-tokens', dialect });
      }
    }
  }
  return {
    doors,
    modelsPath: facts.modelsPaths[0] ?? '/v1/models',
    find: (path) => places.get(path) ?? null,
  };
}
