import { createWriteStream, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { VerifyLine } from '../../api/contract.ts';
import { toFailureText, toRemedyText } from '../../kernel/index.ts';
import type { VerifyFinding, VerifyProgress, VerifyReport } from '../../ledger/verify.ts';
import { type Command, type CommandContext, serverOptions } from '../command.ts';
import { toSafeText } from '../display-width.ts';
import { done, exitCodes, type Outcome, stop, wrongUsage } from '../problem.ts';

/** A report from here or from a server, whose newer version may know further kinds of finding. */
type Report = Omit<VerifyReport, 'findings'> & {
  readonly findings: readonly (Omit<VerifyFinding, 'kind'> & { readonly kind: string })[];
};

function toReportText(report: Report, { paint }: CommandContext): string {
  const verdict = report.ok
    ? paint.good('Every chain holds.')
    : paint.bad(`${report.findingCount} ${report.findingCount === 1 ? 'place is' : 'places are'} damaged.`);
  const lines = [
    verdict,
    `${report.rows} rows in ${report.chains} chains, ${report.bodies} bodies, ${report.erasedRows} rows erased on request`,
    `${report.checkpoints} checkpoints, ${report.trustedCheckpoints} of them signed by a key that you trust; ` +
      `${report.unsignedRows} rows after the last of those`,
  ];
  if (report.gapCalls > 0) {
    lines.push(`${report.gapCalls} calls were served but not recorded; gap events tell when`);
  }
  if (report.interrupted.length > 0) {
    lines.push(`${report.interrupted.length} calls were interrupted by a crash`);
  }
  if (report.open.length > 0) lines.push(`${report.open.length} calls were opened and never closed`);
  for (const finding of report.findings) {
    const place = [finding.org, finding.writer, finding.seq, finding.id]
      .filter((part) => part !== null)
      .join(' ');
    lines.push(`${paint.bad('✗')} ${finding.kind} (${toSafeText(place)}): ${toSafeText(finding.text)}`);
  }
  if (report.findingCount > report.findings.length) {
    lines.push(`… and ${report.findingCount - report.findings.length} more`);
  }
  return `${lines.join('\n')}\n`;
}

/** Progress on one line of a terminal; a pipe gets none. */
function createProgress(context: CommandContext): (progress: VerifyProgress) => void {
  return ({ rows, totalRows }) => {
    if (!context.io.isTerminal) return;
    const whole = totalRows > 0 ? ` of ${totalRows}` : '';
    void context.remark(`\r${rows}${whole} rows`);
  };
}

async function tell(context: CommandContext, report: Report): Promise<Outcome<number>> {
  if (context.io.isTerminal) await context.remark('\r\u001b[K');
  await context.print(context.isJson ? `${JSON.stringify(report)}\n` : toReportText(report, context));
  return done(report.ok ? exitCodes.ok : exitCodes.failed);
}

async function readKeys(files: readonly string[]): Promise<Outcome<readonly string[]>> {
  const keys: string[] = [];
  for (const file of files) {
    try {
      keys.push(await readFile(file, 'utf8'));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      return wrongUsage(
        `Cannot read the key "${file}": ${String(error.code)}`,
        'Name a file with a public key in PEM',
      );
    }
  }
  return done(keys);
}

/** Verifies without a server: a data folder, or an exported file. */
async function verifyOffline(context: CommandContext, target: string): Promise<Outcome<number>> {
  const keys = await readKeys(context.list('trust'));
  if (!keys.ok) return keys;
  // Loaded here, because it brings the database with it and no other command needs that.
  const { verifyDataFolder, verifyExport } = await import('../../ledger/verify.ts');
  const isFolder = statSync(target, { throwIfNoEntry: false })?.isDirectory() === true;
  const onProgress = createProgress(context);
  const outsideFile = context.text('checkpoints');
  const verified = isFolder
    ? await verifyDataFolder({
        folder: target,
        publicKeys: keys.value,
        now: context.io.now(),
        isDeep: context.flag('deep'),
        onProgress,
        ...(outsideFile === undefined ? {} : { outsideFile }),
      })
    : await verifyExport({ file: target, publicKeys: keys.value, onProgress });
  if (verified.ok) return tell(context, verified.value);
  return stop({
    exitCode: exitCodes.failed,
    text: toFailureText(verified.failure),
    remedy: toRemedyText(verified.failure),
  });
}

/** Lets the server verify, and takes its report from the last line. */
async function verifyOnline(context: CommandContext): Promise<Outcome<number>> {
  const api = context.connect();
  if (!api.ok) return api;
  const stream = await api.value.stream('POST', '/api/ledger/verify');
  if (!stream.ok) return stream;
  const onProgress = createProgress(context);
  let rest = '';
  const decoder = new TextDecoder();
  try {
    for await (const piece of stream.value) {
      const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const said = JSON.parse(line) as VerifyLine;
        if (said.kind === 'report') return await tell(context, said.report);
        onProgress(said);
      }
    }
  } catch (error) {
    // A cut connection says that the verification itself broke; it is told below like a stream that just
    // ended.
    if (!(error instanceof TypeError)) throw error;
  }
  return stop({
    exitCode: exitCodes.failed,
    text: 'Cannot verify the ledger: the server broke off',
    remedy: 'See its log, or verify without it: changeover ledger verify FOLDER',
  });
}

