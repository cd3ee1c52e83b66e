/** Nesting of a frame; deeper input is no frame. */
const depthMax = 20;

/**
 * The same value with the keys of every object in order and without undefined ones. What is in order
 * already is not copied, so that frames of a million cases pass quickly.
 */
function sortKeys(value: unknown, depth: number): unknown {
  if (depth > depthMax) throw new TypeError(`Cannot write a value nested deeper than ${depthMax}`);
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`Cannot write the number ${value}`);
    return value;
  }
  if (typeof value !== 'object') throw new TypeError(`Cannot write a ${typeof value}`);
  if (Array.isArray(value)) return sortEntries(value, depth);
  const record = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(record);
  let isSame = true;
  const sorted: Record<string, unknown> = {};
  for (const [index, key] of keys.entries()) {
    if (index > 0 && (keys[index - 1] as string) > key) isSame = false;
  }
  if (!isSame) keys.sort();
  for (const key of keys) {
    const before = record[key];
    if (before === undefined) {
      isSame = false;
      continue;
    }
    const after = sortKeys(before, depth + 1);
    if (after !== before) isSame = false;
    sorted[key] = after;
  }
  return isSame ? value : sorted;
}

function sortEntries(list: readonly unknown[], depth: number): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (const [index, before] of list.entries()) {
    const after = sortKeys(before, depth + 1);
    if (after !== before) copy ??= list.slice(0, index);
    copy?.push(after);
  }
  return copy ?? list;
}

/**
 * JSON with sorted keys and no spaces, so that equal frames have equal hashes wherever they were built.
 * Throws a TypeError for values that JSON cannot carry exactly (NaN, functions, undefined in a list).
 */
export function toCanonicalText(value: unknown): string {
  return JSON.stringify(sortKeys(value, 0));
}
