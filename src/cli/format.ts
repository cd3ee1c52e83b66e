import type { Call, ServingView } from '../api/contract.ts';
import { toSafeText } from './display-width.ts';

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** Local time, in an order that sorts: `2026-11-23 18:04:05`. */
export function toTimeText(ms: number): string {
  const time = new Date(ms);
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** `850 ms`, `12.3 s`, `2 h 5 min`. */
export function toDurationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `512 B`, `3.4 MB`. */
export function toBytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  for (; size >= 1000 && unit < units.length - 1; unit++) size /= 1000;
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit] ?? ''}`;
}

/** What serves, with parts in percent when there are several: `a@x 90 %, b@y 10 %`. */
export function toSharesText(shares: ServingView['shares']): string {
  const total = shares.reduce((sum, { share }) => sum + share, 0);
  if (shares.length === 1) return toSafeText(shares[0]?.offer ?? '');
  return shares
    .map(({ offer, share }) => `${toSafeText(offer)} ${Number(((share / total) * 100).toFixed(1))} %`)
    .join(', ');
}

/** `200`, or `504 CHG_UPSTREAM_TIMEOUT`. */
export function toResultText({ status, failure }: Pick<Call, 'status' | 'failure'>): string {
  return failure === null ? String(status) : `${status} ${failure}`;
}

/** `0.000576 USD`, or a dash where no price is known. */
export function toCostText({ cost, currency }: Pick<Call, 'cost' | 'currency'>): string {
  return cost === null ? '–' : `${cost} ${currency ?? ''}`.trimEnd();
}

/** Tokens in and out: `1200 / 80`. */
export function toTokensText({ usage }: Pick<Call, 'usage'>): string {
  if (usage === null) return '–';
  return `${usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens} / ${usage.outputTokens}`;
}
