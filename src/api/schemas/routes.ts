import { z } from 'zod';
import { anyName, instant, moneyText, named, oneLine } from './named.ts';

const share = named(
  'Share',
  'An offer and its part of the calls. Shares need not sum to one.',
  z.strictObject({ offer: z.string(), share: z.number() }),
);

export const serving = named(
  'Serving',
  'What a route serves, as a version. Every switch and every way back writes a new one.',
  z.strictObject({
    route: z.string(),
    version: z.int(),
    shares: z.array(share),
    reason: z.string(),
    actor: z.string(),
    at: instant,
  }),
);

const jurisdiction = named(
  'Jurisdiction',
  'Where inference runs, where data rests, and who operates it. Countries are ISO 3166 alpha-2 or "unknown".',
  z.strictObject({
    runsIn: z.string(),
    dataIn: z.string(),
    operator: z.string(),
    operatorCountry: z.string(),
  }),
);

const health = named(
  'OfferHealth',
  'How an offer has fared lately, as this process saw it.',
  z.strictObject({
    state: z
      .enum(['fine', 'failing', 'cooling'])
      .describe('failing = the last call failed; cooling = passed over until coolUntil'),
    consecutiveFailures: z.int(),
    coolUntil: instant.nullable(),
    lastFailureAt: instant.nullable(),
  }),
);

const tariff = named(
  'Tariff',
  'Prices per million tokens.',
  z.strictObject({
    version: z.string(),
    currency: z.string(),
    input: moneyText,
    output: moneyText,
    cacheRead: moneyText.nullable(),
  }),
);

export const offer = named(
  'Offer',
  'A model at an endpoint.',
  z.strictObject({
    name: z.string(),
    model: z.string(),
    endpoint: z.string(),
    jurisdiction,
    simulated: z.boolean(),
    tariff: tariff.nullable(),
    health,
  }),
);

const countries = z.array(z.string()).nullable();

export const route = named(
  'Route',
  'The name that clients ask for, what it serves now, and where it falls back to.',
  z.strictObject({
    name: z.string(),
    serving,
    fallback: z.array(z.string()),
    offers: z.array(offer).describe('The offers that serve or are fallbacks, each once'),
    allow: z.strictObject({ runsIn: countries, dataIn: countries, operators: countries }),
    keepBodiesMs: z.number().nullable().describe('How long bodies are kept; null = not kept'),
  }),
);

export const routeList = named(
  'RouteList',
  'All routes by name.',
  z.strictObject({ routes: z.array(route) }),
);

const servingVersion = named(
  'ServingVersion',
  'A serving in the history of a route.',
  z.strictObject({
    ...serving.shape,
    origin: z.enum(['config', 'switch', 'back']),
    backTo: z.int().nullable().describe('The version whose shares going back would write again'),
  }),
);

export const routeDetail = named(
  'RouteDetail',
  'One route with its history, newest first.',
  z.strictObject({ ...route.shape, history: z.array(servingVersion) }),
);

const reason = oneLine(500).describe('Why; it is kept in the history and in the ledger');
const expectedVersion = z
  .int()
  .min(1)
  .optional()
  .describe('Refuse when the serving has another version by now');

/** Limit: offers of one serving. */
const maximumShares = 32;

export const switchBody = named(
  'Switch',
  'Exactly one of `offer` and `shares`.',
  z.strictObject({
    offer: anyName.optional(),
    shares: z
      .array(z.strictObject({ offer: anyName, share: z.number().positive().max(1_000_000) }))
      .min(1)
      .max(maximumShares)
      .optional(),
    reason,
    expectedVersion,
  }),
);

export const backBody = named(
  'Back',
  'Goes back to the previous serving.',
  z.strictObject({ reason: reason.default('the way back'), expectedVersion }),
);

export const endpoint = named(
  'Endpoint',
  'A place that serves models. Credentials are never shown.',
  z.strictObject({
    name: z.string(),
    profile: z.string(),
    url: z.string(),
    dialects: z.array(z.string()),
    jurisdiction,
    simulated: z.boolean(),
    credential: z.boolean().describe('True when a credential is set'),
    offers: z.array(offer),
  }),
);

export const endpointList = named(
  'EndpointList',
  'All endpoints by name.',
  z.strictObject({ endpoints: z.array(endpoint) }),
);

export const endpointTestBody = named(
  'EndpointTestRequest',
  'Which model to ask; without it the first offer of the endpoint.',
  z.strictObject({ model: anyName.optional() }),
);

export const endpointTest = named(
  'EndpointTest',
  'What a test of an endpoint tried and found.',
  z.strictObject({
    endpoint: z.string(),
    ok: z.boolean(),
    steps: z.array(
      z.strictObject({
        step: z.enum(['models', 'call']),
        tried: z.string(),
        ok: z.boolean(),
        ms: z.number(),
        status: z.int().nullable(),
        failure: z.strictObject({ code: z.string(), message: z.string(), remedy: z.string() }).nullable(),
      }),
    ),
    models: z.array(z.string()).nullable().describe('What the endpoint lists; null = it has no list'),
    call: z.string().nullable().describe('Id of the probe call in the ledger'),
  }),
);
