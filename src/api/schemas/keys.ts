import { z } from 'zod';
import { anyName, instant, moneyText, named, oneLine, pageQuery } from './named.ts';

const period = z.enum(['day', 'month', 'total']).describe('Calendar day or month in UTC, or the whole life');

const currency = z.string().regex(/^[A-Z]{3}$/, 'must be three capital letters such as USD');

export const key = named(
  'Key',
  'A client key. The key itself is shown once, when it is created; only its HMAC is kept.',
  z.strictObject({
    id: z.string(),
    name: z.string(),
    hint: z.string().describe('What people recognise it by'),
    org: z.string(),
    team: z.string().nullable(),
    routes: z.array(z.string()).nullable().describe('Routes it may use; null = all'),
    maxConcurrent: z.int().nullable().describe('Calls in flight; null = no limit'),
    budget: z.strictObject({ amount: moneyText, currency, period }).nullable(),
    expiresAt: instant.nullable(),
    revokedAt: instant.nullable(),
    createdAt: instant,
  }),
);

/** Limit: a relative expiry of more than ten years is a slip of units. */
const maximumLifetimeSeconds = 10 * 366 * 86_400;

export const createKeyBody = named(
  'CreateKey',
  'What a new key shall be. Everything but the name may be left out.',
  z.strictObject({
    name: oneLine(100),
    routes: z.array(anyName).max(1000).nullable().optional().describe('Routes it may use; null = all'),
    team: oneLine(100).nullable().optional(),
    org: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens')
      .optional()
      .describe('Default "main"'),
    expiresAt: z
      .union([instant, z.iso.datetime({ offset: true })])
      .nullable()
      .optional()
      .describe('Epoch milliseconds or an ISO 8601 time with its offset'),
    expiresIn: z
      .union([z.int().min(1).max(maximumLifetimeSeconds), z.string().regex(/^[1-9]\d{0,5}[smhd]$/)])
      .nullable()
      .optional()
      .describe('Seconds, or a number with s, m, h or d such as "30d"'),
    maxConcurrent: z.int().min(1).max(100_000).nullable().optional(),
    budget: z
      .strictObject({
        amount: z.union([moneyText, z.number().positive()]).describe('Decimal text or a number'),
        currency,
        period,
      })
      .nullable()
      .optional(),
  }),
);

export const createdKey = named(
  'CreatedKey',
  'The new key. `key` is shown this once.',
  z.strictObject({ ...key.shape, key: z.string() }),
);

export const keyPage = named(
  'KeyPage',
  'Keys, newest first.',
  z.strictObject({ keys: z.array(key), next: z.string().nullable() }),
);

export const keyQuery = z.strictObject(pageQuery);
