import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Failure, failure, type Result, success } from '../kernel/index.ts';
import { type Admission, checkSameSite, createAdmission } from './admission.ts';
import { sendFailure, sendJson, sendStream } from './answer.ts';
import { checkFields } from './check-fields.ts';
import type { ApiOptions } from './create-api.ts';
import { createMatcher, type MatchedPath } from './match-operation.ts';
import { toApiDocument } from './openapi.ts';
import type { Operation, OperationInput, Reply } from './operations/operation.ts';
import { operations } from './operations/table.ts';
import { createPage } from './page/create-page.ts';
import { readJsonBody } from './read-json-body.ts';
import type { Sessions } from './sessions.ts';

/** One request on its way through the API. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
}

type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<boolean>;

/**
 * Query fields by name; a field that is given twice is refused, for two readers could take two different
 * values.
 */
function readQuery(url: URL): Result<object> {
  const fields: [string, string][] = [];
  const seen = new Set<string>();
  for (const [name, value] of url.searchParams) {
    if (seen.has(name)) {
      return failure('CHG_FIELD_INVALID', { field: `"${name.slice(0, 80)}"`, reason: 'is given twice' });
    }
    seen.add(name);
    fields.push([name, value]);
  }
  return success(Object.fromEntries(fields));
}

function checkQuery(operation: Operation, url: URL): Result<unknown> {
  const query = readQuery(url);
  if (!query.ok) return query;
  if (operation.query !== null) return checkFields(operation.query, query.value);
  const extra = Object.keys(query.value)[0];
  if (extra === undefined) return success(null);
  return failure('CHG_FIELD_INVALID', { field: `"${extra.slice(0, 80)}"`, reason: 'is not known here' });
}

function checkBody(operation: Operation, body: object): Result<unknown> {
  if (operation.body !== null) return checkFields(operation.body, body);
  const extra = Object.keys(body)[0];
  if (extra === undefined) return success(null);
  return failure('CHG_FIELD_INVALID', { field: `"${extra.slice(0, 80)}"`, reason: 'is not known here' });
}

/**
 * The path as the client wrote it must be the one that routing sees: where two parsers may read a path in two
 * ways (`//api`, `/x/../api`, `%2e`), a proxy in front could allow what it took for another path.
 */
function isPlainPath(request: IncomingMessage, url: URL): boolean {
  return (request.url ?? '').split('?')[0] === url.pathname;
}

function pickOperation({ request, url }: Exchange, matched: MatchedPath | null): Result<Operation> {
  const method = request.method ?? '';
  if (matched === null || !isPlainPath(request, url)) {
    return failure('CHG_PATH_UNKNOWN', { method, path: url.pathname.slice(0, 200) });
  }
  const operation = matched.operations.get(method);
  if (operation !== undefined) return success(operation);
  return failure('CHG_METHOD_NOT_ALLOWED', { method, path: url.pathname.slice(0, 200) });
}

function toExtraHeaders(problem: Failure, matched: MatchedPath | null): Record<string, string> {
  // The rest of a body that was refused half-way would be read as the next request.
  if (problem.code === 'CHG_BODY_TOO_LARGE' || problem.code === 'CHG_REQUEST_TIMEOUT') {
    return { connection: 'close' };
  }
  if (problem.code === 'CHG_METHOD_NOT_ALLOWED' && matched !== null) {
    return { allow: [...matched.operations.keys()].join(', ') };
  }
  return problem.code === 'CHG_ADMIN_THROTTLED' ? { 'retry-after': '6' } : {};
}

function createResolver(options: ApiOptions, sessions: Sessions, admission: Admission) {
  const { controlPlane, clock, isAdminKey } = options;
  async function readInput(
    exchange: Exchange,
    operation: Operation,
  ): Promise<Result<Omit<OperationInput, 'path'>>> {
    const query = checkQuery(operation, exchange.url);
    if (!query.ok) return query;
    const body = await readJsonBody(exchange.request, clock);
    if (!body.ok) return body;
    const checked = checkBody(operation, body.value);
    return checked.ok ? success({ query: query.value, body: checked.value }) : checked;
  }
  function admit(exchange: Exchange, operation: Result<Operation>): Result<string> {
    const { request } = exchange;
    if (!operation.ok || operation.value.access === 'admin') return admission.admit(request);
    const throttle = admission.checkThrottle(request);
    return throttle.ok ? success('nobody') : throttle;
  }
  return async function resolve(exchange: Exchange, matched: MatchedPath | null): Promise<Result<Reply>> {
    const { request, response } = exchange;
    const sameSite = checkSameSite(request);
    if (!sameSite.ok) return sameSite;
    const operation = pickOperation(exchange, matched);
    // Identity comes first: a path that does not exist tells nothing to who may not ask.
    const actor = admit(exchange, operation);
    if (!actor.ok) return actor;
    if (!operation.ok) return operation;
    const input = await readInput(exchange, operation.value);
    if (!input.ok) return input;
    const left = new AbortController();
    response.once('close', () => left.abort());
    const reply = await operation.value.handle(
      { ...input.value, path: matched?.places ?? {} },
      { controlPlane, sessions, isAdminKey, clock, actor: actor.value, signal: left.signal },
    );
    if (operation.value.access === 'public' && !reply.ok) admission.countFailure(request);
    return reply;
  };
}

/** Creates the handler behind `createApi`. */
export function createApiHandler(options: ApiOptions, sessions: Sessions): Handler {
  const admission = createAdmission({ ...options, sessions });
  const matchPath = createMatcher(operations);
  const resolve = createResolver(options, sessions, admission);
  const page = createPage();
  let openApi: unknown;

  async function answer(exchange: Exchange): Promise<void> {
    const { request, response, url } = exchange;
    if (request.method === 'GET' && url.pathname === '/api/openapi.json') {
      openApi ??= toApiDocument(options.controlPlane.state().version);
      sendJson(response, openApi);
      return;
    }
    const matched = matchPath(url.pathname);
    const reply = await resolve(exchange, matched);
    if (!reply.ok) {
      sendFailure(response, reply.failure, toExtraHeaders(reply.failure, matched));
    } else if (reply.value.kind === 'json') {
      sendJson(response, reply.value.body, { status: reply.value.status });
    } else {
      await sendStream(response, reply.value.contentType, reply.value.pieces);
    }
  }

  return async function handle(request, response, url) {
    if (page.handle(request, response, url)) return true;
    if (url.pathname !== '/api' && !url.pathname.startsWith('/api/')) return false;
    try {
      await answer({ request, response, url });
    } catch (error) {
      const id = options.ids.next('mistake');
      options.onMistake(error, id);
      if (!response.headersSent) sendFailure(response, { code: 'CHG_INTERNAL', detail: { call: id } });
      else if (!response.writableEnded) response.destroy();
    }
    return true;
  };
}
