import type { Clock, IdSource } from '../kernel/index.ts';
import { encodeCheckpoint } from './checkpoint.ts';
import type { CheckpointSigner, EraseRequest, EraseSummary, PruneSummary } from './ledger.ts';
import type { FoundIds, ScanRequest } from './scan-messages.ts';
import { systemOrg } from './system-event.ts';
import type { WorkerLink } from './worker-link.ts';
import type { CheckpointSeed, PruneTarget, WriterRequest } from './writer-messages.ts';

/** Limit: calls erased in one transaction; each may rewrite a block of some megabytes. */
const eraseAtOnce = 200;

export interface UpkeepContext {
  readonly link: WorkerLink<WriterRequest>;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** Signs all heads; returns its time, or null when nothing was written since the last checkpoint. */
export async function signCheckpoint(
  { link, clock }: UpkeepContext,
  signer: CheckpointSigner,
  outsideFile: string | null,
): Promise<number | null> {
  const seed = await link.ask<CheckpointSeed | null>({ type: 'seed-checkpoint' });
  if (seed === null) return null;
  const at = clock.now();
  const content = encodeCheckpoint({ ...seed, at, keyId: signer.signer.keyId });
  const signature = signer.sign(Buffer.from(content));
  await link.ask({ type: 'store-checkpoint', content, signature, outsideFile });
  return at;
}

/**
 * Deletes expired bodies, and rows older than `keepRowsMs` behind a checkpoint, in small steps between
 * commits.
 */
export async function pruneLedger(
  { link, clock, ids }: UpkeepContext,
  keepRowsMs: number | null,
): Promise<PruneSummary> {
  const now = clock.now();
  const seed = { id: ids.next('evt'), at: now, org: systemOrg, actor: 'system' };
  const target =
    keepRowsMs === null
      ? null
      : await link.ask<PruneTarget | null>({ type: 'mark-pruned', before: now - keepRowsMs, seed });
  const block = target?.block ?? 0;
  const place = target?.place ?? 0;
  return {
    bodyBlocks: await repeatWhileAny(() => link.ask<number>({ type: 'prune-blocks', now, block })),
    rows: place === 0 ? 0 : await repeatWhileAny(() => link.ask<number>({ type: 'prune-rows', place })),
  };
}

async function repeatWhileAny(step: () => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    const count = await step();
    if (count === 0) return total;
    total += count;
  }
}

function toSelector(request: EraseRequest): string {
  if (request.key !== undefined) return request.key;
  return request.conversation === undefined ? 'calls' : 'conversation';
}

function* toPortions(ids: readonly string[]): Generator<readonly string[]> {
  for (let index = 0; index < ids.length; index += eraseAtOnce) yield ids.slice(index, index + eraseAtOnce);
}

/** Yields the ids to erase in portions. */
async function* findIds(
  scan: WorkerLink<ScanRequest>,
  request: EraseRequest,
): AsyncGenerator<readonly string[]> {
  if (request.calls !== undefined) {
    yield* toPortions(request.calls);
    return;
  }
  const { org, key = null, conversation = null } = request;
  const wanted = { type: 'find-calls', org, key, conversation, count: eraseAtOnce } as const;
  for (let after: number | null = 0; after !== null;) {
    const found: FoundIds = await scan.ask({ ...wanted, after });
    yield* toPortions(found.ids);
    after = found.next;
  }
}

/**
 * Erases what is meant, each portion with an event of its own; finished portions stay when a later one fails.
 */
export async function eraseFromLedger(
  { link, clock, ids }: UpkeepContext,
  scan: WorkerLink<ScanRequest>,
  request: EraseRequest,
): Promise<EraseSummary> {
  const { org, actor, reason } = request;
  const given = [request.calls, request.key, request.conversation].filter((each) => each !== undefined);
  if (given.length !== 1) throw new TypeError('Cannot erase: give calls, a key or a conversation');
  const selector = toSelector(request);
  const events: string[] = [];
  let calls = 0;
  for await (const portion of findIds(scan, request)) {
    const seed = { id: ids.next('evt'), at: clock.now(), org, actor };
    const erased = await link.ask<number>({ type: 'erase', step: { seed, ids: portion, reason, selector } });
    calls += erased;
    if (erased > 0) events.push(seed.id);
  }
  // The log still holds pages as they were; without this they would stay until it is written over.
  await link.ask({ type: 'finish-erase' });
  return { calls, events };
}
