import type { z } from 'zod';
import type { ConfigProblem } from './problem.ts';
import { quote } from './quote.ts';
import { type Path, toPathText, type YamlDocument } from './read-yaml.ts';
import { documentSchema } from './schema.ts';
import { parseMessage } from './schema-values.ts';
import { toNameRemedy } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** Turns what the schema found into problems with places and remedies. */
export function toShapeProblems(
  issues: readonly Issue[],
  document: YamlDocument,
  file: string,
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const issue of issues.flatMap((entry) => flattenIssue(entry, []))) {
    const path = issue.path as Path;
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) problems.push(toUnknownKey({ key, path, document, file }));
      continue;
    }
    const part = issue.code === 'invalid_key' ? 'key' : 'value';
    // A key that was pasted with the wrong type is a key all the same, and problems end up in logs.
    const value =
      path.at(-1) === 'key' ? hideValue(toValueAt(document.value, path)) : toValueAt(document.value, path);
    const { text, remedy } = describe(issue, value);
    problems.push({
      severity: 'error',
      file,
      position: document.locate(path, part),
      path: toPathText(path),
      text: `Cannot use ${toName(path)}: ${text}`,
      remedy,
    });
  }
  return problems;
}

/**
 * A union fails with one list of issues per branch. The branch that got further than the type of the value
 * is the one that was meant; when none did, the union itself is the issue.
 */
function flattenIssue(issue: Issue, above: Path): Issue[] {
  const path = [...above, ...(issue.path as Path)];
  if (issue.code === 'invalid_union') {
    const meant = issue.errors.find((branch) => !branch.some(isRootTypeIssue));
    if (meant !== undefined) return meant.flatMap((entry) => flattenIssue(entry, path));
  }
  return [{ ...issue, path }];
}

function isRootTypeIssue(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.path.length === 0;
}

function toName(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'the document';
  return typeof last === 'number' ? `entry ${last + 1} of ${quote(String(path.at(-2)))}` : quote(last);
}

function hideValue(value: unknown): unknown {
  return value === undefined || value === null || typeof value === 'object' ? value : '[secret]';
}

function toValueAt(value: unknown, path: Path): unknown {
  let current = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<string | number, unknown>)[part];
  }
  return current;
}

interface Description {
  readonly text: string;
  readonly remedy: string;
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  record: 'a map of names to entries',
  object: 'a map',
};

function describe(issue: Issue, value: unknown): Description {
  const own = parseMessage(issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? '') : issue.message);
  if (own !== null) return own;
  if (value === undefined) return { text: 'it is missing', remedy: toMissingRemedy(issue) };
  if (value === null) return { text: 'it has no value', remedy: 'Give it a value, or remove the line' };
  if (issue.code === 'invalid_type') {
    return {
      text: `it is ${toKind(value)}, not ${kinds[issue.expected] ?? issue.expected}`,
      remedy: toTypeRemedy(issue.expected, value),
    };
  }
  if (issue.code === 'invalid_value') {
    return {
      text: `${toQuoted(value)} is not known here`,
      remedy: toNameRemedy(toPlainText(value), issue.values.map(String)),
    };
  }
  if (issue.code === 'invalid_union') {
    return { text: `it is ${toKind(value)}`, remedy: `Write ${toExpectation(issue)}` };
  }
  return describeSize(issue, value);
}

function describeSize(issue: Issue, value: unknown): Description {
  if (issue.code === 'too_small') {
    const found = Array.isArray(value) ? 'the list is too short' : `${toQuoted(value)} is too small`;
    const bound = issue.inclusive === true ? 'at least' : 'more than';
    return { text: found, remedy: `It must be ${bound} ${issue.minimum}` };
  }
  if (issue.code === 'too_big') {
    const found = Array.isArray(value) ? 'the list is too long' : `${toQuoted(value)} is too long or too big`;
    return { text: found, remedy: `At most ${issue.maximum} is possible` };
  }
  return { text: `${toQuoted(value)} does not have the right form`, remedy: 'See docs/reference/config.md' };
}

function toKind(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return typeof value === 'string' ? `the text ${toQuoted(value)}` : toQuoted(value);
}

/** A value for a message. Maps and lists are named, because they may hold a key. */
function toQuoted(value: unknown): string {
  if (Array.isArray(value)) return 'the list';
  if (typeof value === 'object') return 'the map';
  return quote(toPlainText(value));
}

function toPlainText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function toTypeRemedy(expected: string, value: unknown): string {
  if (expected === 'string' && typeof value !== 'object') return `Put it in quotes: ${toQuoted(value)}`;
  if (expected === 'array') return 'Write a list: [a, b], or one entry a line after a dash';
  return `Write ${kinds[expected] ?? expected}`;
}

function toExpectation(issue: Issue): string {
  if (issue.code === 'invalid_type') return kinds[issue.expected] ?? issue.expected;
  if (issue.code !== 'invalid_union') return 'a value that fits';
  const names = issue.errors.flatMap((branch) => branch.slice(0, 1).map(toExpectation));
  return [...new Set(names)].join(', or ');
}

function toMissingRemedy(issue: Issue): string {
  if (issue.code === 'invalid_value') return `Add it: ${issue.values.slice(0, 12).map(String).join(', ')} …`;
  return `Add it as ${toExpectation(issue)}`;
}

interface UnknownKey {
  readonly key: string;
  readonly path: Path;
  readonly document: YamlDocument;
  readonly file: string;
}

function toUnknownKey({ key, path, document, file }: UnknownKey): ConfigProblem {
  const place = path.length === 0 ? 'at the top' : `in ${toPathText(path)}`;
  return {
    severity: 'error',
    file,
    position: document.locate([...path, key], 'key'),
    path: toPathText([...path, key]),
    text: `Cannot use key ${quote(key)}: it is not known ${place}`,
    remedy: toNameRemedy(key, findKnownKeys(documentSchema, path)),
  };
}

/** Keys that the schema knows at a path; of a union, those of all its maps. */
function findKnownKeys(schema: z.core.$ZodType, path: Path): string[] {
  const { def } = schema._zod as { readonly def: z.core.$ZodTypeDef } as { def: SchemaDef };
  switch (def.type) {
    case 'optional':
      return findKnownKeys(def.innerType as z.core.$ZodType, path);
    case 'union':
      return (def.options ?? []).flatMap((option) => findKnownKeys(option, path));
    case 'record':
      return path.length === 0 ? [] : findKnownKeys(def.valueType as z.core.$ZodType, path.slice(1));
    case 'array':
      return path.length === 0 ? [] : findKnownKeys(def.element as z.core.$ZodType, path.slice(1));
    case 'object': {
      if (path.length === 0) return Object.keys(def.shape ?? {});
      const inner = def.shape?.[String(path[0])];
      return inner === undefined ? [] : findKnownKeys(inner, path.slice(1));
    }
    default:
      return [];
  }
}

/** The parts of zod's definitions that name inner schemas. */
interface SchemaDef {
  readonly type: string;
  readonly innerType?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
}
