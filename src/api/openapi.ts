import { z } from 'zod';
import { type FailureCode, failures } from '../kernel/index.ts';
import type { Operation } from './operations/operation.ts';
import { operations } from './operations/table.ts';
import { schemaNames } from './schemas/named.ts';
import { failure } from './schemas/server.ts';

type JsonSchema = Record<string, unknown>;

/** Failures that any operation behind a bearer can have. */
const everyFailure: readonly FailureCode[] = [
  'CHG_ADMIN_REQUIRED',
  'CHG_ADMIN_THROTTLED',
  'CHG_CROSS_SITE',
  'CHG_MEDIA_TYPE',
  'CHG_FIELD_INVALID',
  'CHG_INTERNAL',
  'CHG_STORE_FAILED',
];

/** Failures of operations that read a body. */
const bodyFailures: readonly FailureCode[] = [
  'CHG_BODY_INVALID',
  'CHG_BODY_TOO_LARGE',
  'CHG_REQUEST_TIMEOUT',
];

/** Every failure that an operation can answer with, in order of their status. */
export function listFailures(operation: Operation): readonly FailureCode[] {
  const codes = new Set([...everyFailure, ...operation.failures]);
  if (operation.body !== null) for (const code of bodyFailures) codes.add(code);
  return [...codes].toSorted((left, right) => failures[left].status - failures[right].status);
}

function pointToComponents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointToComponents);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const isReference = name === '$ref' && typeof inner === 'string';
      return [
        name,
        isReference ? inner.replace('#/$defs/', '#/components/schemas/') : pointToComponents(inner),
      ];
    }),
  );
}

/** Collects the named schemas that the document refers to. */
function createComponents() {
  const schemas: Record<string, JsonSchema> = {};
  function refer(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const written = z.toJSONSchema(schema, { metadata: schemaNames, io, unrepresentable: 'any' });
    const {
      $schema: _dialect,
      $defs,
      id,
      ...inline
    } = written as JsonSchema & { $defs?: Record<string, JsonSchema> };
    for (const [name, definition] of Object.entries($defs ?? {})) {
      const { id: _id, ...rest } = definition;
      schemas[name] ??= pointToComponents(rest) as JsonSchema;
    }
    if (typeof id !== 'string') return pointToComponents(inline) as JsonSchema;
    schemas[id] ??= pointToComponents(inline) as JsonSchema;
    return { $ref: `#/components/schemas/${id}` };
  }
  return { schemas, refer };
}

type Components = ReturnType<typeof createComponents>;

function toParameters(operation: Operation, components: Components): JsonSchema[] {
  const places = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const fields = Object.entries(operation.query?.shape ?? {}).map(([name, schema]) => {
    const { description, ...rest } = components.refer(schema as z.ZodType, 'input');
    return {
      name,
      in: 'query',
      required: false,
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
  return [...places, ...fields];
}

function toResponses(operation: Operation, components: Components): JsonSchema {
  const { answer } = operation;
  const content = {
    [answer.contentType ?? 'application/json']: {
      schema: answer.schema === null ? {} : components.refer(answer.schema, 'output'),
    },
  };
  const responses: JsonSchema = { [String(answer.status)]: { description: answer.description, content } };
  const byStatus = Map.groupBy(listFailures(operation), (code) => failures[code].status);
  for (const [status, codes] of byStatus) {
    responses[String(status)] = {
      description: codes.join(', '),
      content: { 'application/json': { schema: components.refer(failure, 'output') } },
    };
  }
  return responses;
}

function toOperation(operation: Operation, components: Components): JsonSchema {
  const body =
    operation.body === null
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: components.refer(operation.body, 'input') } },
          },
        };
  const parameters = toParameters(operation, components);
  return {
    operationId: operation.id,
    summary: operation.summary,
    ...(operation.access === 'public' ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...body,
    responses: toResponses(operation, components),
  };
}

/** The OpenAPI 3.1 document of a table of operations. */
function toOpenApi(table: readonly Operation[], version: string): JsonSchema {
  const components = createComponents();
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const operation of table) {
    const path = (paths[operation.path] ??= {});
    path[operation.method.toLowerCase()] = toOperation(operation, components);
  }
  const schemas = Object.fromEntries(
    Object.entries(components.schemas).toSorted(([left], [right]) => (left < right ? -1 : 1)),
  );
  return {
    openapi: '3.1.0',
    info: {
      title: 'Changeover admin API',
      version,
      description: 'Times are epoch milliseconds, money is decimal text, unknown fields are refused.',
    },
    security: [{ admin: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        admin: { type: 'http', scheme: 'bearer', description: 'The admin key, or a session of the page' },
      },
    },
  };
}

/** The OpenAPI 3.1 document of the admin API, as `/api/openapi.json` serves it. */
export function toApiDocument(version: string): JsonSchema {
  return toOpenApi(operations, version);
}