const ledgerVerify: Command = {
  noun: 'ledger',
  verb: 'verify',
  words: ['[FOLDER|FILE]'],
  summary: 'Verify every chain, row and checkpoint; exit code 1 when anything is damaged',
  details:
    'With a data folder or an exported file no server is needed; an auditor can do this elsewhere. Without one, the running server verifies its own ledger.',
  examples: [
    'changeover ledger verify',
    'changeover ledger verify ~/.changeover --deep',
    'changeover ledger verify export.jsonl --trust checkpoint-key.pem',
  ],
  options: {
    trust: {
      type: 'string',
      value: 'FILE',
      isRepeatable: true,
      help: 'Public key (PEM) whose checkpoints are believed',
    },
    checkpoints: {
      type: 'string',
      value: 'FILE',
      help: 'Compare with checkpoints that were written outside the folder',
    },
    deep: { type: 'boolean', help: 'Let SQLite check its pages and indexes too' },
    ...serverOptions,
  },
  async run(context) {
    const [target] = context.words;
    return target === undefined ? verifyOnline(context) : verifyOffline(context, target);
  },
};

const ledgerExport: Command = {
  noun: 'ledger',
  verb: 'export',
  words: [],
  summary: 'Export records and checkpoints as JSON lines that can be verified elsewhere',
  examples: [
    'changeover ledger export --out ledger.jsonl',
    'changeover ledger export --from 2026-11-01 | gzip > november.jsonl.gz',
  ],
  options: {
    out: {
      type: 'string',
      value: 'FILE',
      help: 'Write there, to a file that does not exist yet; default stdout',
    },
    from: { type: 'string', value: 'DATE', help: 'From this time on (2026-11-01, or with time and offset)' },
    to: { type: 'string', value: 'DATE', help: 'Up to this time' },
    data: serverOptions['data'] ?? { type: 'string', help: '' },
    url: serverOptions['url'] ?? { type: 'string', help: '' },
  },
  async run(context) {
    const query = new URLSearchParams();
    for (const name of ['from', 'to']) {
      const text = context.text(name);
      if (text === undefined) continue;
      const at = Date.parse(text);
      if (Number.isNaN(at)) {
        return wrongUsage(`Cannot read --${name} "${text}"`, 'Write it as 2026-11-01T00:00:00Z');
      }
      query.set(name, String(at));
    }
    const api = context.connect();
    if (!api.ok) return api;
    const stream = await api.value.stream('GET', `/api/ledger/export?${query.toString()}`);
    if (!stream.ok) return stream;
    return write(context, stream.value);
  },
};

async function write(context: CommandContext, pieces: AsyncIterable<Uint8Array>): Promise<Outcome<number>> {
  const out = context.text('out');
  try {
    if (out === undefined) {
      for await (const piece of pieces) await context.io.stdout.write(piece);
    } else {
      await pipeline(pieces, createWriteStream(out, { flags: 'wx', mode: 0o600 }));
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'the server broke off';
    return stop({
      exitCode: exitCodes.failed,
      text: `Cannot finish the export: ${code}`,
      remedy: 'Name a file that does not exist yet with --out, and try again; what was written is incomplete',
    });
  }
  if (out !== undefined) {
    await context.remark(`Wrote ${out}. Verify it with: changeover ledger verify ${out}\n`);
  }
  return done(0);
}

export const ledgerCommands = [ledgerVerify, ledgerExport];
