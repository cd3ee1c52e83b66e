/** Nesting of a frame; deeper input is no frame. */
const depthMax = 20;

/**
 * JSON with sorted keys and no spaces, so that equal frames have equal hashes wherever they were built.
 * Throws a TypeError for values that JSON cannot carry exactly (NaN, functions, undefined in a list).
 */
export function toCanonicalText(value: unknown, depth = 0): string {
  if (depth > depthMax) throw new TypeError(`Cannot write a value nested deeper than ${depthMax}`);
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`Cannot write the number ${value}`);
    return JSON.stringify(value);
  }
  if (typeof value !== 'object') throw new TypeError(`Cannot write a ${typeof value}`);
  if (Array.isArray(value)) {
    let text = '[';
    for (const [index, entry] of value.entries()) {
      text += index === 0 ? '' : ',';
      text += toCanonicalText(entry, depth + 1);
    }
    return `${text}]`;
  }
  // A loop and not a chain of list functions: frames of a million cases pass through here.
  const record = value as Readonly<Record<string, unknown>>;
  let text = '{';
  for (const key of Object.keys(record).toSorted()) {
    const entry = record[key];
    if (entry === undefined) continue;
    if (text.length > 1) text += ',';
    text += `${JSON.stringify(key)}:${toCanonicalText(entry, depth + 1)}`;
  }
  return `${text}}`;
}
