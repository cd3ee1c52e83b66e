import type { Budget } from '../kernel/index.ts';

/**
 * Epoch milliseconds at which the budget's period that holds `now` began. Periods are calendar days and
 * months in UTC, so that every process and every reader agrees on them; `total` began at 0.
 */
export function toPeriodStart(period: Budget['period'], now: number): number {
  if (period === 'total') return 0;
  const date = new Date(now);
  const day = period === 'day' ? date.getUTCDate() : 1;
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day);
}

/** Epoch milliseconds at which the next period begins, or null for a budget that never renews. */
export function toPeriodEnd(period: Budget['period'], now: number): number | null {
  if (period === 'total') return null;
  const date = new Date(now);
  return period === 'day'
    ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + 1)
    : Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}
