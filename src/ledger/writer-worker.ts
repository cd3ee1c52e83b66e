// The one thread that writes ledger.db. Answers requests in their order; each is one transaction.
import { workerData } from 'node:worker_threads';
import { type LedgerWriteStore, openLedgerWriteStore } from '../store/ledger/index.ts';
import { BatchWriter } from './batch-writer.ts';
import { seedCheckpoint, storeCheckpoint } from './checkpoint-step.ts';
import { eraseCalls } from './erase-step.ts';
import { markPruned, pruneBlocksAtOnce, pruneRowsAtOnce } from './prune-step.ts';
import { appendEvent, ledgerEvents } from './system-event.ts';
import { serveRequests } from './worker-server.ts';
import type { LedgerSize, OpenOutcome, WriterData, WriterRequest } from './writer-messages.ts';

interface OpenLedgerFile {
  readonly store: LedgerWriteStore;
  readonly writer: BatchWriter;
  readonly ledger: string;
}

const data = workerData as WriterData;
let file: OpenLedgerFile | null = null;

function openFile(): OpenLedgerFile {
  const store = openLedgerWriteStore(data.path, data.now);
  try {
    const ledger = store.ensureMeta('ledger', data.ledger);
    const name = store.ensureMeta('writer', data.writer);
    return { store, writer: new BatchWriter(store, name, data.session), ledger };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** Chains an event for each call that the process before this one left open. */
function noteInterrupted({ store, writer }: OpenLedgerFile, at: number): number {
  const calls = store.readOpenCalls();
  if (calls.length === 0) return 0;
  writer.transaction(() => {
    for (const call of calls) {
      appendEvent(writer.chains, {
        id: `int_${call.id}`,
        at,
        org: call.org,
        actor: 'system',
        event: ledgerEvents.interrupted,
        subject: call.id,
        data: { outcome: 'unknown', openedAt: call.at },
      });
      store.closeCall(call.id);
    }
  });
  return calls.length;
}

function open(at: number): OpenOutcome {
  file ??= openFile();
  const interrupted = noteInterrupted(file, at);
  const { store, writer } = file;
  const last = store.readLastCheckpoint();
  return {
    totalRows: writer.chains.totalRows,
    fileBytes: store.fileBytes(),
    interrupted,
    lastCheckpointAt: last?.at ?? null,
    unsignedRows: writer.chains.lastPlace - (last?.place ?? 0),
  };
}

function answer(request: WriterRequest): unknown {
  if (request.type === 'open') return open(request.at);
  file ??= openFile();
  const { store, writer, ledger } = file;
  switch (request.type) {
    case 'commit':
      return writer.commit(request.batch);
    case 'seed-checkpoint':
      return seedCheckpoint(store, ledger, writer.chains.lastPlace);
    case 'store-checkpoint':
      storeCheckpoint(store, request);
      return null;
    case 'erase':
      store.overwriteDeleted(true);
      return writer.transaction(() => eraseCalls(store, writer.chains, request.step));
    case 'finish-erase':
      store.overwriteDeleted(false);
      store.emptyLog();
      return null;
    case 'measure':
      return { totalRows: writer.chains.totalRows, fileBytes: store.fileBytes() } satisfies LedgerSize;
    case 'mark-pruned':
      return markPruned(store, writer, request);
    case 'prune-rows':
      return store.deleteEntries(request.place, pruneRowsAtOnce);
    case 'prune-blocks':
      break;
  }
  return store.deleteBlocks({ now: request.now, block: request.block, count: pruneBlocksAtOnce });
}

/**
 * After an error the connection and what is kept in memory are not trusted any more; the next request opens
 * anew.
 */
function dropFile(): void {
  const dropped = file;
  file = null;
  try {
    dropped?.store.close();
  } catch (error) {
    // A connection that failed may fail to close as well; the reply has told the first reason already.
    if (!(error instanceof Error)) throw error;
  }
}

serveRequests(answer, dropFile);
