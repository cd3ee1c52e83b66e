import type { LocalMeter } from '../gateway/index.ts';
import type { KeyRecord } from '../kernel/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { toPeriodStart } from '../policy/index.ts';

/**
 * Rebuilds what keys have spent from the ledger's roll-ups, so that a restart neither forgives nor
 * doubles a budget. Reads the whole past only when some key has a budget without a period.
 */
export async function loadBudgets(
  keys: Iterable<KeyRecord>,
  { ledger, meter, now }: { readonly ledger: Ledger; readonly meter: LocalMeter; readonly now: number },
): Promise<void> {
  const limited = [...keys].filter((key) => key.limits.budget !== null && key.revokedAt === null);
  if (limited.length === 0) return;
  const starts = limited.map((key) => toPeriodStart(key.limits.budget?.period ?? 'total', now));
  const spending = await ledger.spending(Math.max(0, Math.min(...starts)));
  for (const key of limited) {
    const { budget } = key.limits;
    if (budget === null) continue;
    const start = toPeriodStart(budget.period, now);
    let spent = 0n;
    for (const row of spending) {
      if (row.key === key.id && row.currency === budget.currency && row.dayMs >= start) spent += row.cost;
    }
    meter.load(key.id, budget, { spent, now });
  }
}
