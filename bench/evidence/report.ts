import type { Prices } from './prices.ts';
import type { Table } from './read-table.ts';
import type { Decision, Rule } from './run-orders.ts';
import type { JobResult } from './worker.ts';

/** One pair of models in figures. The first eight fields are the stable ones. */
export type Row = {
  readonly dataset: string;
  readonly incumbent: string;
  readonly candidate: string;
  readonly margin: number;
  readonly verdict: Decision;
  /** Share of the orders with this verdict. */
  readonly share: number;
  /** Median pairs that the orders with this verdict took. */
  readonly medianPairs: number;
  /** Mean difference candidate − incumbent over the full table. */
  readonly difference: number;
  readonly pairs95: number;
  readonly filePairs: number;
  readonly pairs: number;
  readonly orders: number;
  /** Share of the orders whose verdict the full table contradicts. */
  readonly wrong: number;
  readonly shares: { readonly switch: number; readonly stay: number; readonly undecided: number };
  readonly saving?: number | undefined;
};

/** A row of the result; undefined when no question was answered by both. */
export function toRow(result: JobResult, table: Table, rule: Rule): Row | undefined {
  if (result.summary === undefined) return undefined;
  const { verdict, share, medianPairs, pairs95, orders, wrong, shares } = result.summary;
  return {
    dataset: table.dataset,
    incumbent: table.models[result.incumbent] ?? '',
    candidate: table.models[result.candidate] ?? '',
    margin: rule.margin,
    verdict,
    share,
    medianPairs,
    difference: Math.round(result.difference * 1_000_000) / 1_000_000,
    pairs95,
    filePairs: result.filePairs,
    pairs: result.pairs,
    orders,
    wrong,
    shares,
  };
}

type Report = {
  readonly rule: Rule;
  readonly orders: number;
  readonly seed: number;
  readonly seconds: number;
  readonly prices: Prices;
  readonly isAll: boolean;
};

function toPercent(share: number | undefined, digits = 0): string {
  return share === undefined ? '–' : `${(share * 100).toFixed(digits)} %`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function toLine(row: Row): string {
  const points = `${row.difference >= 0 ? '+' : ''}${(row.difference * 100).toFixed(1)}`;
  return [
    `${row.incumbent} → ${row.candidate}`.padEnd(62),
    row.verdict.padEnd(10),
    toPercent(row.share).padStart(6),
    String(row.medianPairs).padStart(7),
    String(row.pairs95).padStart(7),
    points.padStart(7),
    toPercent(row.wrong, 1).padStart(8),
    toPercent(row.saving).padStart(8),
  ].join(' ');
}

/** Writes the tables a person reads: a summary of each dataset, and its pairs. */
export function printTable(rows: readonly Row[], report: Report): void {
  const { rule, prices } = report;
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  write(
    `Switch at E ≥ ${rule.switchAt} of "not worse by ${rule.margin * 100} points" after ` +
      `${rule.pairsMin} pairs, Stay at harm E ≥ ${rule.stayAt}, ${rule.grid} grid; ` +
      `${report.orders} random orders, seed ${report.seed}`,
  );
  write(
    `Savings: ${prices.currency}, prices of ${prices.date}, ${prices.charactersPerToken} characters a token`,
  );
  for (const dataset of new Set(rows.map((row) => row.dataset))) {
    const own = rows.filter((row) => row.dataset === dataset);
    const savings = own.filter(
      (row) => row.verdict === 'switch' && row.saving !== undefined && row.saving > 0,
    );
    write('');
    write(
      `${dataset}: ${own.length} pairs of models, up to ` +
        `${Math.max(...own.map((row) => row.pairs))} questions`,
    );
    const undecided = mean(own.map((row) => row.shares.undecided));
    write(
      `  decided ${toPercent(1 - undecided, 1)} of all orders ` +
        `(switch ${toPercent(mean(own.map((row) => row.shares.switch)), 1)}, ` +
        `stay ${toPercent(mean(own.map((row) => row.shares.stay)), 1)}), ` +
        `undecided ${toPercent(undecided, 1)}`,
    );
    write(
      `  against the full table: wrong ${toPercent(mean(own.map((row) => row.wrong)), 2)} ` +
        `of all orders; worst pair ${toPercent(Math.max(...own.map((row) => row.wrong)), 1)}`,
    );
    const saving = toPercent(mean(savings.map((row) => row.saving ?? 0)));
    write(`  ${savings.length} switches save money, on average ${saving}`);
    const shown = report.isAll ? own : [];
    if (shown.length === 0) continue;
    write(
      `  ${'incumbent → candidate'.padEnd(60)} ${'verdict'.padEnd(10)} ` +
        `${'share'.padStart(6)} ${'median'.padStart(7)} ${'95 %'.padStart(7)} ` +
        `${'points'.padStart(7)} ${'wrong'.padStart(8)} ${'saving'.padStart(8)}`,
    );
    for (const row of shown) write(toLine(row));
  }
  write('');
  write(
    `${rows.length} pairs in ${report.seconds.toFixed(0)} ` +
      `s${report.isAll ? '' : '; --all lists every pair, --only TEXT some, --json all as data'}`,
  );
}
