import { z } from 'zod';

/** Schemas with a name of their own; they become `components/schemas` of the OpenAPI document. */
export const schemaNames = z.registry<{ readonly id: string; readonly description: string }>();

/** Gives a schema its public name and one sentence of description. */
export function named<Schema extends z.ZodType>(id: string, description: string, schema: Schema): Schema {
  schemaNames.add(schema, { id, description });
  return schema;
}

/** Epoch milliseconds. */
export const instant = z.int().min(0).describe('Epoch milliseconds');

/** Epoch milliseconds in a query. */
export const instantText = z.coerce.number().int().min(0);

/** A money amount as a plain decimal, so that no amount passes through a binary fraction. */
export const moneyText = z
  .string()
  .regex(/^-?\d+(\.\d{1,9})?$/)
  .describe('Decimal text, at most nine places');

/** The `next` of the page before. */
const cursor = z.string().min(1).max(512).optional().describe('The "next" of the page before');

/** Limit: rows of one page, the same as the ledger's. */
const maximumPageRows = 500;

/** Query fields of every paged list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(maximumPageRows).default(50).describe('Rows of one page'),
  cursor,
};

/** A name in a path or a filter; what it names is looked up, so any bounded text is legal here. */
export const anyName = z.string().min(1).max(256);

/** One line that people read; control characters would let a name forge lines of a table or a log. */
export function oneLine(maximum: number): z.ZodString {
  return z
    .string()
    .min(1)
    .max(maximum)
    .regex(/^[^\p{Cc}\u2028\u2029]+$/u, 'must be one line without control characters');
}
