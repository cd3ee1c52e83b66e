// Keeps the gateway under mixed traffic for minutes while its configuration, serving and keys change, and
// then looks whether anything was left behind: memory, sockets, handles, places held, rows not written.
// node test/soak/run.ts [--minutes 3] [--calls 200000] [--callers 48] [--seed 1]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';

import { Agent } from 'undici';

import type { Status } from '../../src/api/contract.ts';
import { createSeededRandom } from '../../src/kernel/index.ts';
import { verifyDataFolder } from '../../src/ledger/verify.ts';
import { scrubEnvironment } from '../../tools/scrub-environment.ts';
import { askAdmin, createKey, waitFor } from '../e2e/admin-client.ts';
import { churn, writeConfig } from './churn.ts';
import { runClient, type Tally } from './clients.ts';
import type { Sample } from './gateway-child.ts';
import { countSockets, type Finding, judgeMemory, type Row, toTable } from './measures.ts';
import { type GatewayChild, startChild } from './start-child.ts';
import { type SoakUpstream, startUpstream, wishes } from './upstream.ts';

const adminKey = 'admin-key-of-a-test-0123456789abcdef';
/** Samples in a run. */
const samples = 20;
const tickMs = 200;
/** Places of the key beyond its callers: who leaves and calls again may be faster than the news of the leaving. */
const sparePlaces = 16;
/** Connections that the run itself keeps to the admin API. */
const adminSockets = 4;

interface Settings {
  readonly minutes: number;
  readonly calls: number;
  readonly callers: number;
  readonly seed: number;
}

/** What a run works with. */
interface Soak {
  readonly settings: Settings;
  readonly child: GatewayChild;
  readonly upstream: SoakUpstream;
  readonly admin: { readonly url: string; readonly adminKey: string };
  readonly key: string;
  readonly folder: string;
  readonly config: string;
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

function readSettings(): Settings {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '3' },
      calls: { type: 'string', default: '200000' },
      callers: { type: 'string', default: '48' },
      seed: { type: 'string', default: '1' },
    },
  });
  const toNumber = (name: keyof Settings): number => {
    const number = Number(values[name]);
    if (!(number > 0)) throw new Error(`Cannot use --${name} ${values[name]}: give a number above zero`);
    return number;
  };
  return {
    minutes: toNumber('minutes'),
    calls: toNumber('calls'),
    callers: toNumber('callers'),
    seed: toNumber('seed'),
  };
}

function toPlaces({ callers }: Settings): number {
  return callers + sparePlaces;
}

async function readStatus(soak: Soak): Promise<Status> {
  return (await askAdmin<Status>(soak.admin, 'GET /api/status')).body;
}

async function sampleOnce(soak: Soak, calls: number, startedMs: number): Promise<Row> {
  const sample = await soak.child.measure();
  const { inFlight, ledger } = await readStatus(soak);
  return { calls, elapsedMs: performance.now() - startedMs, sample, inFlight, queuedRows: ledger.queuedRows };
}

/** Runs all clients to the end of the run, taking samples by progress. */
async function runTraffic(soak: Soak, tally: Tally): Promise<Row[]> {
  const { settings, child, key } = soak;
  const agent = new Agent({ connections: settings.callers, pipelining: 1 });
  const random = createSeededRandom(settings.seed);
  const startedMs = performance.now();
  const limitMs = settings.minutes * 60_000;
  const toProgress = (): number =>
    Math.max(tally.calls / settings.calls, (performance.now() - startedMs) / limitMs);
  const isOver = (): boolean => toProgress() >= 1;
  const options = { url: child.url, key, random, tally, isOver };
  const clients = Array.from({ length: settings.callers }, () => runClient(agent, options));
  const changing = churn({ ...soak.admin, config: soak.config, upstream: soak.upstream.url, random, isOver });
  const rows: Row[] = [await sampleOnce(soak, 0, startedMs)];
  while (!isOver()) {
    if (toProgress() >= rows.length / samples) {
      rows.push(await sampleOnce(soak, tally.calls, startedMs));
      const elapsedMs = Math.round(rows.at(-1)?.elapsedMs ?? 0);
      if (rows.length % 5 === 0) write(`  ${tally.calls} calls after ${elapsedMs} ms`);
    }
    await pause(tickMs);
  }
  await Promise.all(clients);
  const changed = await changing;
  await agent.close();
  write(
    `  ${changed.switches} switches, ${changed.reloads} reloads, ${changed.keys} keys created and revoked`,
  );
  rows.push(await sampleOnce(soak, tally.calls, startedMs));
  return rows;
}

function toLine({ name, ok, text }: Finding): string {
  return `${ok ? '✓' : '✗'} ${name}${text === '' ? '' : `: ${text}`}`;
}

function judge(name: string, ok: boolean, text: string): Finding {
  return { name, ok, text };
}

