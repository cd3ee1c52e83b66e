import { z } from 'zod';
import { dialects, failures, purposes } from '../../kernel/index.ts';
import { anyName, instant, instantText, moneyText, named, pageQuery } from './named.ts';

/** Any code of the failure table. */
const failureCode = z.enum(Object.keys(failures) as [keyof typeof failures]);

const sinceStart = z
  .number()
  .nullable()
  .describe('Milliseconds since the call began; null = did not get there');

const usage = named(
  'Usage',
  'Tokens by class, each counted once. Output includes reasoning; input leaves out cache reads and writes.',
  z.strictObject({
    inputTokens: z.int(),
    cacheReadTokens: z.int(),
    cacheWriteTokens: z.int(),
    outputTokens: z.int(),
    reasoningTokens: z.int(),
  }),
);

const attempt = named(
  'Attempt',
  'One try at one offer.',
  z.strictObject({
    offer: z.string(),
    startMs: z.number(),
    firstByteMs: sinceStart,
    firstTokenMs: sinceStart,
    endMs: z.number(),
    status: z.int().nullable().describe('Upstream HTTP status; null = no answer'),
    failure: failureCode.nullable(),
    cause: z.string().nullable().describe('Inner code of the vendor or of the socket'),
    resent: z.boolean().describe('Sent twice because a reused connection broke before the first byte'),
  }),
);

export const call = named(
  'Call',
  'One call as the ledger holds it.',
  z.strictObject({
    id: z.string(),
    at: instant,
    org: z.string(),
    team: z.string().nullable(),
    key: z.string(),
    purpose: z.enum(purposes),
    dialect: z.enum(dialects),
    stream: z.boolean(),
    route: z.string(),
    routeVersion: z.int(),
    offer: z.string().nullable().describe('The offer that answered, or the last one tried'),
    conversation: z.string().nullable(),
    turn: z.int(),
    task: z.string().nullable(),
    configHash: z.string(),
    decision: z.strictObject({ verdict: z.enum(['admit', 'refuse']), reason: z.string() }),
    attempts: z.array(attempt),
    status: z.int().describe('HTTP status that the client saw; 499 = the client left'),
    failure: failureCode.nullable(),
    finish: z.string().nullable(),
    usage: usage.nullable(),
    usageSource: z.enum(['reported', 'estimated', 'missing']),
    tariff: z.string().nullable(),
    cost: moneyText.nullable(),
    currency: z.string().nullable(),
    reportedModel: z.string().nullable(),
    totalMs: z.number(),
    firstByteMs: sinceStart,
    firstTokenMs: sinceStart,
    requestBytes: z.int(),
    responseBytes: z.int(),
    loss: z.array(z.string()),
    bodies: z
      .enum(['none', 'kept', 'shed', 'expired', 'erased'])
      .describe('none = the route keeps none; shed = dropped because the ledger was behind'),
    erasedBy: z.string().nullable().describe('Id of the event of an erasure'),
    position: z
      .strictObject({ writer: z.string(), seq: z.int(), hash: z.string() })
      .describe('Where the row stands in its chain'),
  }),
);

export const callPage = named(
  'CallPage',
  'Calls, newest first.',
  z.strictObject({ calls: z.array(call), next: z.string().nullable() }),
);

export const callQuery = z.strictObject({
  ...pageQuery,
  org: anyName.optional(),
  team: anyName.optional(),
  key: anyName.optional().describe('Key id'),
  route: anyName.optional(),
  offer: anyName.optional(),
  purpose: z.enum(purposes).optional(),
  task: anyName.optional(),
  conversation: anyName.optional(),
  failed: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .describe('Only calls that failed, or only those that did not'),
  from: instantText.optional().describe('Epoch milliseconds, inclusive'),
  to: instantText.optional().describe('Epoch milliseconds, exclusive'),
});

export const callBodies = named(
  'CallBodies',
  'The bodies of one call, kept because its route says so.',
  z.strictObject({
    request: z.string(),
    response: z.string(),
    encoding: z.enum(['utf8', 'base64']).describe('base64 when a body is not valid UTF-8'),
  }),
);
