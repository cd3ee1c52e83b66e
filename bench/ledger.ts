// Measures the ledger alone: rows written per second, CPU per row over all threads, pages and overviews over
// many rows. node bench/ledger.ts [rows] default 1,000,000; 10,000,000 takes some ten minutes and 8 GB CPU is
// counted, not time: on a machine that does other things as well, times are only an upper bound.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { type CallRecord, type Clock, createIdSource, createSeededRandom } from '../src/kernel/index.ts';
import { type Ledger, openLedger } from '../src/ledger/index.ts';
import { openVault } from '../src/vault/index.ts';

const rows = Number(process.argv[2] ?? 1_000_000);
const bodyRows = Math.min(rows, 50_000);
/** The rows are spread over so much time, as a month of calls would be. */
const spanMs = 30 * 86_400_000;

const clock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
const random = createSeededRandom(7);
const startMs = Date.now() - spanMs;

const offers = ['gpt-5.5@openai', 'qwen3.7-plus@qwen-sg', 'deepseek-v4-pro@deepseek', 'glm-5@zai'];
const words = Array.from({ length: 2_000 }, (_, index) => `word${index.toString(36)}`);

function toText(bytes: number): Buffer {
  let text = 'You are a helpful assistant of the support team. Answer in one paragraph. ';
  while (text.length < bytes) text += `${words[Math.floor(random.unit() ** 3 * words.length)]} `;
  return Buffer.from(text.slice(0, bytes));
}

/** A call of one of 20 teams, each with three routes of two offers, as organisations have them. */
function toCall(bodies: CallRecord['bodies']): CallRecord {
  const team = Math.floor(random.unit() * 20);
  const route = Math.floor(random.unit() * 3);
  const offer = offers[(team + route + (random.unit() < 0.1 ? 1 : 0)) % offers.length] ?? null;
  const totalMs = Math.exp(6 + random.unit() * 2.5);
  const isFailed = random.unit() < 0.02;
  const attempt = {
    offer: offer ?? '',
    startMs: 0.412,
    firstByteMs: totalMs * 0.2,
    firstTokenMs: totalMs * 0.21,
    endMs: totalMs,
    status: isFailed ? 502 : 200,
    failure: null,
    cause: null,
    resent: false,
  };
  return {
    kind: 'call',
    id: '',
    at: 0,
    org: 'main',
    team: `team-${team}`,
    key: `key_01jd8x0q0a00abcdefgh${team}${route}`,
    purpose: 'client',
    dialect: 'openai-chat',
    stream: random.unit() < 0.5,
    route: `route-${team}-${route}`,
    routeVersion: 3,
    offer,
    conversation: `cnv_${Math.floor(random.unit() * 1e12).toString(36)}`,
    turn: 2,
    task: `task_${team}${route}`,
    configHash: '9f8e7d6c5b4a9f8e7d6c5b4a9f8e7d6c',
    decision: { verdict: 'admit', reason: 'within limits' },
    attempts: [attempt],
    status: isFailed ? 502 : 200,
    failure: null,
    finish: 'stop',
    usage: {
      inputTokens: Math.floor(random.unit() * 4_000),
      cacheReadTokens: 300,
      cacheWriteTokens: 0,
      outputTokens: 350,
      reasoningTokens: 0,
    },
    usageSource: 'reported',
    tariff: 'list-2026-10',
    reportedModel: 'model-2026-09-01',
    totalMs,
    firstByteMs: totalMs * 0.2,
    firstTokenMs: totalMs * 0.21,
    requestBytes: 2_048,
    responseBytes: 640,
    loss: [],
    cost: BigInt(Math.floor(random.unit() * 10_000_000)),
    currency: 'USD',
    bodies,
  };
}

const pool = Array.from({ length: 20_000 }, () => toCall(null));
const bodyPool = Array.from({ length: 2_000 }, () =>
  toCall({ request: toText(2_048), response: toText(640), keepMs: 86_400_000_000 }),
);
const ids = createIdSource(clock, random);

function cpuUs(since?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return user + system;
}

interface WriteCost {
  readonly rowsPerSecond: number;
  readonly allUs: number;
  readonly mainUs: number;
}

/**
 * Writes `count` rows as fast as the writer takes them, and takes off what making the rows costs by itself.
 */
