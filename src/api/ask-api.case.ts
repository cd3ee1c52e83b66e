import { expect } from 'vitest';
import { z } from 'zod';
import type {
  BackupView,
  Call,
  CallBodiesView,
  CallPage,
  ConfigCheckView,
  ConfigVersionList,
  ConfigView,
  CreatedKey,
  EndpointList,
  EndpointTest,
  Erased,
  ErrorAnswer,
  EventPage,
  Key,
  KeyPage,
  LedgerView,
  RouteDetail,
  RouteList,
  SecretList,
  ServingView,
  SessionView,
  Status,
} from './contract.ts';
import { failures } from '../kernel/index.ts';
import { createMatcher } from './match-operation.ts';
import { listFailures, toApiDocument } from './openapi.ts';
import { operations } from './operations/table.ts';
import { failure as failureSchema } from './schemas/server.ts';

interface OpenApi {
  readonly paths: Record<string, Record<string, { readonly responses: Record<string, OpenApiResponse> }>>;
  readonly components: { readonly schemas: Record<string, object> };
}
interface OpenApiResponse {
  readonly content: Record<string, { readonly schema: object }>;
}

const document = toApiDocument('0.1.0') as unknown as OpenApi;
const matchPath = createMatcher(operations);

/** Ids of operations that have answered with success, so that a test can demand that none was left out. */
export const answeredOperations = new Set<string>();

type Rest = '' | `?${string}`;

/** What each request is answered with; the first pattern that fits holds. */
interface Bodies {
  readonly createKey: [`POST /api/keys`, CreatedKey];
  readonly listKeys: [`GET /api/keys${Rest}`, KeyPage];
  readonly revokeKey: [`DELETE /api/keys/${string}`, Key];
  readonly listRoutes: ['GET /api/routes', RouteList];
  readonly showRoute: [`GET /api/routes/${string}`, RouteDetail];
  readonly switchServing: [`PUT /api/routes/${string}/serving`, ServingView];
  readonly switchBack: [`POST /api/routes/${string}/back`, ServingView];
  readonly listCalls: [`GET /api/calls${Rest}`, CallPage];
  readonly showCall: [`GET /api/calls/${string}`, Call & CallBodiesView];
  readonly listEvents: [`GET /api/events${Rest}`, EventPage];
  readonly listEndpoints: ['GET /api/endpoints', EndpointList];
  readonly testEndpoint: [`POST /api/endpoints/${string}/test`, EndpointTest];
  readonly showStatus: ['GET /api/status', Status];
  readonly showConfig: ['GET /api/config', ConfigView];
  readonly applyConfig: ['PUT /api/config' | 'POST /api/config/check', ConfigCheckView];
  readonly listConfigVersions: ['GET /api/config/versions', ConfigVersionList];
  readonly secrets: [
    'GET /api/secrets' | `PUT /api/secrets/${string}` | `DELETE /api/secrets/${string}`,
    SecretList,
  ];
  readonly showLedger: ['GET /api/ledger', LedgerView];
  readonly erase: ['POST /api/ledger/erase', Erased];
  readonly backup: ['POST /api/backup', BackupView];
  readonly openSession: ['POST /api/session', SessionView];
}

type Fitting<Request extends string> = {
  [Id in keyof Bodies]: Request extends Bodies[Id][0] ? Bodies[Id][1] : never;
}[keyof Bodies];

type BodyOf<Request extends string> = [Fitting<Request>] extends [never] ? unknown : Fitting<Request>;

/** An answer of either kind: which one it was, the test says by what it looks at. */
export interface Asked<Body = unknown> {
  readonly status: number;
  readonly body: Body & ErrorAnswer;
  readonly text: string;
  readonly headers: Headers;
}

/** Reads a schema of the served document back, so that what is promised is compared with what is answered. */
function toPromise(schema: object): z.ZodType {
  const text = JSON.stringify({ ...schema, $defs: document.components.schemas });
  return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')) as boolean);
}

function checkAnswer(method: string, path: string, { status, body, text, headers }: Asked): void {
  const operation = matchPath(path)?.operations.get(method);
  if (status >= 400) {
    const { error } = failureSchema.parse(body);
    expect(failures[error.code as keyof typeof failures].status).toBe(status);
    if (operation !== undefined) expect(listFailures(operation)).toContain(error.code);
    return;
  }
  if (operation === undefined) throw new Error(`No operation for "${method} ${path}"`);
  const { answer } = operation;
  expect(status).toBe(answer.status);
  expect(headers.get('content-type')).toContain(answer.contentType ?? 'application/json');
  const promised = document.paths[operation.path]?.[method.toLowerCase()]?.responses[String(status)];
  const { schema = {} } = Object.values(promised?.content ?? {})[0] ?? {};
  const lines = answer.contentType === 'application/x-ndjson' ? text.trim().split('\n') : [text];
  for (const line of lines) {
    const value: unknown = JSON.parse(line);
    answer.schema?.parse(value);
    toPromise(schema).parse(value);
  }
  answeredOperations.add(operation.id);
}

/** Asks the admin API over HTTP and holds each answer against its schema, in code and as published. */
export async function askApi<Request extends string>(
  api: { readonly url: string; readonly adminKey: string },
  request: Request,
  options: {
    readonly body?: unknown;
    readonly key?: string | null;
    readonly headers?: Record<string, string>;
  } = {},
): Promise<Asked<BodyOf<Request>>> {
  const [method = '', target = ''] = request.split(' ');
  const key = options.key === undefined ? api.adminKey : options.key;
  const response = await fetch(api.url + target, {
    method,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(options.body === undefined
      ? {}
      : { body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  const body: unknown = isJson ? JSON.parse(text) : null;
  const asked = {
    status: response.status,
    body: body as BodyOf<Request> & ErrorAnswer,
    text,
    headers: response.headers,
  };
  checkAnswer(method, target.split('?')[0] ?? '', asked);
  return asked;
}