/** Waits until nothing moves any more, and says what remained. */
async function judgeQuiet(soak: Soak, before: Sample): Promise<Finding[]> {
  const status = await waitFor(
    () => readStatus(soak),
    ({ inFlight, ledger }) => inFlight === 0 && ledger.queuedRows === 0,
  ).catch(() => readStatus(soak));
  const { inFlight, ledger } = status;
  const { upstream } = soak;
  const abandoned = upstream.open();
  upstream.cutAll();
  const after = await waitFor(
    () => soak.child.measure(),
    (sample) => countSockets(sample) <= adminSockets,
  ).catch(() => soak.child.measure());
  const kinds = Object.keys({ ...before.resources, ...after.resources }).filter(
    (kind) => kind !== 'TCPSocketWrap',
  );
  const grown = kinds.filter((kind) => (after.resources[kind] ?? 0) > (before.resources[kind] ?? 0) + 1);
  const show = (kind: string): string =>
    `${kind} ${before.resources[kind] ?? 0} → ${after.resources[kind] ?? 0}`;
  const troubles = [ledger.gapCalls, ledger.duplicates, ledger.writerRestarts, ledger.shedBodies];
  return [
    judge('no call is in flight', inFlight === 0, String(inFlight)),
    judge('the upstream works for nobody', abandoned === 0, `${abandoned} answers open`),
    judge('sockets are closed', countSockets(after) <= adminSockets, show('TCPSocketWrap')),
    judge('handles are as before', grown.length === 0, kinds.map(show).join(', ')),
    judge(
      'the ledger has written all',
      ledger.queuedRows === 0 && ledger.queuedBodyBytes === 0,
      `${ledger.queuedRows} rows wait`,
    ),
    judge(
      'the ledger had no trouble',
      troubles.every((count) => count === 0) && ledger.writeError === null && ledger.pressure === 'normal',
      `gaps, duplicates, restarts, shed bodies: ${troubles.join(', ')}`,
    ),
  ];
}

/** With all places of a key free again, exactly that many calls fit, and the next is refused. */
async function judgePlaces(soak: Soak): Promise<Finding> {
  const places = toPlaces(soak.settings);
  const controller = new AbortController();
  const ask = async (): Promise<number> => {
    const messages = [{ role: 'user', content: wishes.endless }];
    const answer = await fetch(`${soak.child.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${soak.key}` },
      body: JSON.stringify({ model: 'main', stream: true, messages }),
      signal: controller.signal,
    });
    return answer.status;
  };
  const statuses = await Promise.all(Array.from({ length: places }, ask));
  const beyond = await ask();
  controller.abort();
  await waitFor(
    () => readStatus(soak),
    ({ inFlight }) => inFlight === 0,
  );
  const admitted = statuses.filter((status) => status === 200).length;
  const text = `${admitted} of ${places} admitted, then ${beyond}`;
  return judge('all places of the key are free', admitted === places && beyond === 429, text);
}

async function judgeLedger(soak: Soak, tally: Tally): Promise<Finding[]> {
  const report = await verifyDataFolder({ folder: soak.folder, publicKeys: [], now: Date.now() });
  const verified = report.ok && report.value.ok;
  const database = new DatabaseSync(path.join(soak.folder, 'ledger.db'), { readOnly: true });
  const found = database.prepare("SELECT count(*) AS rows FROM entry WHERE kind = 'call'").get();
  database.close();
  const rows = Number(found?.['rows']);
  // The calls that tried the places of the key are rows too.
  const least = tally.recorded + toPlaces(soak.settings) + 1;
  const most = least + tally.perhapsRecorded;
  return [
    judge(
      'the ledger verifies',
      verified,
      report.ok ? `${report.value.rows} rows` : JSON.stringify(report.failure),
    ),
    judge(
      'each call has one row',
      rows >= least && rows <= most,
      `${rows} rows, ${least} to ${most} expected`,
    ),
  ];
}

async function judgeStop(soak: Soak): Promise<Finding> {
  const { left, code } = await soak.child.stop();
  // Its own pipes and the channel to this process are all that may be left.
  const own = ['PipeWrap', 'TTYWrap', 'FileHandle', 'Immediate', 'CloseReq'];
  const open = Object.keys(left.resources).filter((kind) => !own.includes(kind));
  const text = `exit code ${String(code)}, open: ${open.join(', ') || 'nothing'}`;
  return judge('the stop leaves nothing', code === 0 && open.length === 0, text);
}

async function soakOnce(soak: Soak): Promise<Finding[]> {
  const tally: Tally = {
    done: new Map(),
    wrong: [],
    wrongCount: 0,
    recorded: 0,
    perhapsRecorded: 0,
    calls: 0,
  };
  const before = await soak.child.measure();
  const rows = await runTraffic(soak, tally);
  write(toTable(rows));
  write([...tally.done].map(([temper, count]) => `${temper} ${count}`).join(', '));
  const findings = [
    judge(
      'every answer is right',
      tally.wrongCount === 0,
      `${tally.wrongCount} wrong ${tally.wrong.join('\n    ')}`,
    ),
    ...judgeMemory(rows),
    ...(await judgeQuiet(soak, before)),
    await judgePlaces(soak),
  ];
  const { complaints } = soak.child;
  findings.push(judge('the log has no complaints', complaints.length === 0, complaints.join('\n    ')));
  findings.push(await judgeStop(soak), ...(await judgeLedger(soak, tally)));
  return findings;
}

async function main(): Promise<number> {
  const settings = readSettings();
  process.env = scrubEnvironment(process.env);
  const folder = mkdtempSync(path.join(tmpdir(), 'changeover-soak-'));
  const config = path.join(folder, 'changeover.yaml');
  const upstream = await startUpstream();
  writeConfig(config, upstream.url, 0);
  const environment = { CHANGEOVER_ADMIN_KEY: adminKey, CHANGEOVER_DISCOVER: '0' };
  const child = await startChild(folder, config, environment);
  try {
    const admin = { url: child.url, adminKey };
    const budget = { amount: '1000000', currency: 'USD', period: 'total' };
    const { key } = await createKey(admin, { maxConcurrent: toPlaces(settings), budget });
    write(
      `Soak: up to ${settings.calls} calls or ${settings.minutes} min, ${settings.callers} callers, seed ${settings.seed}`,
    );
    const findings = await soakOnce({ settings, child, upstream, admin, key, folder, config });
    for (const finding of findings) write(toLine(finding));
    const failed = findings.filter(({ ok }) => !ok).length;
    write(`${findings.length - failed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } finally {
    child.kill();
    await upstream.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
