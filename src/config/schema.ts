// The shape of changeover.yaml. docs/reference/config.md and changeover.schema.json are generated from it, so
// each description is written for the reader of those pages.
import { z } from 'zod';
import { profiles } from '../catalog/index.ts';
import {
  bytes,
  country,
  duration,
  endpointName,
  fileName,
  keyReference,
  modelName,
  offerName,
  price,
  routeName,
  toMessage,
} from './schema-values.ts';

/** Dialects that a door can have so far. */
export const doorDialects = ['openai-chat', 'anthropic-messages'] as const;

/** Limits: bigger documents are a mistake, and every list is walked for every check. */
const endpointsMax = 200;
const routesMax = 2_000;
const modelsMax = 500;
const offersMax = 50;
const placesMax = 300;

function toTooMany(most: number): string {
  return toMessage({ text: 'it has too many entries', remedy: `Keep it to ${most}` });
}

const profileNames = [...profiles.keys()] as [string, ...string[]];
const regionNames = [...new Set([...profiles.values()].flatMap((entry) => Object.keys(entry.regions)))];

const jurisdiction = z
  .strictObject({
    runs_in: country.optional().describe('Country where inference runs, ISO 3166 alpha-2.'),
    data_in: country.optional().describe('Country where data rests.'),
    operator: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .describe(
        'Who operates it: a country code (`SA`), which sets the legal home, or a lower-case short name (`stc`).',
      ),
    operator_country: country.optional().describe('Legal home of the operator, when `operator` is a name.'),
  })
  .describe(
    'Where the endpoint stands and who operates it. What you write replaces what the profile says; ' +
      'what nobody says is unknown, and no `allow` list matches it.',
  );

const tls = z
  .strictObject({
    ca: fileName
      .optional()
      .describe('Certificates that may sign the server certificate, beside the usual ones.'),
    cert: fileName.optional().describe('Client certificate.'),
    key: fileName.optional().describe('Private key of the client certificate.'),
  })
  .describe('Private CA and client certificate. Files are read again at each reload.');

const endpointTimeouts = z
  .strictObject({
    connect: duration.optional().describe('Until the connection stands. Default 10s.'),
    first_byte: duration
      .optional()
      .describe(
        'Until the answer begins; an answer that is not streamed begins when it is complete. Default 5m.',
      ),
    first_token: duration.optional().describe('Until a stream brings its first content. Default 5m.'),
    idle: duration.optional().describe('Between two pieces of an answer. Default 2m.'),
    total: duration.optional().describe('For one attempt as a whole. Default 20m.'),
  })
  .describe('Time limits of one attempt.');

const prices = z
  .record(
    modelName,
    z.strictObject({
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/)
        .optional()
        .describe('ISO 4217. Default USD.'),
      input: price.describe('Per million tokens read.'),
      output: price.describe('Per million tokens written, reasoning included.'),
      cache_read: price.optional().describe('Per million tokens read from the cache. Default: as input.'),
    }),
  )
  .describe('Prices per million tokens by model. They replace what the profile lists.');

const models = z
  .array(
    z.union([
      modelName,
      z.strictObject({
        name: modelName.describe('Name in offers.'),
        wire_name: modelName.describe('Name that the host knows it by, e.g. an Azure deployment.'),
      }),
    ]),
  )
  .min(1)
  .max(modelsMax)
  .describe('Models that this endpoint serves. Default: those that the profile lists.');

const door = z.enum(doorDialects);

const endpointSchema = z
  .strictObject({
    profile: z.enum(profileNames).describe('What kind of endpoint it is.'),
    url: z
      .string()
      .max(2048)
      .optional()
      .describe(
        'Base URL. Needed for engines, compatible hosts and Azure; replaces the vendor’s own otherwise.',
      ),
    region: z
      .string()
      .optional()
      .describe(`Region of the vendor. Keys are bound to it. One of: ${regionNames.join(', ')}.`),
    api_version: z
      .string()
      .regex(/^[A-Za-z0-9.-]{1,40}$/)
      .optional()
      .describe('Azure only: use the deployment URLs with this api-version instead of /openai/v1.'),
    key: keyReference.optional(),
    models: models.optional(),
    prices: prices.optional(),
    jurisdiction: jurisdiction.optional(),
    dialects: z
      .union([z.array(door).min(1), z.partialRecord(door, z.string().max(2048))])
      .optional()
      .describe(
        'Dialects that it speaks, when they are not the profile’s: a list, or a map from dialect to the full URL.',
      ),
    tls: tls.optional(),
    timeouts: endpointTimeouts.optional(),
  })
  .describe('A place that serves models.');

