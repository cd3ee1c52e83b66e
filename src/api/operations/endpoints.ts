import { type Door, type Endpoint, findObjection, type Offer } from '../../catalog/index.ts';
import {
  type AttemptRecord,
  type Clock,
  failure,
  type Failure,
  type Principal,
  type Result,
  toFailureText,
  toRemedyText,
} from '../../kernel/index.ts';
import type { EndpointTest } from '../contract.ts';
import { endpointList, endpointTest, endpointTestBody } from '../schemas/routes.ts';
import { type RouteSource, toEndpoint } from '../views/to-route.ts';
import { defineOperation, json, type OperationContext } from './operation.ts';
import { toSource } from './routes.ts';

type Step = EndpointTest['steps'][number];

/** Limit: a test that has not answered by then has failed for whoever waits at a terminal. */
const testTimeoutMs = 30_000;

/** Limit: model names shown of an endpoint that lists thousands. */
const shownModels = 500;

/** Tests belong to nobody's budget. */
const prober: Principal = {
  org: 'main',
  team: null,
  keyId: 'system',
  keyName: 'endpoint test',
  routes: null,
  limits: { maxConcurrent: null, budget: null },
};

function toProbeBody(dialect: Door['dialect'], model: string): Uint8Array {
  const messages = [{ role: 'user', content: 'Reply with the one word: ready' }];
  // Anthropic requires max_tokens; some OpenAI models refuse it, and an answer to this is short anyhow.
  const extra = dialect === 'anthropic-messages' ? { max_tokens: 64 } : {};
  return Buffer.from(JSON.stringify({ model, messages, ...extra }));
}

function toStepFailure(problem: Failure): NonNullable<Step['failure']> {
  return { code: problem.code, message: toFailureText(problem), remedy: toRemedyText(problem) };
}

async function listModels(endpoint: Endpoint, { controlPlane, clock, signal }: OperationContext) {
  if (endpoint.modelsUrl === null) return { step: null, models: null };
  const startMs = clock.monotonicMs();
  const listed = await controlPlane.listEndpointModels(endpoint.name, signal);
  const step: Step = {
    step: 'models',
    tried: `GET ${endpoint.modelsUrl}`,
    ok: listed.ok,
    ms: sinceMs(clock, startMs),
    status: null,
    failure: listed.ok ? null : toStepFailure(listed.failure),
  };
  return { step, models: listed.ok ? listed.value.slice(0, shownModels) : null };
}

function sinceMs(clock: Clock, startMs: number): number {
  return Math.round((clock.monotonicMs() - startMs) * 10) / 10;
}

/**
 * A route on whose behalf the offer may be called. One that serves the offer is best; else any that allows
 * its place, so that an endpoint can be tested before the first route names it.
 */
function findProbeRoute({ snapshot }: RouteSource, offer: Offer, endpoint: Endpoint): string | null {
  const allowing = [...snapshot.routes.values()].filter(
    (route) => findObjection(route.allow, endpoint.jurisdiction) === null,
  );
  const serving = allowing.find(({ name, fallback }) => {
    const shares = snapshot.serving.get(name)?.shares ?? [];
    return fallback.includes(offer.name) || shares.some((share) => share.offer === offer.name);
  });
  return (serving ?? allowing[0])?.name ?? null;
}

interface Probe {
  readonly step: Step;
  readonly call: string | null;
}

/** The engine names what failed by its code; what it tried fills the sentence. */
function toCallFailure(problem: Failure, offer: Offer, attempt: AttemptRecord | undefined): Failure {
  const known = { offer: offer.name, reason: attempt?.cause ?? 'no answer', status: attempt?.status ?? 0 };
  return { ...problem, detail: { ...known, limitMs: testTimeoutMs, ...problem.detail } };
}

async function probe(endpoint: Endpoint, offer: Offer, context: OperationContext): Promise<Probe | null> {
  const [door] = endpoint.doors;
  if (door === undefined) return null;
  const { controlPlane, clock, signal } = context;
  const tried = `POST ${door.url} (${offer.name}, ${door.dialect})`;
  const route = findProbeRoute(toSource(context), offer, endpoint);
  if (route === null) {
    const refused = failure('CHG_POLICY_REFUSED', { reason: 'no route allows where this endpoint runs' });
    const step = { tried, ok: false, ms: 0, status: null, failure: toStepFailure(refused.failure) };
    return { step: { step: 'call', ...step }, call: null };
  }
  const startMs = clock.monotonicMs();
  const outcome = await controlPlane.caller.call(
    { dialect: door.dialect, body: toProbeBody(door.dialect, offer.model), target: { offer: offer.name } },
    { purpose: 'probe', principal: prober, signal, timeoutMs: testTimeoutMs, onBehalfOfRoute: route },
  );
  const { failure: problem, record, status } = outcome;
  const step: Step = {
    step: 'call',
    tried,
    ok: problem === null && status < 400,
    ms: sinceMs(clock, startMs),
    status,
    failure: problem === null ? null : toStepFailure(toCallFailure(problem, offer, record.attempts.at(-1))),
  };
  return { step, call: record.id };
}

function pickOffer(
  endpoint: Endpoint,
  model: string | undefined,
  context: OperationContext,
): Result<Offer | null> {
  const offers = [...context.controlPlane.snapshot().offers.values()];
  const own = offers.filter((offer) => offer.endpoint === endpoint.name);
  if (model === undefined) return { ok: true, value: own[0] ?? null };
  const found = own.find((offer) => offer.model === model);
  if (found !== undefined) return { ok: true, value: found };
  return failure('CHG_OFFER_UNKNOWN', { offer: `${model.slice(0, 80)}@${endpoint.name}` });
}

const listEndpoints = defineOperation({
  id: 'listEndpoints',
  method: 'GET',
  path: '/api/endpoints',
  summary: 'Lists all endpoints with their offers',
  access: 'admin',
  query: null,
  body: null,
  answer: { status: 200, description: 'All endpoints', schema: endpointList },
  failures: [],
  async handle(_input, context) {
    const source = toSource(context);
    const endpoints = [...source.snapshot.endpoints.values()].map((endpoint) => toEndpoint(source, endpoint));
    return json({ endpoints: endpoints.toSorted((left, right) => (left.name < right.name ? -1 : 1)) });
  },
});

const testEndpoint = defineOperation({
  id: 'testEndpoint',
  method: 'POST',
  path: '/api/endpoints/{name}/test',
  summary: "Lists an endpoint's models and makes one small real call; at a vendor it costs a few tokens",
  access: 'admin',
  query: null,
  body: endpointTestBody,
  answer: { status: 200, description: 'What was tried and found', schema: endpointTest },
  failures: ['CHG_NOT_FOUND', 'CHG_OFFER_UNKNOWN'],
  async handle({ path, body }, context) {
    const endpoint = context.controlPlane.snapshot().endpoints.get(path.name);
    if (endpoint === undefined) {
      return failure('CHG_NOT_FOUND', { what: 'endpoint', id: path.name.slice(0, 80) });
    }
    const picked = pickOffer(endpoint, body.model, context);
    if (!picked.ok) return picked;
    const listed = await listModels(endpoint, context);
    const called = picked.value === null ? null : await probe(endpoint, picked.value, context);
    const steps = [listed.step, called?.step ?? null].filter((step) => step !== null);
    return json({
      endpoint: endpoint.name,
      ok: steps.length > 0 && steps.every((step) => step.ok),
      steps,
      models: listed.models,
      call: called?.call ?? null,
    });
  },
});

export const endpointOperations = [listEndpoints, testEndpoint];
