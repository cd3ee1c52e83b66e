import { isJsonObject, type JsonObject } from './codec.ts';

/** No fields; shared, so that the common part without extras costs no object. */
export const noFields: JsonObject = Object.freeze({});

/** The value as a list; anything else is an empty one. */
export function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as an object; anything else is an empty one. */
export function toObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : noFields;
}

/** The value as text; anything else is empty. */
export function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A finite number, or null. */
export function toNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The fields of an object that are not among the known ones, as they came. */
export function omitFields(value: JsonObject, known: ReadonlySet<string>): JsonObject {
  let rest: [string, unknown][] | null = null;
  for (const key of Object.keys(value)) {
    if (known.has(key) || value[key] === undefined) continue;
    rest ??= [];
    rest.push([key, value[key]]);
  }
  // fromEntries and not assignment: a field called "__proto__" must stay a field.
  return rest === null ? noFields : Object.fromEntries(rest);
}

/** The named fields of an object, as they came. */
export function pickFields(value: JsonObject, names: Iterable<string>): JsonObject {
  const picked: Record<string, unknown> = {};
  for (const name of names) if (Object.hasOwn(value, name)) picked[name] = value[name];
  return picked;
}
