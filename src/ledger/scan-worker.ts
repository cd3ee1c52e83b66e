// Reads that go through much of ledger.db (verification, export, backup, the search of an erasure) in a
// thread of their own, so that pages and overviews do not wait behind them.
import { workerData } from 'node:worker_threads';
import { type LedgerReadStore, openLedgerReadStore } from '../store/ledger/index.ts';
import { exportLedger } from './export-ledger.ts';
import type { ReaderData } from './reader-messages.ts';
import type { ExportStep, FoundIds, ScanRequest } from './scan-messages.ts';
import { toTuple } from './stored-record.ts';
import { verifyLedger } from './verify-ledger.ts';
import { serveRequests, type TellProgress } from './worker-server.ts';

/** Rows read at once while looking for calls. */
const findStep = 2_000;

const { path } = workerData as ReaderData;
let opened: LedgerReadStore | null = null;
let pieces: ReturnType<typeof exportLedger> | null = null;

function nextPiece(): ExportStep {
  const step = pieces?.next();
  if (step === undefined) throw new TypeError('Cannot go on with an export that was not begun');
  return step.done === true ? { summary: step.value } : { piece: new TextEncoder().encode(step.value) };
}

function findCalls(store: LedgerReadStore, request: ScanRequest & { type: 'find-calls' }): FoundIds {
  const { org, key, conversation, count } = request;
  const ids: string[] = [];
  let place = request.after;
  while (ids.length < count) {
    const rows = store.readEntriesAfter(place, Number.MAX_SAFE_INTEGER, findStep);
    for (const row of rows) {
      place = row.place;
      if (row.kind !== 'call' || row.org !== org || row.erasedBy !== null) continue;
      if (row.salt === null && row.bodyBlock === null) continue;
      const isMeant =
        (conversation === null || row.conversation === conversation) &&
        (key === null || toTuple(row)[6] === key);
      if (isMeant) ids.push(row.id);
    }
    if (rows.length < findStep) return { ids, next: null };
  }
  return { ids, next: place };
}

function answer(request: ScanRequest, tell: TellProgress): unknown {
  const store = (opened ??= openLedgerReadStore(path));
  switch (request.type) {
    case 'verify':
      return verifyLedger(store, { ...request, onProgress: tell });
    case 'begin-export':
      pieces = exportLedger(store, request.range);
      return null;
    case 'next-piece':
      return nextPiece();
    case 'backup':
      store.copyTo(request.path);
      return null;
    case 'find-calls':
      break;
  }
  return findCalls(store, request);
}

serveRequests(answer);
