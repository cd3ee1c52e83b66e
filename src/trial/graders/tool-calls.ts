import * as z from 'zod';

import { clipText, stripReasoning } from './extract-answer.ts';
import { findJson, parseJsonLoosely } from './find-json.ts';
import {
  type Grade,
  type GradeInput,
  type Grader,
  type ModelAnswer,
  passed,
  type ToolCall,
  ungradable,
} from './grader.ts';
import { comparisonShape, isEqualJson, type JsonComparison } from './json-equality.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json-value.ts';

/** Options of `tool-calls`. The comparison options hold for the arguments. */
export const toolCallOptions = z.strictObject({
  ...comparisonShape,
  /** `strict`: the calls come in the reference's order. `any`: parallel calls may come in any order. */
  order: z.enum(['strict', 'any']).default('any'),
  /** `names`: only which tools are called is compared. */
  arguments: z.enum(['compare', 'names']).default('compare'),
  /** Calls written into the text (`<tool_call>…</tool_call>` or a bare JSON object) count when there are no others. */
  fromText: z.boolean().default(false),
});

export type ToolCallOptions = z.infer<typeof toolCallOptions>;

/** Calls of one answer that are compared; more than that is a runaway answer and scores 0. */
const MAX_CALLS = 200;

/** Compares the tool calls of the answer with the reference: `[{"name", "arguments"}]`, empty for "calls none". */
export function createToolCallGrader(options: ToolCallOptions): Grader {
  return {
    name: 'tool-calls',
    needs: ['reference', 'tool-calls'],
    grade(input: GradeInput): Grade {
      const expected = readReference(input.reference);
      if (expected === undefined) return ungradable('the reference is not a list of {"name", "arguments"}');
      const actual = readCalls(input.answer, options);
      if (actual.length > MAX_CALLS) {
        return passed(false, `the answer makes more than ${MAX_CALLS} tool calls`);
      }
      if (actual.length !== expected.length) {
        return passed(false, `${actual.length} tool calls instead of ${expected.length}`, toNames(actual));
      }
      const isEqual =
        options.order === 'strict'
          ? isSameList(expected, actual, options)
          : isSameBag(expected, actual, options);
      return passed(
        isEqual,
        isEqual ? 'the tool calls are equivalent' : 'the tool calls differ',
        toNames(actual),
      );
    },
  };
}

function toNames(calls: readonly ToolCall[]): string {
  return calls.map((call) => call.name).join(', ');
}

function readReference(reference: JsonValue | undefined): readonly ToolCall[] | undefined {
  const value = typeof reference === 'string' ? parseJsonLoosely(reference)?.value : reference;
  if (value === undefined || value === null) return undefined;
  const list = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  const calls = list.map((one) => toCall(one));
  return calls.every((call) => call !== undefined) ? calls : undefined;
}

/** Reads `{name, arguments}`, and the forms in which vendors nest or rename them. */
function toCall(value: JsonValue): ToolCall | undefined {
  if (!isJsonObject(value)) return undefined;
  const inner = value['function'];
  const call = isJsonObject(inner) ? inner : value;
  const { name } = call;
  if (typeof name !== 'string') return undefined;
  const given = call['arguments'] ?? call['args'] ?? call['input'] ?? call['parameters'] ?? {};
  if (typeof given === 'string') return { name, arguments: given };
  return isJsonObject(given) ? { name, arguments: given } : undefined;
}

function readCalls(answer: ModelAnswer, options: ToolCallOptions): readonly ToolCall[] {
  const calls = answer.toolCalls ?? [];
  if (calls.length > 0 || !options.fromText) return calls;
  const text = stripReasoning(clipText(answer.text));
  const tagged = [...text.matchAll(/<tool_call>([\s\S]*?)<\/tool_call>/gu)].map((match) => match[1] ?? '');
  const values: readonly (JsonValue | undefined)[] =
    tagged.length > 0
      ? tagged.map((body) => parseJsonLoosely(body.trim())?.value)
      : findJson(text).map((one) => one.value);
  const flat = values.flatMap((value) =>
    Array.isArray(value) ? (value as readonly JsonValue[]) : [value ?? null],
  );
  return flat.flatMap((value) => toCall(value) ?? []);
}

/** Names differ by vendor: Kimi's ids read `functions.name:0`, and namespaces stand before a dot. */
function toName(name: string): string {
  return name
    .trim()
    .replace(/^functions\./u, '')
    .replace(/:\d+$/u, '');
}

function toArguments(call: ToolCall): JsonObject | undefined {
  if (typeof call.arguments !== 'string') return call.arguments;
  if (call.arguments.trim() === '') return {};
  const value = parseJsonLoosely(call.arguments)?.value;
  return isJsonObject(value) ? value : undefined;
}

function isSameCall(expected: ToolCall, actual: ToolCall, options: ToolCallOptions): boolean {
  if (toName(expected.name) !== toName(actual.name)) return false;
  if (options.arguments === 'names') return true;
  const wanted = toArguments(expected);
  const given = toArguments(actual);
  const rules: JsonComparison = options;
  return wanted !== undefined && given !== undefined && isEqualJson(wanted, given, rules);
}

function isSameList(
  expected: readonly ToolCall[],
  actual: readonly ToolCall[],
  options: ToolCallOptions,
): boolean {
  return expected.every((call, at) => {
    const other = actual[at];
    return other !== undefined && isSameCall(call, other, options);
  });
}

function isSameBag(
  expected: readonly ToolCall[],
  actual: readonly ToolCall[],
  options: ToolCallOptions,
): boolean {
  const open = new Set(actual.keys());
  return expected.every((call) => {
    for (const at of open) {
      const other = actual[at];
      if (other === undefined || !isSameCall(call, other, options)) continue;
      open.delete(at);
      return true;
    }
    return false;
  });
}
