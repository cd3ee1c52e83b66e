import type { LedgerReadStore, RollUpRow } from '../store/ledger/index.ts';
import { addEncoded, addHistogram, createHistogram, type Histogram, toQuantileMs } from './histogram.ts';
import type { Overview, OverviewGroup, OverviewRequest, OverviewSums } from './ledger.ts';
import { hourMs } from './roll-up.ts';

/** Limit: points of a series; a finer step is widened to whole hours that fit. */
const pointsMax = 2_000;

interface Sums {
  calls: number;
  failures: number;
  unpriced: number;
  inputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  readonly cost: Map<string, bigint>;
  readonly total: Histogram;
  readonly firstToken: Histogram;
}

function createSums(): Sums {
  return {
    calls: 0,
    failures: 0,
    unpriced: 0,
    inputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
    cost: new Map(),
    total: createHistogram(),
    firstToken: createHistogram(),
  };
}

function addCell(sums: Sums, cell: RollUpRow): void {
  sums.calls += cell.calls;
  if (cell.statusClass >= 4) sums.failures += cell.calls;
  sums.unpriced += cell.unpriced;
  sums.inputTokens += cell.inputTokens;
  sums.cacheReadTokens += cell.cacheReadTokens;
  sums.cacheWriteTokens += cell.cacheWriteTokens;
  sums.outputTokens += cell.outputTokens;
  sums.reasoningTokens += cell.reasoningTokens;
  if (cell.currency !== '') {
    sums.cost.set(cell.currency, (sums.cost.get(cell.currency) ?? 0n) + BigInt(cell.costText));
  }
  addEncoded([sums.total, sums.firstToken], cell.histograms);
}

function addSums(target: Sums, part: Sums): void {
  target.calls += part.calls;
  target.failures += part.failures;
  target.unpriced += part.unpriced;
  target.inputTokens += part.inputTokens;
  target.cacheReadTokens += part.cacheReadTokens;
  target.cacheWriteTokens += part.cacheWriteTokens;
  target.outputTokens += part.outputTokens;
  target.reasoningTokens += part.reasoningTokens;
  for (const [currency, cost] of part.cost) {
    target.cost.set(currency, (target.cost.get(currency) ?? 0n) + cost);
  }
  addHistogram(target.total, part.total);
  addHistogram(target.firstToken, part.firstToken);
}

function toOverviewSums(sums: Sums): OverviewSums {
  return {
    calls: sums.calls,
    failures: sums.failures,
    inputTokens: sums.inputTokens,
    cacheReadTokens: sums.cacheReadTokens,
    cacheWriteTokens: sums.cacheWriteTokens,
    outputTokens: sums.outputTokens,
    reasoningTokens: sums.reasoningTokens,
    cost: Object.fromEntries(sums.cost),
    unpriced: sums.unpriced,
    totalMsP50: toQuantileMs(sums.total, 0.5),
    totalMsP95: toQuantileMs(sums.total, 0.95),
    totalMsP99: toQuantileMs(sums.total, 0.99),
    firstTokenMsP50: toQuantileMs(sums.firstToken, 0.5),
    firstTokenMsP95: toQuantileMs(sums.firstToken, 0.95),
  };
}

function toGroupValue(cell: RollUpRow, group: OverviewGroup): string {
  return group === 'status' ? `${cell.statusClass}xx` : cell[group];
}

function matches(cell: RollUpRow, filter: OverviewRequest['filter']): boolean {
  return (
    filter === undefined ||
    ((filter.team === undefined || cell.team === filter.team) &&
      (filter.route === undefined || cell.route === filter.route) &&
      (filter.offer === undefined || cell.offer === filter.offer) &&
      (filter.purpose === undefined || cell.purpose === filter.purpose))
  );
}

function findSums<Name>(sums: Map<Name, Sums>, name: Name): Sums {
  let found = sums.get(name);
  if (found === undefined) {
    found = createSums();
    sums.set(name, found);
  }
  return found;
}

function toStepHours(request: OverviewRequest, hours: number): number {
  const asked = Math.max(1, Math.round((request.stepMs ?? hourMs) / hourMs));
  return Math.max(asked, Math.ceil(hours / pointsMax));
}

/**
 * Sums hourly cells into a total, a series and groups. Each cell's histogram is unpacked once or twice, never
 * more.
 */
export function readOverview(store: LedgerReadStore, request: OverviewRequest): Overview {
  const fromHour = Math.floor(request.fromMs / hourMs);
  const toHour = Math.max(fromHour, Math.ceil(request.toMs / hourMs));
  const stepHours = toStepHours(request, toHour - fromHour);
  const groupBy = request.groupBy ?? [];
  const points = new Map<number, Sums>();
  const groups = new Map<string, Sums>();
  for (const org of request.org === undefined ? store.readOrgs() : [request.org]) {
    for (const cell of store.readRollUps(org, fromHour, toHour)) {
      if (!matches(cell, request.filter)) continue;
      addCell(findSums(points, Math.floor((cell.hour - fromHour) / stepHours)), cell);
      if (groupBy.length === 0) continue;
      addCell(findSums(groups, JSON.stringify(groupBy.map((group) => toGroupValue(cell, group)))), cell);
    }
  }
  const total = createSums();
  for (const point of points.values()) addSums(total, point);
  return {
    fromMs: fromHour * hourMs,
    toMs: toHour * hourMs,
    total: toOverviewSums(total),
    series: [...points]
      .toSorted(([a], [b]) => a - b)
      .map(([step, sums]) => ({
        atMs: (fromHour + step * stepHours) * hourMs,
        ...toOverviewSums(sums),
      })),
    groups: [...groups]
      .toSorted(([, a], [, b]) => b.calls - a.calls)
      .map(([name, sums]) => {
        const values = JSON.parse(name) as string[];
        const by = Object.fromEntries(groupBy.map((group, index) => [group, values[index] ?? '']));
        return { by, ...toOverviewSums(sums) };
      }),
  };
}
