import { type OutputFormat, toJsonOutput } from './neutral/index.ts';

/** Whether an answer has the form that was asked for in words, and its JSON. */
export type JsonOutputCheck =
  | { readonly ok: true; readonly json: string }
  | { readonly ok: false; readonly faults: readonly string[] };

/** Limit: faults that are told to the model; more do not help it. */
const faultsMax = 8;

/**
 * Checks an answer whose JSON form was only asked for: finds the value, also inside a code fence or between
 * sentences, and has it checked. `validate` gives the faults of a value against a schema; the caller brings
 * the validator, because this folder has none.
 */
export function checkJsonOutput(
  text: string,
  output: OutputFormat,
  validate?: (schema: unknown, value: unknown) => readonly string[],
): JsonOutputCheck {
  const value = toJsonOutput(text);
  if (value === undefined) return { ok: false, faults: ['The answer holds no JSON value'] };
  if (output.type === 'json' && (typeof value !== 'object' || value === null || Array.isArray(value))) {
    return { ok: false, faults: ['The JSON value is not an object'] };
  }
  const faults = output.type === 'schema' ? (validate?.(output.schema, value) ?? []) : [];
  return faults.length > 0
    ? { ok: false, faults: faults.slice(0, faultsMax) }
    : { ok: true, json: JSON.stringify(value) };
}

/** What the one repair asks the model for, behind its own faulty answer. */
export function toRepairText(faults: readonly string[]): string {
  const listed = faults
    .slice(0, faultsMax)
    .map((fault) => `- ${fault}`)
    .join('\n');
  return `Your answer is not the JSON that was asked for:\n${listed}\nSend the corrected JSON value only.`;
}