async function write(ledger: Ledger, from: readonly CallRecord[], count: number): Promise<WriteCost> {
  const makeStart = process.cpuUsage();
  for (let index = 0; index < 200_000; index++) made = toRow(from, index, count);
  const makeUs = cpuUs(makeStart) / 200_000;
  const start = performance.now();
  const startCpu = process.cpuUsage();
  const startMain = process.threadCpuUsage();
  for (let index = 0; index < count; index++) {
    ledger.recorder.record(toRow(from, index, count));
    if (index % 200 !== 199) continue;
    await nextTurn();
    // Sleeping and not spinning: turns of an idle loop would be counted as the ledger's.
    while (ledger.stats().queuedRows > 5_000) await sleep(5);
  }
  await ledger.flush();
  const main = process.threadCpuUsage(startMain);
  return {
    rowsPerSecond: Math.round(count / ((performance.now() - start) / 1_000)),
    allUs: cpuUs(startCpu) / count - makeUs,
    mainUs: (main.user + main.system) / count - makeUs,
  };
}

/** Keeps the rows that are only made from being optimised away. */
let made: CallRecord | null = null;

function toRow(from: readonly CallRecord[], index: number, count: number): CallRecord {
  const at = startMs + Math.floor((index / count) * spanMs);
  return { ...(from[index % from.length] as CallRecord), id: ids.next('call'), at };
}

async function time(work: () => Promise<unknown>): Promise<string> {
  const times: number[] = [];
  for (let round = 0; round < 7; round++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return `${times[3]?.toFixed(1)} ms (${times[0]?.toFixed(1)} to ${times[6]?.toFixed(1)})`;
}

async function measure(folder: string): Promise<(readonly [string, string])[]> {
  const vault = openVault({ folder });
  if (!vault.ok) throw new Error('Cannot open the vault');
  const opened = await openLedger({
    folder,
    durability: 'batch',
    whenBehind: 'refuse',
    clock,
    ids,
    signer: vault.value,
  });
  if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
  const ledger = opened.value;
  await write(ledger, pool, 20_000);
  const plain = await write(ledger, pool, rows);
  const plainBytes = statSync(path.join(folder, 'ledger.db')).size;
  const withBodies = await write(ledger, bodyPool, bodyRows);
  const now = Date.now();
  const week = { fromMs: now - 7 * 86_400_000, toMs: now };
  const first = await ledger.calls({ org: 'main', limit: 50, filter: { toMs: now - 15 * 86_400_000 } });
  const deep = first.ok ? (first.value.next ?? undefined) : undefined;
  const page = { org: 'main', limit: 50 } as const;
  const rare = { ...page, filter: { key: 'nobody' } };
  const table: (readonly [string, string])[] = [
    ['rows written per second, no bodies', plain.rowsPerSecond.toLocaleString('en')],
    ['CPU per row, all threads', `${plain.allUs.toFixed(1)} µs`],
    ['CPU per row, main thread', `${plain.mainUs.toFixed(1)} µs`],
    ['bytes per row on disk', `${Math.round(plainBytes / rows)}`],
    ['rows written per second, bodies of 2.7 kB', withBodies.rowsPerSecond.toLocaleString('en')],
    ['CPU per row with bodies, all threads', `${withBodies.allUs.toFixed(1)} µs`],
    ['newest page of 50', await time(() => ledger.calls(page))],
    [
      'page of 50 in the middle',
      await time(() => ledger.calls(deep === undefined ? page : { ...page, cursor: deep })),
    ],
    ['page with a filter that matches nothing (looks at 10,000)', await time(() => ledger.calls(rare))],
    ['overview of a week, hourly', await time(() => ledger.overview(week))],
    ['overview of a week by route', await time(() => ledger.overview({ ...week, groupBy: ['route'] }))],
    [
      'overview of 30 days by offer',
      await time(() => ledger.overview({ fromMs: startMs, toMs: now, groupBy: ['offer'] })),
    ],
  ];
  const verifyStart = performance.now();
  const report = await ledger.verify();
  const seconds = (performance.now() - verifyStart) / 1_000;
  table.push(['rows verified per second', Math.round(report.rows / seconds).toLocaleString('en')]);
  table.push(['… and found in order', String(report.ok)]);
  await ledger.close();
  return table;
}

const folder = mkdtempSync(path.join(process.env['BENCH_FOLDER'] ?? tmpdir(), 'changeover-bench-ledger-'));
try {
  const table = await measure(folder);
  console.log(
    `\n${rows.toLocaleString('en')} rows, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}\n`,
  );
  for (const [what, value] of table) console.log(`| ${what.padEnd(58)} | ${value.padEnd(30)} |`);
  if (made === null) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