const share = z.strictObject({
  offer: offerName.describe('An offer: `model@endpoint`.'),
  share: z
    .number()
    .positive()
    .max(1_000_000)
    .describe('Weight above zero; shares need not sum to anything. Conversations stay on their offer.'),
});

const routeSchema = z
  .strictObject({
    serve: z
      .union([offerName, z.array(share).min(1).max(offersMax)])
      .describe(
        'What serves at first: one offer, or a list of offers with shares. A switch changes it without touching this file; changing this value resets it.',
      ),
    fallback: z
      .array(offerName)
      .max(offersMax)
      .optional()
      .describe('Offers to try in this order when it fails.'),
    allow: z
      .strictObject({
        runs_in: z.array(country).max(placesMax).optional().describe('Countries where inference may run.'),
        data_in: z.array(country).max(placesMax).optional().describe('Countries where data may rest.'),
        operators: z
          .array(z.string().min(1).max(64))
          .max(placesMax)
          .optional()
          .describe('Operators by short name or by country of their legal home.'),
      })
      .optional()
      .describe('Where calls may go. A list that is given denies all else, what is unknown included.'),
    bodies: z
      .strictObject({ keep: duration.describe('How long, e.g. 30d.') })
      .optional()
      .describe('Keep the bodies of calls, compressed. Default: they are not kept.'),
    timeouts: z
      .strictObject({
        first_byte: duration.optional().describe('Until the answer begins.'),
        first_token: duration.optional().describe('Until a stream brings its first content.'),
        idle: duration.optional().describe('Between two pieces of an answer.'),
        total: duration.optional().describe('For one attempt as a whole.'),
      })
      .optional()
      .describe('Time limits that replace the endpoint’s for calls on this route.'),
  })
  .describe('A name that clients ask for, and how it is served.');

const ledger = z
  .strictObject({
    durability: z
      .enum(['batch', 'strict'])
      .optional()
      .describe('`batch` (default): a call is durable within 50 ms. `strict`: before its last byte is sent.'),
    when_behind: z
      .enum(['refuse', 'gap'])
      .optional()
      .describe('When the disk is too slow: refuse new calls (default), or serve them and record how many.'),
    retention: duration.optional().describe('How long records are kept. Default: for ever.'),
    checkpoint: z
      .strictObject({ file: z.string().min(1).max(4096) })
      .optional()
      .describe('File outside the data folder that receives each signed checkpoint.'),
  })
  .describe('The record of calls and decisions.');

const limits = z
  .strictObject({
    body_bytes: bytes.optional().describe('One request body. Default 32MiB.'),
    body_bytes_in_flight: bytes.optional().describe('All request bodies at once. Default 512MiB.'),
    answer_bytes: bytes.optional().describe('One answer that is not streamed. Default 64MiB.'),
    connections: z.int().positive().max(1_000_000).optional().describe('Client connections. Default 20000.'),
  })
  .describe('Limits of the data plane.');

const listen = z
  .strictObject({
    host: z.string().min(1).max(255).optional().describe('Address to listen on. Default 127.0.0.1.'),
    port: z.int().min(0).max(65_535).optional().describe('Port to listen on. Default 8787.'),
    tls: z
      .strictObject({ cert: fileName, key: fileName })
      .optional()
      .describe('Serve HTTPS with this certificate chain and private key.'),
  })
  .describe('Where clients connect. A change needs a restart.');

export const documentSchema = z.strictObject({
  endpoints: z
    .record(endpointName, endpointSchema)
    .refine((value) => Object.keys(value).length <= endpointsMax, { error: toTooMany(endpointsMax) })
    .describe('Endpoints by name: a–z, 0–9 and -.'),
  routes: z
    .record(routeName, routeSchema)
    .refine((value) => Object.keys(value).length <= routesMax, { error: toTooMany(routesMax) })
    .describe('Routes by the name that clients send as `model`.'),
  ledger: ledger.optional(),
  limits: limits.optional(),
  listen: listen.optional(),
});

/** The document as it is written, with its shape checked. */
export type ConfigDocument = z.infer<typeof documentSchema>;
export type EndpointDocument = z.infer<typeof endpointSchema>;
export type RouteDocument = z.infer<typeof routeSchema>;
