import { z } from 'zod';
import { documentSchema } from './schema.ts';

/** The JSON Schema (draft 2020-12) of changeover.yaml. It checks the shape; `config check` checks the rest. */
export function toConfigSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(documentSchema, { io: 'input', unrepresentable: 'any' });
  return { ...schema, title: 'Changeover configuration' };
}
