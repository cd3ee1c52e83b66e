import { z } from 'zod';

const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Limit: a hundred years; longer durations leave the range in which dates can be computed. */
const longestMs = 36_500 * 86_400_000;

/** Reads "500ms", "30s", "5m", "12h" or "30d" into milliseconds; null for anything else, zero or too long. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  const unit = unitsMs[match?.[2] ?? ''];
  if (match === null || unit === undefined) return null;
  const ms = Number(match[1]) * unit;
  return ms > 0 && ms <= longestMs ? ms : null;
}

const unitsBytes: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1000,
  MB: 1_000_000,
  GB: 1_000_000_000,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

/** Reads "32MiB", "500kB" or a whole number of bytes; null for anything else or zero. */
export function parseBytes(value: string | number): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? value : null;
  const match = /^(\d{1,12})\s?([KMG]iB|[kMG]?B)$/.exec(value);
  const unit = unitsBytes[match?.[2] ?? ''];
  if (match === null || unit === undefined) return null;
  const bytes = Number(match[1]) * unit;
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : null;
}

/** Names of endpoints, so that `model@endpoint` can be split at the last `@`. */
const endpointNamePattern = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
/** Names of routes: what clients send as `model`. No `@`, which belongs to offers. */
export const routeNamePattern = /^[A-Za-z0-9][A-Za-z0-9._:/+-]{0,127}$/;
/** Names of models as hosts know them; anything printable without blanks. */
export const modelNamePattern = /^[^\s\p{Cc}]{1,200}$/u;

/** What a schema says when a value does not fit: the end of "Cannot use …: …" and what to do. */
export interface SchemaMessage {
  readonly text: string;
  readonly remedy: string;
}

/** Packs text and remedy into the one message that zod carries. */
export function toMessage({ text, remedy }: SchemaMessage): string {
  return `${text}\n${remedy}`;
}

/** Unpacks `toMessage`; null for messages that zod made itself. */
export function parseMessage(message: string): SchemaMessage | null {
  const cut = message.indexOf('\n');
  return cut < 0 ? null : { text: message.slice(0, cut), remedy: message.slice(cut + 1) };
}

function withPattern(pattern: RegExp, message: SchemaMessage): z.ZodString {
  return z.string().regex(pattern, { error: toMessage(message) });
}

export const endpointName = withPattern(endpointNamePattern, {
  text: 'the name of an endpoint has other characters than a–z, 0–9 and -',
  remedy: 'Rename it, e.g. "qwen-sg"; a dash may not be first or last',
});
export const routeName = withPattern(routeNamePattern, {
  text: 'the name of a route has other characters than letters, digits and . _ : / + -',
  remedy: 'Rename it to what clients shall send as "model", at most 128 characters',
});
export const modelName = withPattern(modelNamePattern, {
  text: 'the name of a model has blanks or control characters, or more than 200 characters',
  remedy: 'Write it as the host lists it',
});
export const offerName = withPattern(/^[^\s\p{Cc}]{1,200}@[a-z0-9-]{1,64}$/u, {
  text: 'an offer is written model@endpoint',
  remedy: 'Write for example "deepseek-v4-pro@deepseek"; the endpoint is what follows the last @',
});
export const keyReference = z
  .string()
  .min(1, { error: toMessage({ text: 'the key is empty', remedy: 'Write env:NAME or store:NAME' }) })
  .max(4096)
  .describe(
    'Where the credential comes from: `env:NAME` (environment variable), `store:NAME` (encrypted store), or the key itself, which gives a warning.',
  );
export const fileName = z
  .string()
  .min(1)
  .max(4096)
  .describe('Path of a PEM file, relative to the configuration file.');

const durationMessage = toMessage({
  text: 'it is not a duration above zero',
  remedy: 'Write a whole number and a unit: 500ms, 30s, 5m, 12h, 30d',
});

export const duration = z
  .string({ error: (issue) => (typeof issue.input === 'number' ? durationMessage : undefined) })
  .refine((text) => parseDuration(text) !== null, { error: durationMessage })
  .meta({ pattern: '^[0-9]{1,9}(ms|s|m|h|d)$', examples: ['30s', '30d'] });

export const bytes = z
  .union([z.string(), z.number()])
  .refine((value) => parseBytes(value) !== null, {
    error: toMessage({
      text: 'it is not a size above zero',
      remedy: 'Write a whole number of bytes, or one with a unit: 500kB, 32MiB, 1GiB',
    }),
  })
  .meta({ examples: ['32MiB', 1048576] });

export const country = z.string().regex(/^[A-Z]{2}$/, {
  error: toMessage({
    text: 'it is not a country code',
    remedy: 'Write the two letters of ISO 3166 in upper case, e.g. SG',
  }),
});

/** A decimal as text or as a number that YAML read from short decimals. */
export const price = z
  .union([z.string(), z.number()])
  .refine((value) => /^\d{1,12}(\.\d{1,9})?$/.test(String(value)), {
    error: toMessage({
      text: 'it is not a price',
      remedy: 'Write a decimal per million tokens with at most nine places, e.g. 0.435',
    }),
  })
  .meta({ examples: [0.435] });
