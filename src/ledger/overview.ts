import type { LedgerReadStore, RollUpColumn, RollUpQuery, RollUpTotal } from '../store/ledger/index.ts';
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

function addTotal(sums: Sums, total: RollUpTotal): void {
  sums.calls += total.calls;
  sums.failures += total.failures;
  sums.unpriced += total.unpriced;
  sums.inputTokens += total.inputTokens;
  sums.cacheReadTokens += total.cacheReadTokens;
  sums.cacheWriteTokens += total.cacheWriteTokens;
  sums.outputTokens += total.outputTokens;
  sums.reasoningTokens += total.reasoningTokens;
  if (total.currency === '') return;
  sums.cost.set(total.currency, (sums.cost.get(total.currency) ?? 0n) + BigInt(total.costText));
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

const columns: Readonly<Record<OverviewGroup, RollUpColumn>> = {
  team: 'team',
  route: 'route',
  offer: 'offer',
  purpose: 'purpose',
  status: 'status_class',
};

function toQuery(org: string, hours: { from: number; to: number }, request: OverviewRequest): RollUpQuery {
  const { team = null, route = null, offer = null, purpose = null } = request.filter ?? {};
  return { org, fromHour: hours.from, toHour: hours.to, team, route, offer, purpose };
}

function toGroup(name: string, groupBy: readonly OverviewGroup[]): Readonly<Record<string, string>> {
  const values = JSON.parse(name) as (string | number)[];
  const named = groupBy.map((group, index): [string, string] => {
    const value = String(values[index] ?? '');
    return [group, group === 'status' ? `${value}xx` : value];
  });
  return Object.fromEntries(named);
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

interface Collected {
  readonly points: Map<number, Sums>;
  readonly groups: Map<string, Sums>;
}

function collect(
  store: LedgerReadStore,
  query: RollUpQuery,
  choice: { readonly stepHours: number; readonly by: readonly RollUpColumn[]; readonly into: Collected },
): void {
  const { stepHours, by, into } = choice;
  for (const total of store.sumPoints(query, stepHours)) {
    addTotal(findSums(into.points, Number(total.name)), total);
  }
  for (const total of by.length === 0 ? [] : store.sumGroups(query, by)) {
    addTotal(findSums(into.groups, String(total.name)), total);
  }
  for (const { point, name, histograms } of store.readHistograms(query, stepHours, by)) {
    const sums = findSums(into.points, point);
    addEncoded([sums.total, sums.firstToken], histograms);
    if (by.length === 0) continue;
    const group = findSums(into.groups, name);
    addEncoded([group.total, group.firstToken], histograms);
  }
}

/** Sums hourly cells into a total, a series and groups. */
export function readOverview(store: LedgerReadStore, request: OverviewRequest): Overview {
  const from = Math.floor(request.fromMs / hourMs);
  const to = Math.max(from, Math.ceil(request.toMs / hourMs));
  const stepHours = toStepHours(request, to - from);
  const groupBy = request.groupBy ?? [];
  const by = groupBy.map((group) => columns[group]);
  const into: Collected = { points: new Map(), groups: new Map() };
  for (const org of request.org === undefined ? store.readOrgs() : [request.org]) {
    const query = toQuery(org, { from, to }, request);
    // Of one moment, so that sums and histograms are of the same calls.
    store.atOneMoment(() => collect(store, query, { stepHours, by, into }));
  }
  const total = createSums();
  for (const point of into.points.values()) addSums(total, point);
  return {
    fromMs: from * hourMs,
    toMs: to * hourMs,
    total: toOverviewSums(total),
    series: [...into.points]
      .toSorted(([a], [b]) => a - b)
      .map(([step, sums]) => ({ atMs: (from + step * stepHours) * hourMs, ...toOverviewSums(sums) })),
    groups: [...into.groups]
      .toSorted(([, a], [, b]) => b.calls - a.calls)
      .map(([name, sums]) => ({ by: toGroup(name, groupBy), ...toOverviewSums(sums) })),
  };
}
