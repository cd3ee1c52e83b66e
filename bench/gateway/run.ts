// `npm run bench`: a bare relay, Changeover and Portkey in one run, in turn, on one machine. Prints medians
// over rounds with their spread; ratios against the bare relay are what to compare between machines.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { type LoadResult, openStreams, runLoad, toBody, toQuantile } from './load.ts';
import { describeMachine, readCpuSeconds, readResidentMib } from './process-figures.ts';
import {
  installShipped,
  type RunningTarget,
  startScript,
  type Target,
  toChangeoverTarget,
  toPortkeyTarget,
  toRelayTarget,
} from './targets.ts';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    streams: { type: 'string', default: '5000' },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) {
  process.stdout.write(
    'npm run bench -- [--quick] [--json] [--rounds N] [--streams N] [--only NAME]\n' +
      'Compares a bare relay, Changeover and Portkey in one run. --only changeover leaves the peer out.\n',
  );
  process.exit(0);
}

/** One figure of one program over the rounds. */
type Figures = Record<string, number[]>;

const rounds = options.quick ? 1 : Number(options.rounds);
const calls = options.quick ? 6_000 : 20_000;
const openStreamCount = options.quick ? 500 : Number(options.streams);

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function installPeer(): void {
  const folder = path.join(import.meta.dirname, '..');
  if (options.only === 'changeover' || existsSync(path.join(folder, 'node_modules', '@portkey-ai'))) return;
  say('Installing the peer into bench/node_modules …');
  const done = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (done.status !== 0) say('Cannot install the peer: the run goes on without it');
}

function add(figures: Figures, name: string, value: number): void {
  (figures[name] ??= []).push(value);
}

async function measureLoad(
  target: RunningTarget,
  load: { readonly calls: number; readonly connections: number; readonly body: string },
): Promise<LoadResult & { readonly cpuPerCall: number }> {
  const before = readCpuSeconds(target.pid);
  const result = await runLoad(target.shot, load);
  const cpuPerCall = ((readCpuSeconds(target.pid) - before) / load.calls) * 1e6;
  return { ...result, cpuPerCall };
}

/** CPU per event as the slope between short and long streams, so that the cost of a call is not in it. */
async function measureEvents(target: RunningTarget): Promise<number> {
  const short = 32;
  const long = 288;
  const streams = Math.max(100, calls / 80);
  const perStream: number[] = [];
  for (const events of [short, long]) {
    const body = toBody({ stream: true, bench_events: events });
    perStream.push((await measureLoad(target, { calls: streams, connections: 16, body })).cpuPerCall);
  }
  return ((perStream[1] ?? 0) - (perStream[0] ?? 0)) / (long - short);
}

async function measure(target: Target, upstream: string, figures: Figures): Promise<void> {
  const running = await target.start(upstream);
  try {
    add(figures, 'start ms', running.startMs);
    add(figures, 'idle MiB', readResidentMib(running.pid));
    const body = toBody({});
    const slow = target.name.startsWith('Portkey') ? 8 : 1;
    await runLoad(running.shot, { calls: calls / 4 / slow, connections: 16, body });
    const busy = await measureLoad(running, { calls: calls / slow, connections: 16, body });
    add(figures, 'calls/s', busy.callsPerSecond);
    add(figures, 'CPU µs/call', busy.cpuPerCall);
    const wide = await measureLoad(running, { calls: calls / slow, connections: 64, body });
    add(figures, 'calls/s c=64', wide.callsPerSecond);
    const alone = await measureLoad(running, { calls: calls / 5 / slow, connections: 1, body });
    add(figures, 'p50 ms c=1', toQuantile(alone.latencies, 0.5));
    add(figures, 'p99 ms c=1', toQuantile(alone.latencies, 0.99));
    add(figures, 'CPU µs/event', await measureEvents(running));
    add(figures, 'MiB after load', readResidentMib(running.pid));
    const held = await openStreams(running.shot, openStreamCount);
    add(figures, `open of ${openStreamCount}`, held.opened);
    add(figures, 'MiB, streams open', readResidentMib(running.pid));
    held.close();
  } finally {
    await running.stop();
  }
}

function toMedian(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function toCell(values: readonly number[] | undefined): string {
  if (values === undefined) return '–';
  const show = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2));
  const spread = values.length > 1 ? ` (${show(Math.min(...values))}–${show(Math.max(...values))})` : '';
  return show(toMedian(values)) + spread;
}

function toTable(results: ReadonlyMap<string, Figures>): string {
  const names = [...results.keys()];
  const rows = [...new Set([...results.values()].flatMap((figures) => Object.keys(figures)))];
  const relay = results.get('bare relay') ?? {};
  const lines = [`| | ${names.join(' | ')} |`, `|---|${names.map(() => '---|').join('')}`];
  for (const row of rows) {
    const cells = names.map((name) => {
      const values = results.get(name)?.[row];
      const ratio = toMedian(values ?? []) / toMedian(relay[row] ?? []);
      const shown = name === 'bare relay' || !Number.isFinite(ratio) ? '' : ` · ${ratio.toFixed(2)}×`;
      return toCell(values) + shown;
    });
    lines.push(`| ${row} | ${cells.join(' | ')} |`);
  }
  return lines.join('\n');
}

installPeer();
const portkey = options.only === 'changeover' ? null : toPortkeyTarget();
const shipped = installShipped();
const targets: Target[] = [
  toRelayTarget(),
  toChangeoverTarget(shipped.program, { bodies: false, strict: false }),
  toChangeoverTarget(shipped.program, { bodies: true, strict: false }),
  ...(portkey === null ? [] : [portkey]),
];
const upstream = await startScript('upstream.ts');
const results = new Map<string, Figures>(targets.map((target) => [target.name, {}]));
try {
  for (let round = 1; round <= rounds; round++) {
    for (const target of targets) {
      say(`round ${round} of ${rounds}: ${target.name}`);
      await measure(target, upstream.url, results.get(target.name) ?? {});
    }
  }
} finally {
  upstream.child.kill();
  for (const target of targets) target.close();
  shipped.close();
}
const machine = describeMachine();
if (options.json) {
  process.stdout.write(`${JSON.stringify({ machine, rounds, results: Object.fromEntries(results) })}\n`);
} else {
  process.stdout.write(
    `${machine}\n${rounds} rounds, median (least–most) · ratio to the bare relay\n\n${toTable(results)}\n`,
  );
}
