/**
 * Limit: nesting of an event's data; ours is two levels deep, and a cycle must not end in a stack overflow.
 */
const depthMax = 32;

function encodeObject(value: object, depth: number): string {
  const parts: string[] = [];
  // Sorted by UTF-16 code units, as RFC 8785 §3.2.3 wants it; so two writers give the same bytes.
  for (const name of Object.keys(value).toSorted()) {
    const member = (value as Record<string, unknown>)[name];
    if (member !== undefined) parts.push(`${JSON.stringify(name)}:${encodeValue(member, depth + 1)}`);
  }
  return `{${parts.join(',')}}`;
}

function encodeValue(value: unknown, depth: number): string {
  if (depth > depthMax) throw new RangeError(`Cannot encode: nested deeper than ${depthMax}`);
  if (typeof value === 'bigint') return `"${value}"`;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`Cannot encode the number ${value}`);
    return JSON.stringify(value);
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => encodeValue(item, depth + 1)).join(',')}]`;
  if (typeof value === 'object') return encodeObject(value, depth);
  throw new TypeError(`Cannot encode a ${typeof value}`);
}

/**
 * Writes a value as canonical JSON (RFC 8785); bigints become text, `undefined` members are left out.
 * Throws for what JSON cannot hold: that is a mistake of the caller, and must not reach the chain as `null`.
 */
export function toCanonicalJson(value: unknown): string {
  return encodeValue(value, 0);
}
