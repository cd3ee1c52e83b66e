// Turns samples of a run into a table and into findings.
import type { Sample } from './gateway-child.ts';

/** One row of the table. */
export interface Row {
  readonly calls: number;
  readonly elapsedMs: number;
  readonly sample: Sample;
  readonly inFlight: number;
  readonly queuedRows: number;
}

export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly text: string;
}

const mib = 1024 * 1024;
/** Rows before this share of the run are warm-up: caches fill, pools open, code is compiled. */
const warmShare = 0.3;
const endShare = 0.3;
/** What a run may end above its warm state: collections come late, and pages are given back late. */
const slack: Readonly<
  Record<'rss' | 'heap' | 'external', { readonly factor: number; readonly bytes: number }>
> = {
  rss: { factor: 0.1, bytes: 16 * mib },
  heap: { factor: 0.05, bytes: 2 * mib },
  external: { factor: 0.1, bytes: 8 * mib },
};

function toMib(bytes: number): string {
  return (bytes / mib).toFixed(1);
}

function toMedian(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export function countSockets({ resources }: Sample): number {
  return resources['TCPSocketWrap'] ?? 0;
}

export function toTable(rows: readonly Row[]): string {
  const head = [
    'calls',
    'seconds',
    'calls/s',
    'RSS MiB',
    'heap MiB',
    'external MiB',
    'sockets',
    'in flight',
    'queue',
  ];
  const lines = rows.map(({ calls, elapsedMs, sample, inFlight, queuedRows }, index) => {
    const before = rows[index - 1];
    const span = elapsedMs - (before?.elapsedMs ?? 0);
    const rate = span > 0 ? ((calls - (before?.calls ?? 0)) / span) * 1_000 : 0;
    const { rss, heap, external } = sample;
    const figures = [calls, Math.round(elapsedMs / 1_000), Math.round(rate)];
    const rest = [countSockets(sample), inFlight, queuedRows];
    return [...figures, toMib(rss), toMib(heap), toMib(external), ...rest].map(String);
  });
  const widths = head.map((name, at) => Math.max(name.length, ...lines.map((line) => line[at]?.length ?? 0)));
  return [head, ...lines]
    .map((line) => line.map((cell, at) => cell.padStart(widths[at] ?? 0)).join('  '))
    .join('\n');
}

/** Whether memory stayed where it was once the run was warm: the median of the end against that of the warm part. */
export function judgeMemory(rows: readonly Row[]): Finding[] {
  const last = rows.at(-1)?.calls ?? 0;
  const warm = rows.filter(({ calls }) => calls >= last * warmShare && calls < last * (1 - endShare));
  const end = rows.filter(({ calls }) => calls >= last * (1 - endShare));
  const calls = toMedian(end.map((row) => row.calls)) - toMedian(warm.map((row) => row.calls));
  return (['rss', 'heap', 'external'] as const).map((name) => {
    const before = toMedian(warm.map(({ sample }) => sample[name]));
    const after = toMedian(end.map(({ sample }) => sample[name]));
    const allowed = before + Math.max(before * slack[name].factor, slack[name].bytes);
    const perCall = calls > 0 ? (after - before) / calls : 0;
    const text = `${toMib(before)} MiB warm, ${toMib(after)} MiB at the end, ${perCall.toFixed(1)} bytes per call`;
    return { name: `${name} is flat`, ok: warm.length > 0 && after <= allowed, text };
  });
}
