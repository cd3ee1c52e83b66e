import type { Random } from '../kernel/index.ts';
import { isObject, type JsonObject, toList, toObject, toText } from './json.ts';

/** Nesting up to which optional properties and array items are made; a recursive schema ends here. */
const deepestOptional = 4;
/** Nesting beyond which nothing but null is made, so that a schema that requires itself ends. */
const deepest = 24;
/** Properties of one object; a hostile schema cannot make an answer of any size. */
const mostProperties = 200;

interface Generation {
  readonly root: JsonObject;
  readonly random: Random;
  /** Words for texts: quoted parts of the user's message first, then its words. */
  readonly words: readonly string[];
  next: number;
}

/** Quoted parts of a message, then its longer words; what generated texts are filled with. */
function toWords(text: string): readonly string[] {
  const sample = text.slice(0, 2000);
  const quoted = [...sample.matchAll(/["“«「]([^"”»」]{1,80})["”»」]/gu)].map((match) => match[1] ?? '');
  const words = sample.match(/[\p{Lu}][\p{L}\p{N}]{2,}|[\p{L}\p{N}]{4,}/gu) ?? [];
  const found = [...quoted, ...words.slice(0, 50)];
  return found.length > 0 ? found : ['café'];
}

/**
 * Makes a value that fits a JSON Schema, as tool arguments and structured answers are made. Understood:
 * type, enum, const, default, examples, properties, required, items, prefixItems, anyOf, oneOf, allOf,
 * $ref within the document, minimum, maximum, minLength, maxLength, minItems and common formats.
 */
export function generateJson(
  schema: unknown,
  source: { readonly random: Random; readonly text: string },
): unknown {
  const generation: Generation = {
    root: toObject(schema),
    random: source.random,
    words: toWords(source.text),
    next: 0,
  };
  return generateValue(schema, generation, 0);
}

function resolveReference(reference: string, root: JsonObject): unknown {
  if (!reference.startsWith('#')) return {};
  let place: unknown = root;
  for (const step of reference.slice(1).split('/').slice(1)) {
    place = toObject(place)[decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return place;
}

function toType(schema: JsonObject): string {
  const declared = schema['type'];
  if (typeof declared === 'string') return declared;
  const first = toList(declared).find((entry) => entry !== 'null');
  if (typeof first === 'string') return first;
  if (isObject(schema['properties'])) return 'object';
  if (schema['items'] !== undefined || schema['prefixItems'] !== undefined) return 'array';
  return 'string';
}

function generateValue(schema: unknown, generation: Generation, depth: number): unknown {
  const rules = toObject(schema);
  if (depth > deepest) return null;
  if (typeof rules['$ref'] === 'string') {
    return generateValue(resolveReference(rules['$ref'], generation.root), generation, depth + 1);
  }
  if (rules['const'] !== undefined) return rules['const'];
  const choices = toList(rules['enum']);
  if (choices.length > 0) return choices[Math.floor(generation.random.unit() * choices.length)];
  if (rules['default'] !== undefined) return rules['default'];
  const examples = toList(rules['examples']);
  if (examples.length > 0) return examples[0];
  const branches = [...toList(rules['anyOf']), ...toList(rules['oneOf'])];
  const branch = branches.find((entry) => toObject(entry)['type'] !== 'null');
  if (branch !== undefined) return generateValue(branch, generation, depth + 1);
  const merged = toList(rules['allOf']).reduce<JsonObject>(mergeSchemas, rules);
  return generateTyped(toType(merged), merged, { generation, depth });
}

function mergeSchemas(left: JsonObject, right: unknown): JsonObject {
  const other = toObject(right);
  return {
    ...left,
    ...other,
    properties: { ...toObject(left['properties']), ...toObject(other['properties']) },
    required: [...toList(left['required']), ...toList(other['required'])],
  };
}

interface Place {
  readonly generation: Generation;
  readonly depth: number;
}

function generateTyped(type: string, rules: JsonObject, place: Place): unknown {
  switch (type) {
    case 'object':
      return generateObject(rules, place);
    case 'array':
      return generateArray(rules, place);
    case 'integer':
    case 'number':
      return generateNumber(type, rules, place.generation.random);
    case 'boolean':
      return place.generation.random.unit() < 0.5;
    case 'null':
      return null;
    default:
      return generateText(rules, place.generation);
  }
}

function generateObject(rules: JsonObject, { generation, depth }: Place): JsonObject {
  const made: Record<string, unknown> = {};
  const required = new Set(toList(rules['required']).map(toText));
  for (const [name, property] of Object.entries(toObject(rules['properties'])).slice(0, mostProperties)) {
    if (depth >= deepestOptional && !required.has(name)) continue;
    made[name] = generateValue(property, generation, depth + 1);
  }
  return made;
}

function generateArray(rules: JsonObject, { generation, depth }: Place): unknown[] {
  const fixed = toList(rules['prefixItems']);
  if (fixed.length > 0) return fixed.map((entry) => generateValue(entry, generation, depth + 1));
  const least = typeof rules['minItems'] === 'number' ? Math.min(rules['minItems'], 20) : 0;
  const usual = depth >= deepestOptional ? 0 : 1 + Math.floor(generation.random.unit() * 2);
  const most = typeof rules['maxItems'] === 'number' ? Math.max(0, rules['maxItems']) : 20;
  const count = Math.min(Math.max(least, usual), most);
  return Array.from({ length: count }, () => generateValue(rules['items'], generation, depth + 1));
}

function generateNumber(type: 'integer' | 'number', rules: JsonObject, random: Random): number {
  const toNumber = (name: string): number | null => {
    const value = rules[name];
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  };
  const above = toNumber('exclusiveMinimum');
  const below = toNumber('exclusiveMaximum');
  const low = toNumber('minimum') ?? (above === null ? 1 : above + 1);
  const high = toNumber('maximum') ?? (below === null ? Math.max(low, 1) + 98 : below - 1);
  const step = toNumber('multipleOf') ?? 1;
  const span = Math.max(0, high - low);
  const raw = low + random.unit() * span;
  if (type === 'number' && rules['multipleOf'] === undefined) {
    return Math.min(Math.max(Math.round(raw * 100) / 100, low), Math.max(low, high));
  }
  const stepped = Math.floor(raw / step) * step;
  return stepped < low ? Math.ceil(low / step) * step : stepped;
}

const formats: Readonly<Record<string, string>> = {
  date: '2026-11-23',
  'date-time': '2026-11-23T08:00:00Z',
  time: '08:00:00Z',
  email: 'zoë@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
  ipv4: '192.0.2.1',
};

function generateText(rules: JsonObject, generation: Generation): string {
  const format = formats[toText(rules['format'])];
  if (format !== undefined) return format;
  let text = generation.words[generation.next % generation.words.length] ?? '';
  generation.next += 1;
  const least = typeof rules['minLength'] === 'number' ? Math.min(rules['minLength'], 1000) : 0;
  const most = typeof rules['maxLength'] === 'number' ? Math.max(0, rules['maxLength']) : 1000;
  while (text.length < least) text += text === '' ? 'x' : ` ${text}`;
  // Cut by whole characters: half a surrogate pair would not survive UTF-8.
  return [...text].slice(0, most).join('');
}
