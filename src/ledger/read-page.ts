import type { EntryRow, LedgerReadStore, PagePosition } from '../store/ledger/index.ts';
import type { CallFilter } from './ledger.ts';
import { comparePositions } from './page-cursor.ts';
import type { CallTuple, RecordTuple } from './record-format.ts';
import { toTuple } from './stored-record.ts';

/** Limit: rows that one page looks at per org when its filter matches rarely; about 60 ms. */
const scanRowsMax = 10_000;

/** Rows read at once while a filter is looking. */
const scanStep = 500;

export interface FoundRow {
  readonly row: EntryRow;
  readonly tuple: RecordTuple;
}

export interface FoundPage {
  readonly found: readonly FoundRow[];
  /** Where the next page begins; null at the end. */
  readonly next: PagePosition | null;
}

export interface PageScan {
  /** Null = all orgs. */
  readonly org: string | null;
  readonly kind: 'call' | 'event';
  readonly before: PagePosition | null;
  readonly limit: number;
  readonly from: number;
  readonly to: number;
  readonly accept: ((tuple: RecordTuple, row: EntryRow) => boolean) | null;
}

function scanOrg(store: LedgerReadStore, org: string, scan: PageScan): FoundPage {
  const { kind, limit, from, to, accept } = scan;
  const found: FoundRow[] = [];
  const step = accept === null ? limit + 1 : scanStep;
  let before = scan.before;
  for (let looked = 0; looked < scanRowsMax;) {
    const rows = store.readPage({ org, kind, before, from, to, count: step });
    for (const row of rows) {
      const tuple = toTuple(row);
      if (accept !== null && !accept(tuple, row)) continue;
      // One more than asked for tells that there is a further page.
      if (found.length === limit) return { found, next: toPlace(found.at(-1)) };
      found.push({ row, tuple });
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < step) return { found, next: null };
    before = { at: last.at, id: last.id };
    looked += rows.length;
  }
  return { found, next: before };
}

function toPlace(last: FoundRow | undefined): PagePosition | null {
  return last === undefined ? null : { at: last.row.at, id: last.row.id };
}

/**
 * Joins pages of several orgs. Where one of them stopped early, nothing older than its stop may be shown yet:
 * it may have rows in between, which a cursor behind them would skip.
 */
function joinPages(pages: readonly FoundPage[], limit: number): FoundPage {
  let stop: PagePosition | null = null;
  for (const { next } of pages) {
    if (next !== null && (stop === null || comparePositions(next, stop) < 0)) stop = next;
  }
  const all = pages
    .flatMap((page) => page.found)
    .toSorted((a, b) => comparePositions(a.row, b.row))
    .filter(({ row }) => stop === null || comparePositions(row, stop) <= 0);
  const found = all.slice(0, limit);
  return { found, next: all.length > limit ? toPlace(found.at(-1)) : stop };
}

/** Reads one page, newest first, over one org or all. */
export function readPage(store: LedgerReadStore, scan: PageScan): FoundPage {
  if (scan.org !== null) return scanOrg(store, scan.org, scan);
  return joinPages(
    store.readOrgs().map((org) => scanOrg(store, org, scan)),
    scan.limit,
  );
}

/** Whether a call matches all given fields of a filter but its times. */
export function matchesFilter(call: CallTuple, row: EntryRow, filter: CallFilter): boolean {
  return (
    (filter.team === undefined || call[5] === filter.team) &&
    (filter.key === undefined || call[6] === filter.key) &&
    (filter.purpose === undefined || call[7] === filter.purpose) &&
    (filter.route === undefined || call[10] === filter.route) &&
    (filter.offer === undefined || call[12] === filter.offer) &&
    (filter.task === undefined || call[14] === filter.task) &&
    (filter.conversation === undefined || row.conversation === filter.conversation) &&
    (filter.failed === undefined || call[19] >= 400 === filter.failed)
  );
}
