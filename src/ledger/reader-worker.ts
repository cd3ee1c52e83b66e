// Answers short reads beside the writer, so that neither it nor the main thread waits for them.
import { workerData } from 'node:worker_threads';
import { type EntryRow, type LedgerReadStore, openLedgerReadStore } from '../store/ledger/index.ts';
import { decodeBodyBlock } from './body-block.ts';
import type { CallPage, EventPage, KeySpending, StoredCallWithBodies } from './ledger.ts';
import { readOverview } from './overview.ts';
import { encodeCursor } from './page-cursor.ts';
import { matchesFilter, readPage } from './read-page.ts';
import type { ReaderData, ReaderRequest } from './reader-messages.ts';
import { dayMs } from './roll-up.ts';
import { toStoredCall, toStoredEvent, toTuple } from './stored-record.ts';
import { serveRequests } from './worker-server.ts';

const { path } = workerData as ReaderData;
let opened: LedgerReadStore | null = null;
const writers = new Map<number, string>();

function findWriter(store: LedgerReadStore, chainId: number): string {
  let writer = writers.get(chainId);
  if (writer === undefined) {
    writer = store.readWriter(chainId) ?? '';
    writers.set(chainId, writer);
  }
  return writer;
}

function readCalls(store: LedgerReadStore, request: ReaderRequest & { type: 'calls' }): CallPage {
  const { org, before, limit, filter, now } = request;
  const { fromMs, toMs, ...rest } = filter;
  const isFiltered = Object.values(rest).some((value) => value !== undefined);
  const { found, next } = readPage(store, {
    org,
    kind: 'call',
    before,
    limit,
    from: fromMs ?? 0,
    to: toMs ?? Number.MAX_SAFE_INTEGER,
    accept: isFiltered ? (tuple, row) => tuple[0] === 'call' && matchesFilter(tuple, row, rest) : null,
  });
  const calls = found.flatMap(({ row, tuple }) =>
    tuple[0] === 'call' ? [toStoredCall(row, tuple, { writer: findWriter(store, row.chainId), now })] : [],
  );
  return { calls, next: next === null ? null : encodeCursor(next) };
}

function readEvents(store: LedgerReadStore, request: ReaderRequest & { type: 'events' }): EventPage {
  const { org, before, limit, event, subject } = request;
  const isFiltered = event !== null || subject !== null;
  const { found, next } = readPage(store, {
    org,
    kind: 'event',
    before,
    limit,
    from: 0,
    to: Number.MAX_SAFE_INTEGER,
    accept: isFiltered
      ? (tuple) =>
          tuple[0] === 'event' &&
          (event === null || tuple[6] === event || tuple[6].startsWith(`${event}.`)) &&
          (subject === null || tuple[7] === subject)
      : null,
  });
  const events = found.map(({ row, tuple }) => toStoredEvent(row, tuple, findWriter(store, row.chainId)));
  return { events, next: next === null ? null : encodeCursor(next) };
}

function readBodies(store: LedgerReadStore, row: EntryRow): StoredCallWithBodies['bodies'] {
  if (row.bodyBlock === null || row.bodyPosition === null) return null;
  const block = store.readBlock(row.bodyBlock);
  const entry = block === null ? null : decodeBodyBlock(block.data)[row.bodyPosition];
  if (entry === null || entry === undefined) return null;
  // Copies: a view would carry the bodies of other calls to the main thread.
  return { request: new Uint8Array(entry.request), response: new Uint8Array(entry.response) };
}

function readCall(store: LedgerReadStore, id: string, now: number): StoredCallWithBodies | null {
  const row = store.readEntry(id, 'call');
  if (row === null) return null;
  const tuple = toTuple(row);
  if (tuple[0] !== 'call') return null;
  const call = toStoredCall(row, tuple, { writer: findWriter(store, row.chainId), now });
  // Expired bodies may still be there until the next pruning, but their time is over.
  return { call, bodies: call.bodies === 'kept' ? readBodies(store, row) : null };
}

function readSpending(store: LedgerReadStore, fromDay: number): readonly KeySpending[] {
  return store.readSpending(fromDay).map(({ day, ...row }) => ({ ...row, dayMs: day * dayMs }));
}

function answer(request: ReaderRequest): unknown {
  const store = (opened ??= openLedgerReadStore(path));
  switch (request.type) {
    case 'calls':
      return readCalls(store, request);
    case 'events':
      return readEvents(store, request);
    case 'call':
      return readCall(store, request.id, request.now);
    case 'overview':
      return readOverview(store, request.request);
    case 'spending':
      break;
  }
  return readSpending(store, request.fromDay);
}

serveRequests(answer);
