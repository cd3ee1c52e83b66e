import { type Clock, failure, type Result, success } from '../kernel/index.ts';
import type { PagePosition } from '../store/ledger/index.ts';
import type { ExportSummary, Ledger, PageRequest } from './ledger.ts';
import { parseCursor } from './page-cursor.ts';
import type { ReaderRequest } from './reader-messages.ts';
import { dayMs } from './roll-up.ts';
import type { ExportStep, ScanRequest } from './scan-messages.ts';
import type { VerifyProgress, VerifyReport } from './verify-report.ts';
import type { WorkerLink } from './worker-link.ts';

const defaultLimit = 50;

/** Limit: rows of a page. */
const limitMax = 500;

interface ReaderParts {
  readonly link: WorkerLink<ReaderRequest>;
  readonly startScan: () => WorkerLink<ScanRequest>;
  readonly clock: Clock;
  /** PEM. */
  readonly publicKey: string;
  /** Writes what is queued, unless nothing can be written now. */
  readonly flush: () => Promise<void>;
}

interface Page {
  readonly org: string | null;
  readonly before: PagePosition | null;
  readonly limit: number;
}

function toPage({ org, limit = defaultLimit, cursor }: PageRequest): Result<Page> {
  if (!Number.isInteger(limit) || limit < 1 || limit > limitMax) {
    return failure('CHG_FIELD_INVALID', { field: 'limit', reason: `must be from 1 to ${limitMax}` });
  }
  const before = cursor === undefined ? null : parseCursor(cursor);
  if (cursor !== undefined && before === null) {
    return failure('CHG_FIELD_INVALID', { field: 'cursor', reason: 'is not the "next" of a page' });
  }
  return success({ org: org ?? null, before, limit });
}

async function runExport(
  { startScan, clock, flush }: ReaderParts,
  request: Parameters<Ledger['export']>[0],
): Promise<ExportSummary> {
  await flush();
  const scan = startScan();
  try {
    const { fromMs: from = 0, toMs: to = Number.MAX_SAFE_INTEGER } = request;
    await scan.ask({ type: 'begin-export', range: { from, to, now: clock.now() } });
    for (;;) {
      const step = await scan.ask<ExportStep>({ type: 'next-piece' });
      if ('summary' in step) return step.summary;
      await request.write(step.piece);
    }
  } finally {
    await scan.close();
  }
}

async function runVerify(
  { startScan, clock, publicKey, flush }: ReaderParts,
  request: NonNullable<Parameters<Ledger['verify']>[0]>,
): Promise<VerifyReport> {
  await flush();
  const scan = startScan();
  try {
    const { outsideFile } = request;
    return await scan.ask<VerifyReport>(
      { type: 'verify', now: clock.now(), publicKeys: [publicKey], outsideFile },
      { onProgress: (progress) => request.onProgress?.(progress as VerifyProgress) },
    );
  } finally {
    await scan.close();
  }
}

/** The reading half of the ledger. */
export function createLedgerReader(
  parts: ReaderParts,
): Pick<Ledger, 'calls' | 'call' | 'events' | 'overview' | 'spending' | 'verify' | 'export'> {
  const { link, clock } = parts;
  return {
    async calls(request) {
      const page = toPage(request);
      if (!page.ok) return page;
      const filter = request.filter ?? {};
      return success(await link.ask({ type: 'calls', ...page.value, filter, now: clock.now() }));
    },
    call: (id) => link.ask({ type: 'call', id, now: clock.now() }),
    async events(request) {
      const page = toPage(request);
      if (!page.ok) return page;
      const { event = null, subject = null } = request;
      return success(await link.ask({ type: 'events', ...page.value, event, subject }));
    },
    overview: (request) => link.ask({ type: 'overview', request }),
    spending: (sinceMs) => link.ask({ type: 'spending', fromDay: Math.floor(sinceMs / dayMs) }),
    verify: (request = {}) => runVerify(parts, request),
    export: (request) => runExport(parts, request),
  };
}
