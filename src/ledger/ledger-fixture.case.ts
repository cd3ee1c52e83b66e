// What the tests of the ledger share: a ledger in a folder of its own, and calls to put into it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';
import {
  type CallRecord,
  type Clock,
  createIdSource,
  createSeededRandom,
  type EventRecord,
  type IdSource,
  workerUrl,
} from '../kernel/index.ts';
import { openVault, type Vault } from '../vault/index.ts';
import type { Ledger, LedgerOptions } from './ledger.ts';
import { openLedgerWith } from './open-ledger.ts';

/** The system's clock: the ledger's workers answer in real time. */
const realClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

let seed = 1;

/** Ids that no other test makes. */
export function createTestIds(): IdSource {
  return createIdSource(realClock, createSeededRandom(seed++));
}

/** A folder that goes away with the test. */
export function createTestFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'changeover-ledger-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The vault of a folder. */
export function openTestVault(folder: string): Vault {
  const vault = openVault({ folder });
  if (!vault.ok) throw new Error('Cannot open the vault of the test');
  return vault.value;
}

export interface TestLedger {
  readonly ledger: Ledger;
  readonly folder: string;
  readonly file: string;
  readonly vault: Vault;
  readonly ids: IdSource;
  /** The writer threads started so far. */
  readonly writers: readonly Worker[];
}

function start(entry: `./${string}`, data: unknown): Worker {
  return new Worker(workerUrl(import.meta.url, entry), { workerData: data });
}

/** Opens a ledger that is closed with the test. */
export async function openTestLedger(
  options: Partial<LedgerOptions> = {},
  parts: { readonly folder?: string } = {},
): Promise<TestLedger> {
  const folder = parts.folder ?? createTestFolder();
  const vault = openTestVault(folder);
  const ids = options.ids ?? createTestIds();
  const writers: Worker[] = [];
  const opened = await openLedgerWith(
    { folder, durability: 'batch', whenBehind: 'refuse', clock: realClock, ids, signer: vault, ...options },
    {
      startWriter(data) {
        const writer = start('./writer-worker', data);
        writers.push(writer);
        return writer;
      },
      startReader: (data) => start('./reader-worker', data),
      startScan: (data) => start('./scan-worker', data),
    },
  );
  if (!opened.ok) throw new Error(`Cannot open the ledger: ${JSON.stringify(opened.failure)}`);
  const ledger = opened.value;
  onTestFinished(() => ledger.close());
  return { ledger, folder, file: path.join(folder, 'ledger.db'), vault, ids, writers };
}

/** A call with every field filled; `id` must be its own. */
export function toTestCall(id: string, fields: Partial<CallRecord> = {}): CallRecord {
  return {
    kind: 'call',
    id,
    at: 1_795_000_000_000,
    org: 'main',
    team: 'support',
    key: 'key_one',
    purpose: 'client',
    dialect: 'openai-chat',
    stream: true,
    route: 'support',
    routeVersion: 3,
    offer: 'qwen3.7-plus@qwen-sg',
    conversation: `conversation of ${id}`,
    turn: 2,
    task: 'task_1',
    configHash: 'c0ffee',
    decision: { verdict: 'admit', reason: 'within limits' },
    attempts: [
      {
        offer: 'qwen3.7-plus@qwen-sg',
        startMs: 0.4,
        firstByteMs: 120,
        firstTokenMs: 130.25,
        endMs: 900,
        status: 200,
        failure: null,
        cause: null,
        resent: false,
      },
    ],
    status: 200,
    failure: null,
    finish: 'stop',
    usage: {
      inputTokens: 1200,
      cacheReadTokens: 300,
      cacheWriteTokens: 0,
      outputTokens: 350,
      reasoningTokens: 40,
    },
    usageSource: 'reported',
    tariff: 'qwen-2026-10',
    reportedModel: 'qwen3.7-plus',
    totalMs: 901.5,
    firstByteMs: 120,
    firstTokenMs: 130.25,
    requestBytes: 2048,
    responseBytes: 640,
    loss: [],
    cost: 1_234_567n,
    currency: 'USD',
    bodies: null,
    ...fields,
  };
}

/** Ten years: the calls of the tests are of a fixed day. */
export const keepLongMs = 10 * 365 * 86_400_000;

/** Bodies that name their call. */
export function toTestBodies(name: string, keepMs = keepLongMs): CallRecord['bodies'] {
  return { request: Buffer.from(`request of ${name}`), response: Buffer.from(`response of ${name}`), keepMs };
}

/** An event as an outbox gives it. */
export function toTestEvent(id: string, fields: Partial<EventRecord> = {}): EventRecord {
  return {
    kind: 'event',
    id,
    at: 1_795_000_000_000,
    org: 'main',
    actor: 'admin',
    event: 'serving.switched',
    subject: 'support',
    data: { to: 'qwen3.7-plus@qwen-sg', share: 100 },
    ...fields,
  };
}
