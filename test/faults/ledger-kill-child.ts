// Writes to a ledger as fast as it can and tells each row that the ledger said to be on disk, until it is
// killed. Arguments: data folder, durability, number of the run. Started by ledger-kill.ts.
import { writeSync } from 'node:fs';
import { type CallRecord, type Clock, createIdSource, createSeededRandom } from '../../src/kernel/index.ts';
import { type Ledger, openLedger } from '../../src/ledger/index.ts';
import { openVault } from '../../src/vault/index.ts';

const [folder = '', durability = 'batch', run = '0'] = process.argv.slice(2);

const clock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

function toCall(id: string, withBodies: boolean): CallRecord {
  const request = Buffer.from(`request of ${id}`.repeat(20));
  return {
    kind: 'call',
    id,
    at: clock.now(),
    org: `org${id.length % 2}`,
    team: null,
    key: 'key_one',
    purpose: 'client',
    dialect: 'openai-chat',
    stream: false,
    route: 'support',
    routeVersion: 1,
    offer: 'value@sim-qwen',
    conversation: `conversation of ${id}`,
    turn: 1,
    task: null,
    configHash: 'c0ffee',
    decision: { verdict: 'admit', reason: 'within limits' },
    attempts: [],
    status: 200,
    failure: null,
    finish: 'stop',
    usage: { inputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 5, reasoningTokens: 0 },
    usageSource: 'reported',
    tariff: 'sim-1',
    reportedModel: null,
    totalMs: 12,
    firstByteMs: 5,
    firstTokenMs: 5,
    requestBytes: request.length,
    responseBytes: 2,
    loss: [],
    cost: 1_000n,
    currency: 'USD',
    bodies: withBodies ? { request, response: Buffer.from('ok'), keepMs: 86_400_000 } : null,
  };
}

function acknowledge(ids: readonly string[]): void {
  // Straight to the pipe: what waits in a buffer of this process would be lost with it.
  writeSync(1, ids.map((id) => `${id}\n`).join(''));
}

async function writeBatches(ledger: Ledger): Promise<never> {
  for (let count = 0; ;) {
    const ids = Array.from({ length: 150 }, () => `call_${run}_${count++}`);
    for (const [index, id] of ids.entries()) ledger.recorder.record(toCall(id, index % 4 === 0));
    await ledger.flush();
    acknowledge(ids);
  }
}

async function writeStrict(ledger: Ledger, lane: number): Promise<never> {
  for (let count = 0; ; count++) {
    const id = `call_${run}_${lane}_${count}`;
    const about = { org: 'org0', key: 'key_one', route: 'support', purpose: 'client' } as const;
    await ledger.recorder.recordDurably({ kind: 'opened', id, at: clock.now(), ...about });
    acknowledge([`opened ${id}`]);
    await ledger.recorder.recordDurably({ ...toCall(id, lane % 4 === 0), org: 'org0' });
    acknowledge([id]);
  }
}

const vault = openVault({ folder });
if (!vault.ok) throw new Error('Cannot open the vault');
const opened = await openLedger({
  folder,
  durability: durability === 'strict' ? 'strict' : 'batch',
  whenBehind: 'refuse',
  clock,
  ids: createIdSource(clock, createSeededRandom(Number(run))),
  signer: vault.value,
  checkpoint: { everyRows: 2_000, everyMs: 200, outsideFile: `${folder}/outside.jsonl` },
});
if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
const ledger = opened.value;
const lanes = durability === 'strict' ? 16 : 0;
const writing = Array.from({ length: lanes }, (_, lane) => writeStrict(ledger, lane));
await Promise.all(lanes > 0 ? writing : [writeBatches(ledger)]);
