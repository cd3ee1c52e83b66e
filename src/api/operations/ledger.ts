import { failure } from '../../kernel/index.ts';
import type { VerifyLine } from '../contract.ts';
import { ledger, eraseBody, erased, exportQuery, verifyLine } from '../schemas/server.ts';
import { toLedgerView, toVerifyReport } from '../views/to-ledger.ts';
import { defineOperation, json } from './operation.ts';
import { createPipe, type Pipe } from './pipe.ts';

const showLedger = defineOperation({
  id: 'showLedger',
  method: 'GET',
  path: '/api/ledger',
  summary: 'Shows how the ledger keeps up',
  access: 'admin',
  query: null,
  body: null,
  answer: { status: 200, description: 'Its figures', schema: ledger },
  failures: [],
  async handle(_input, { controlPlane }) {
    return json(toLedgerView(controlPlane.ledger));
  },
});

function writeLine(pipe: Pipe, line: VerifyLine): Promise<void> {
  return pipe.write(Buffer.from(`${JSON.stringify(line)}\n`));
}

const verifyLedger = defineOperation({
  id: 'verifyLedger',
  method: 'POST',
  path: '/api/ledger/verify',
  summary: 'Verifies every chain, row and checkpoint, and tells its progress line by line',
  access: 'admin',
  query: null,
  body: null,
  answer: {
    status: 200,
    description: 'Progress, then the report',
    schema: verifyLine,
    contentType: 'application/x-ndjson',
  },
  failures: [],
  async handle(_input, { controlPlane, signal }) {
    const pipe = createPipe(signal);
    pipe.run(async () => {
      let isWriting = false;
      const report = await controlPlane.ledger.verify({
        onProgress({ rows, totalRows }) {
          // A slow reader gets fewer lines, not a growing queue of them.
          if (isWriting) return;
          isWriting = true;
          const allowNext = (): void => {
            isWriting = false;
          };
          // A reader that has left is noticed by the report's own line.
          writeLine(pipe, { kind: 'progress', rows, totalRows }).then(allowNext, allowNext);
        },
      });
      await writeLine(pipe, { kind: 'report', report: toVerifyReport(report) });
    });
    return {
      ok: true,
      value: { kind: 'stream', contentType: 'application/x-ndjson', pieces: pipe.pieces },
    };
  },
});

const exportLedger = defineOperation({
  id: 'exportLedger',
  method: 'GET',
  path: '/api/ledger/export',
  summary:
    'Exports records and checkpoints as JSON lines, which "changeover ledger verify" can check elsewhere',
  access: 'admin',
  query: exportQuery,
  body: null,
  answer: {
    status: 200,
    description: 'JSON lines in the format of the ledger',
    schema: null,
    contentType: 'application/x-ndjson',
  },
  failures: [],
  async handle({ query }, { controlPlane, signal }) {
    const pipe = createPipe(signal);
    pipe.run(async () => {
      await controlPlane.ledger.export({
        ...(query.from === undefined ? {} : { fromMs: query.from }),
        ...(query.to === undefined ? {} : { toMs: query.to }),
        write: (piece) => pipe.write(piece),
      });
    });
    return {
      ok: true,
      value: { kind: 'stream', contentType: 'application/x-ndjson', pieces: pipe.pieces },
    };
  },
});

const eraseFromLedger = defineOperation({
  id: 'eraseFromLedger',
  method: 'POST',
  path: '/api/ledger/erase',
  summary: 'Erases bodies and conversations of calls for good; the chain stands and says that it was done',
  access: 'admin',
  query: null,
  body: eraseBody,
  answer: { status: 200, description: 'What was erased', schema: erased },
  failures: [],
  async handle({ body }, { controlPlane, actor }) {
    const { calls, key, conversation, reason, org = 'main' } = body;
    const given = [calls, key, conversation].filter((target) => target !== undefined);
    if (given.length !== 1) {
      const field = '"calls", "key" or "conversation"';
      return failure('CHG_FIELD_INVALID', { field, reason: 'must be given, and only one' });
    }
    const summary = await controlPlane.ledger.erase({
      org,
      ...(calls === undefined ? {} : { calls }),
      ...(key === undefined ? {} : { key }),
      ...(conversation === undefined ? {} : { conversation }),
      reason,
      actor,
    });
    return json({ calls: summary.calls, events: summary.events });
  },
});

export const ledgerOperations = [showLedger, verifyLedger, exportLedger, eraseFromLedger];
