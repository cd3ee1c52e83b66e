/** All graders by name: the one place that turns a written grader into a working one. */
import * as z from 'zod';

import { failure, type Result, success } from '../../kernel/index.ts';
import { choiceOptions, createChoiceGrader } from './choice.ts';
import { containsOptions, createContainsGrader } from './contains.ts';
import { type GradeInput, type Grader, ungradable } from './grader.ts';
import { createJsonEqualGrader, jsonEqualOptions } from './json-equality.ts';
import { createJsonSchemaGrader, jsonSchemaOptions } from './json-schema.ts';
import type { JsonObject } from './json-value.ts';
import { createMathGrader, mathOptions } from './math.ts';
import {
  costOptions,
  createCostGrader,
  createLatencyGrader,
  createLengthGrader,
  latencyOptions,
  lengthOptions,
} from './measures.ts';
import { createNumberGrader, numberOptions } from './number.ts';
import {
  createOverRefusalGrader,
  createRefusalGrader,
  overRefusalOptions,
  refusalOptions,
} from './refusal.ts';
import { createRegexGrader, regexOptions } from './regex.ts';
import { createSameLanguageGrader, sameLanguageOptions } from './same-language.ts';
import {
  createExactGrader,
  createNormalisedGrader,
  exactOptions,
  normalisedOptions,
} from './text-equality.ts';
import { createToolCallGrader, toolCallOptions } from './tool-calls.ts';

/** A grader as it is written in a plan: its name and its options. */
export type GraderSpec = { readonly name: string; readonly options?: JsonObject };

type Entry = { readonly create: (options: unknown) => Result<Grader>; readonly schema: z.ZodType };

function entry<Options>(
  schema: z.ZodType<Options>,
  create: (options: Options) => Grader | Result<Grader>,
): Entry {
  return {
    schema,
    create(options) {
      const parsed = schema.safeParse(options);
      if (!parsed.success) return refuse(parsed.error);
      const made = create(parsed.data);
      return 'ok' in made ? made : success(made);
    },
  };
}

function refuse(error: z.ZodError): Result<never> {
  const [issue] = error.issues;
  const field = ['options', ...(issue?.path ?? [])].map(String).join('.');
  return failure('CHG_FIELD_INVALID', { field, reason: issue?.message ?? 'is wrong' });
}

const entries = {
  exact: entry(exactOptions, createExactGrader),
  normalised: entry(normalisedOptions, createNormalisedGrader),
  number: entry(numberOptions, createNumberGrader),
  math: entry(mathOptions, createMathGrader),
  choice: entry(choiceOptions, createChoiceGrader),
  regex: entry(regexOptions, createRegexGrader),
  contains: entry(containsOptions, createContainsGrader),
  'json-schema': entry(jsonSchemaOptions, createJsonSchemaGrader),
  'json-equal': entry(jsonEqualOptions, createJsonEqualGrader),
  'tool-calls': entry(toolCallOptions, createToolCallGrader),
  'same-language': entry(sameLanguageOptions, createSameLanguageGrader),
  refusal: entry(refusalOptions, createRefusalGrader),
  'over-refusal': entry(overRefusalOptions, createOverRefusalGrader),
  length: entry(lengthOptions, createLengthGrader),
  latency: entry(latencyOptions, createLatencyGrader),
  cost: entry(costOptions, createCostGrader),
} as const satisfies Readonly<Record<string, Entry>>;

/** The name of a grader that works without a port (all but `http`). */
export type GraderName = keyof typeof entries;

/** All names, in the order of the guide. */
export const graderNames: readonly GraderName[] = Object.keys(entries) as GraderName[];

/** Makes a grader; the failure names the option that is wrong and why. */
export function createGrader(spec: GraderSpec): Result<Grader> {
  if (!Object.hasOwn(entries, spec.name)) {
    return failure('CHG_FIELD_INVALID', {
      field: 'name',
      reason: `"${spec.name}" is none of ${graderNames.join(', ')}`,
    });
  }
  const made = entries[spec.name as GraderName].create(spec.options ?? {});
  return made.ok ? success(guard(made.value)) : made;
}

/** The JSON Schema of a grader's options, for forms and documentation. */
export function toOptionsSchema(name: GraderName): JsonObject {
  return z.toJSONSchema(entries[name].schema, { io: 'input', unrepresentable: 'any' }) as JsonObject;
}

/**
 * A mistake in a grader must not end the trial of all other cases: it makes this case ungradable, which
 * counts against the candidate and shows in the share of ungradable pairs.
 */
function guard(grader: Grader): Grader {
  return {
    ...grader,
    grade(input: GradeInput) {
      try {
        return grader.grade(input);
      } catch (error) {
        return ungradable(`the grader failed: ${error instanceof Error ? error.message : 'unknown error'}`);
      }
    },
  };
}
