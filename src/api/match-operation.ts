import type { Operation } from './operations/operation.ts';

export interface MatchedPath {
  /** By method. */
  readonly operations: ReadonlyMap<string, Operation>;
  readonly places: Readonly<Record<string, string>>;
}

interface Pattern {
  readonly parts: readonly { readonly text: string; readonly isPlace: boolean }[];
  readonly operations: Map<string, Operation>;
}

function toPattern(path: string): Pattern['parts'] {
  return path.split('/').map((part) => {
    const place = /^\{(\w+)\}$/.exec(part)?.[1];
    return place === undefined ? { text: part, isPlace: false } : { text: place, isPlace: true };
  });
}

function decodePlace(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    // A lone percent sign names nothing; anything else would be a mistake here.
    if (error instanceof URIError) return null;
    throw error;
  }
}

function matchPattern({ parts }: Pattern, asked: readonly string[]): Record<string, string> | null {
  if (parts.length !== asked.length) return null;
  const places: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const given = asked[index] ?? '';
    const value = part.isPlace ? decodePlace(given) : given;
    if (value === null || (value === '') !== (part.text === '')) return null;
    if (!part.isPlace && value !== part.text) return null;
    if (part.isPlace) places[part.text] = value;
  }
  return places;
}

/** Creates the look-up from a path to its operations. Paths with literal parts win over those with places. */
export function createMatcher(table: readonly Operation[]): (path: string) => MatchedPath | null {
  const patterns = new Map<string, Pattern>();
  for (const operation of table) {
    const known = patterns.get(operation.path);
    const pattern = known ?? { parts: toPattern(operation.path), operations: new Map<string, Operation>() };
    if (pattern.operations.has(operation.method)) {
      throw new Error(`Operation "${operation.method} ${operation.path}" is in the table twice`);
    }
    pattern.operations.set(operation.method, operation);
    patterns.set(operation.path, pattern);
  }
  const literalFirst = [...patterns.values()].toSorted(
    (left, right) => Number(hasPlace(left)) - Number(hasPlace(right)),
  );
  return (path) => {
    const asked = path.split('/');
    for (const pattern of literalFirst) {
      const places = matchPattern(pattern, asked);
      if (places !== null) return { operations: pattern.operations, places };
    }
    return null;
  };
}

function hasPlace(pattern: Pattern): boolean {
  return pattern.parts.some((part) => part.isPlace);
}
