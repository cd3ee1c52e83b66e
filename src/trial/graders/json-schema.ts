import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import * as z from 'zod';

import { failure, type Result, success } from '../../kernel/index.ts';
import { type Grade, type GradeInput, type Grader, passed } from './grader.ts';
import { readJsonAnswer } from './json-equality.ts';
import { isJsonObject, type JsonValue } from './json-value.ts';
import { compilePattern } from './pattern.ts';

/** Options of `json-schema`. */
export const jsonSchemaOptions = z.strictObject({
  /** A JSON Schema (2020-12, or an older draft whose words mean the same there). */
  schema: z.custom<JsonValue>(
    (value) => isJsonObject(value) || typeof value === 'boolean',
    'must be a JSON Schema',
  ),
  /** The whole answer must be JSON; otherwise JSON is found inside prose and fences. */
  strict: z.boolean().default(true),
});

export type JsonSchemaOptions = z.infer<typeof jsonSchemaOptions>;

/** Violations named in the reason; the first ones tell enough. */
const MAX_NAMED_ERRORS = 3;

/**
 * Patterns of a schema run on model output, so they are matched in linear time as well; a pattern that
 * cannot be is a mistake in the schema and is told when the grader is made.
 */
function createSafeExpression(pattern: string): { test(text: string): boolean; toString(): string } {
  const compiled = compilePattern(pattern);
  if (!compiled.ok) throw new TypeError(`pattern "${pattern}" ${compiled.failure.detail['reason'] ?? ''}`);
  // The validator keys compiled patterns by their text; without it all patterns would be the first one.
  return { test: (text) => compiled.value.test(text), toString: () => `linear /${pattern}/` };
}
createSafeExpression.code = 'createSafeExpression';

/** Checks the JSON of the answer against a schema; the failure says what is wrong with the schema. */
export function createJsonSchemaGrader(options: JsonSchemaOptions): Result<Grader> {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: false,
    validateFormats: true,
    logger: false,
    code: { regExp: createSafeExpression },
  });
  addFormats.default(ajv);
  let validate: ValidateFunction;
  try {
    validate = ajv.compile(dropDialect(options.schema));
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'is not a JSON Schema';
    return failure('CHG_FIELD_INVALID', { field: 'schema', reason });
  }
  return success({
    name: 'json-schema',
    needs: [],
    grade(input: GradeInput): Grade {
      const found = readJsonAnswer(input.answer.text, options.strict, false);
      if (found === undefined) {
        return passed(
          false,
          options.strict ? 'the answer is not one JSON value' : 'the answer holds no JSON',
        );
      }
      if (validate(found.value)) return passed(true, 'the JSON fits the schema');
      const named = (validate.errors ?? []).slice(0, MAX_NAMED_ERRORS);
      return passed(
        false,
        named
          .map((one) => `${one.instancePath === '' ? '/' : one.instancePath} ${one.message ?? 'is wrong'}`)
          .join('; '),
      );
    },
  });
}

/** Schemas that name an older draft are read as 2020-12; the validator would refuse to start otherwise. */
function dropDialect(schema: JsonValue): { readonly [key: string]: JsonValue } | boolean {
  if (!isJsonObject(schema)) return schema === true;
  const { $schema: _dialect, ...rest } = schema;
  return rest;
}
