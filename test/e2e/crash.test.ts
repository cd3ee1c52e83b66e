// The whole process is killed in the middle of traffic, again and again on the same data folder.
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import type { CallPage, Status, VerifyReportView } from '../../src/api/contract.ts';
import { type RawUpstream, startRawUpstream } from '../conformance/raw-upstream.ts';
import { askAdmin, createKey, waitFor } from './admin-client.ts';
import { killLeftovers, makeFolder, runChangeover, serveFolder, type ServingProcess } from './run-process.ts';

/** By hand: CHG_TEST_KILLS=20 npm test -- e2e. */
const rounds = Number(process.env['CHG_TEST_KILLS'] ?? 2);
const callers = 8;
/** Calls acknowledged before a kill. */
const callsPerRound = 120;
const hangingCalls = 2;

const { folder, remove } = makeFolder();
let upstream: RawUpstream;
/** Calls that the upstream never answers. */
let hanging = 0;

beforeAll(async () => {
  const answer = JSON.stringify({
    id: 'c',
    object: 'chat.completion',
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 },
  });
  upstream = await startRawUpstream((response, body) => {
    if (body.includes('hang')) hanging++;
    else response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
  });
});
afterEach(() => killLeftovers());
afterAll(async () => {
  await upstream.close();
  remove();
});

/** Sends one call; its id when it was answered whole, null when the process ended meanwhile. */
async function call(gateway: ServingProcess, key: string, content: string): Promise<string | null> {
  try {
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({ model: 'support', messages: [{ role: 'user', content }] }),
    });
    await answer.text();
    expect(answer.status).toBe(200);
    return answer.headers.get('x-changeover-call');
  } catch (error) {
    // The connection broke: nothing was promised about this call.
    if (error instanceof TypeError) return null;
    throw error;
  }
}

interface Round {
  /** Answered whole, and in `batch` durability reported as written before the kill. */
  readonly acknowledged: readonly string[];
}

/** Calls until enough are acknowledged, kills the process while others are on their way. */
async function killUnderLoad(gateway: ServingProcess, key: string, isStrict: boolean): Promise<Round> {
  const acknowledged: string[] = [];
  let sure = 0;
  hanging = 0;
  const held = Array.from({ length: hangingCalls }, () => call(gateway, key, 'hang'));
  await waitFor(
    () => Promise.resolve(hanging),
    (count) => count === hangingCalls,
  );
  const loops = Array.from({ length: callers }, async () => {
    for (;;) {
      const id = await call(gateway, key, 'hello');
      if (id === null) return;
      acknowledged.push(id);
    }
  });
  await waitFor(
    () => Promise.resolve(acknowledged.length),
    (count) => count >= callsPerRound,
  );
  if (!isStrict) {
    const asked = acknowledged.length;
    const written = await askAdmin<Status>(gateway, 'GET /api/status');
    // What was acknowledged before this answer, and waits no longer, is on disk.
    const waiting = written.body.ledger.queuedRows;
    sure = Math.max(0, asked - waiting);
    expect(sure).toBeGreaterThan(0);
  } else sure = acknowledged.length;
  gateway.child.kill('SIGKILL');
  expect(await gateway.ended).toBe('SIGKILL');
  await Promise.all([...loops, ...held]);
  return { acknowledged: isStrict ? acknowledged : acknowledged.slice(0, sure) };
}

async function readAllIds(gateway: ServingProcess): Promise<Set<string>> {
  const ids = new Set<string>();
  let cursor = '';
  for (;;) {
    const page = await askAdmin<CallPage>(gateway, `GET /api/calls?limit=200${cursor}`);
    expect(page.status).toBe(200);
    for (const entry of page.body.calls) ids.add(entry.id);
    if (page.body.next === null) return ids;
    cursor = `&cursor=${encodeURIComponent(page.body.next)}`;
  }
}

async function verify(parameters: readonly string[]): Promise<VerifyReportView> {
  const run = runChangeover(['ledger', 'verify', ...parameters, '--json']);
  const code = await run.ended;
  expect([code, run.printed()]).toEqual([0, expect.stringContaining('"ok":true')]);
  return JSON.parse(run.printed()) as VerifyReportView;
}

test.each(['batch', 'strict'] as const)(
  'kill -9 under load loses no acknowledged call in %s durability',
  async (durability) => {
    const isStrict = durability === 'strict';
    const data = path.join(folder, durability);
    const config = path.join(folder, `${durability}.yaml`);
    const endpoint = `{ profile: openai-compatible, url: "${upstream.url}/v1", models: [m] }`;
    const routes = 'routes:\n  support: { serve: m@up }';
    writeFileSync(
      config,
      `endpoints:\n  up: ${endpoint}\n${routes}\nledger: { durability: ${durability} }\n`,
    );
    const promised: string[] = [];
    let gateway = await serveFolder(data, ['--config', config]);
    const { key } = await createKey(gateway);
    let interrupted = 0;
    for (let round = 0; round < rounds; round++) {
      const { acknowledged } = await killUnderLoad(gateway, key, isStrict);
      promised.push(...acknowledged);
      await verify([data]);
      gateway = await serveFolder(data, ['--config', config]);
      const ids = await readAllIds(gateway);
      expect(promised.filter((id) => !ids.has(id))).toEqual([]);
      const report = await verify(['--data', data]);
      expect(report.open).toEqual([]);
      // The calls that hung are told as interrupted; batch durability writes nothing before the answer.
      if (isStrict) expect(report.interrupted.length - interrupted).toBeGreaterThanOrEqual(hangingCalls);
      else expect(report.interrupted).toEqual([]);
      interrupted = report.interrupted.length;
    }
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toBe(0);
  },
  30_000 + rounds * 20_000,
);
