import { isJsonObject, type JsonObject } from './codec.ts';
import { noFields } from './read-json.ts';
import type { TargetFacts } from './target.ts';

/** Keywords whose members are names chosen by the author of the schema, not keywords. */
const nameMaps = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);
/** Keywords whose values are data. */
const dataKeys = new Set(['enum', 'const', 'default', 'examples', 'example', 'required']);
const unions = ['oneOf', 'anyOf', 'allOf'];
/** Limit: nesting that is walked; request bodies are refused far before it. */
const depthMax = 256;

function cleanValue(value: unknown, drop: ReadonlySet<string>, depth: number): unknown {
  if (depth > depthMax) return value;
  if (Array.isArray(value)) {
    let changed = false;
    const items = value.map((item: unknown) => {
      const clean = cleanValue(item, drop, depth + 1);
      changed ||= clean !== item;
      return clean;
    });
    return changed ? items : value;
  }
  return isJsonObject(value) ? cleanObject(value, drop, depth) : value;
}

function cleanNames(names: JsonObject, drop: ReadonlySet<string>, depth: number): JsonObject {
  let changed = false;
  const entries = Object.entries(names).map(([name, schema]): [string, unknown] => {
    const clean = cleanValue(schema, drop, depth + 1);
    changed ||= clean !== schema;
    return [name, clean];
  });
  return changed ? Object.fromEntries(entries) : names;
}

/** Keeps the object itself when nothing changes, so that a clean schema costs no copy and no new order. */
function cleanObject(schema: JsonObject, drop: ReadonlySet<string>, depth: number): JsonObject {
  let changed = false;
  const entries: [string, unknown][] = [];
  for (const [key, value] of Object.entries(schema)) {
    if (drop.has(key)) {
      changed = true;
      continue;
    }
    let clean = value;
    if (nameMaps.has(key)) {
      if (isJsonObject(value)) clean = cleanNames(value, drop, depth + 1);
    } else if (!dataKeys.has(key)) clean = cleanValue(value, drop, depth + 1);
    changed ||= clean !== value;
    entries.push([key, clean]);
  }
  return changed ? Object.fromEntries(entries) : schema;
}

/**
 * The schema of a tool as the target takes it: refused keywords are gone, the top is an object. `changed`
 * leaves out what means nothing: `$schema` and an added empty object.
 */
export function toToolSchema(
  schema: JsonObject | null,
  target: Pick<TargetFacts, 'schemaDrop' | 'schemaTopUnion'>,
): { readonly schema: JsonObject; readonly changed: boolean } {
  const given = schema ?? noFields;
  const { $schema: _, ...bare } = given;
  const start = '$schema' in given && target.schemaDrop.includes('$schema') ? bare : given;
  let clean = cleanObject(start, new Set(target.schemaDrop), 0);
  if (!target.schemaTopUnion && unions.some((key) => Object.hasOwn(clean, key))) {
    clean = Object.fromEntries(Object.entries(clean).filter(([key]) => !unions.includes(key)));
  }
  const changed = clean !== start;
  if (clean['type'] !== 'object') clean = { ...clean, type: 'object' };
  // OpenAI refuses an object schema without properties.
  if (!isJsonObject(clean['properties'])) clean = { ...clean, properties: {} };
  return { schema: clean, changed };
}
