import type { BackupView, Status } from '../../api/contract.ts';
import { type Command, type CommandContext, serverOptions } from '../command.ts';
import { toSafeText } from '../display-width.ts';
import { toBytesText, toDurationText } from '../format.ts';
import { done, type Outcome, wrongUsage } from '../problem.ts';
import { toFacts } from '../table.ts';

/** A flag wins over the environment; an empty variable counts as none. */
function pick(context: CommandContext, option: string, variable: string): string | null {
  const flag = context.text(option);
  if (flag !== undefined) return flag;
  const value = context.io.env[variable];
  return value === undefined || value === '' ? null : value;
}

function toPort(text: string | null): Outcome<number | null> {
  if (text === null) return done(null);
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return done(port);
  return wrongUsage(`Cannot use the port "${text}"`, 'Give a number from 0 (any free port) to 65535');
}

const serve: Command = {
  noun: null,
  verb: 'serve',
  words: [],
  summary: 'Run the gateway; this is what "changeover" alone does',
  details: [
    'Without a configuration it finds provider keys in the environment and model servers on this machine, and else',
    'answers with simulated endpoints. Flags win over environment variables. CHANGEOVER_ADMIN_KEY fixes the admin',
    'key, CHANGEOVER_SECRET the secret that everything stored is encrypted with; CHANGEOVER_DISCOVER=0 looks for',
    'nothing.',
  ].join(' '),
  examples: [
    'changeover',
    'changeover serve --port 9000 --config changeover.yaml',
    'CHANGEOVER_PORT=9000 changeover',
  ],
  options: {
    port: { type: 'string', value: 'PORT', help: 'Port to listen on (CHANGEOVER_PORT); default 8787' },
    host: {
      type: 'string',
      value: 'ADDRESS',
      help: 'Address to listen on; default 127.0.0.1, this machine only',
    },
    data: {
      type: 'string',
      value: 'FOLDER',
      help: 'Data folder (CHANGEOVER_DATA); default ./.changeover or ~/.changeover',
    },
    config: { type: 'string', value: 'FILE', help: 'Configuration file that rules (CHANGEOVER_CONFIG)' },
    'no-open': { type: 'boolean', help: 'Do not open a browser at the first start' },
  },
  async run(context) {
    const { io } = context;
    const port = toPort(pick(context, 'port', 'CHANGEOVER_PORT'));
    if (!port.ok) return port;
    const assembly = await io.loadAssembly();
    const exitCode = await assembly.serve({
      folder: context.folder,
      configFile: pick(context, 'config', 'CHANGEOVER_CONFIG'),
      host: context.text('host') ?? null,
      port: port.value,
      env: io.env,
      version: io.version,
      opensBrowser: !context.flag('no-open'),
      isTerminal: io.isTerminal,
      writeOut: (text) => void io.stdout.write(text),
      writeError: (text) => void io.stderr.write(text),
    });
    return done(exitCode);
  },
};

const sim: Command = {
  noun: null,
  verb: 'sim',
  words: ['[OPTION…]'],
  summary: 'Run simulated endpoints on their own, for tests and demonstrations',
  details: '"changeover sim --help" tells its options.',
  examples: ['changeover sim --vendor deepseek --port 9200 --seed 7'],
  options: {},
  takesAll: true,
  async run({ io, words }) {
    const assembly = await io.loadAssembly();
    const exitCode = await assembly.simulate(words, {
      writeOut: (text) => void io.stdout.write(text),
      writeError: (text) => void io.stderr.write(text),
    });
    return done(exitCode);
  },
};

function toSourceText({ config: { source, hash } }: Status): string {
  const short = hash.slice(0, 12);
  if (source.kind === 'file') return `the file ${toSafeText(source.file)} (${short})`;
  return source.kind === 'store' ? `stored version ${source.version} (${short})` : `built in (${short})`;
}

function toStatusText(status: Status, { paint }: CommandContext): string {
  const { ledger } = status;
  const lag =
    ledger.queuedRows === 0
      ? 'up to date'
      : `${ledger.queuedRows} rows waiting, ${toDurationText(ledger.lagMs)} behind`;
  const pressure = ledger.pressure === 'normal' ? paint.good(lag) : paint.bad(`${ledger.pressure}: ${lag}`);
  const rows = ledger.rows === null ? '' : `, ${ledger.rows} rows`;
  const facts: (readonly [string, string])[] = [
    ['Version', status.version],
    ['Running for', toDurationText(status.uptimeMs)],
    ['Addresses', status.listeners.map(({ url }) => toSafeText(url)).join(', ')],
    ['Data folder', toSafeText(status.dataFolder)],
    ['Configuration', toSourceText(status)],
    ['Endpoints', status.simulated ? 'simulated only: no vendor is called' : 'real'],
    ['Calls in flight', String(status.inFlight)],
    ['Ledger', `${pressure}${rows}, ${toBytesText(ledger.fileBytes)}, ${ledger.durability}`],
  ];
  const problems = [
    ...(ledger.writeError === null ? [] : [`The ledger cannot write: ${ledger.writeError}`]),
    ...(ledger.upkeepError === null ? [] : [`The ledger cannot be kept up: ${ledger.upkeepError}`]),
    ...(ledger.gapCalls === 0 ? [] : [`${ledger.gapCalls} calls were served but not recorded`]),
    ...(ledger.shedBodies === 0 ? [] : [`The bodies of ${ledger.shedBodies} calls were dropped`]),
    ...status.config.warnings.map(
      ({ path, text, remedy }) => `${path === '' ? '' : `${path}: `}${text}. ${remedy}`,
    ),
  ];
  return toFacts(facts, paint) + problems.map((text) => `${paint.bad('!')} ${toSafeText(text)}\n`).join('');
}

const status: Command = {
  noun: null,
  verb: 'status',
  words: [],
  summary: 'Say how the server does',
  examples: ['changeover status', 'changeover status --json'],
  options: serverOptions,
  async run(context) {
    const api = context.connect();
    if (!api.ok) return api;
    const answer = await api.value.get<Status>('/api/status');
    if (!answer.ok) return answer;
    await context.print(context.isJson ? answer.value.text : toStatusText(answer.value.body, context));
    return done(0);
  },
};

const backup: Command = {
  noun: null,
  verb: 'backup',
  words: [],
  summary: 'Copy state and ledger into a new folder on the server, while it runs',
  details: 'The key file is left out: keep it elsewhere, for without it no backup can be read.',
  examples: ['changeover backup'],
  options: serverOptions,
  async run(context) {
    const api = context.connect();
    if (!api.ok) return api;
    const made = await api.value.send<BackupView>('POST', '/api/backup');
    if (!made.ok) return made;
    const { folder, files } = made.value.body;
    const lines = files.map(({ name, bytes }) => `  ${toSafeText(name)}  ${toBytesText(bytes)}\n`).join('');
    await context.print(context.isJson ? made.value.text : `${toSafeText(folder)}\n${lines}`);
    return done(0);
  },
};

const version: Command = {
  noun: null,
  verb: 'version',
  words: [],
  summary: 'Say which version this is',
  examples: ['changeover version'],
  options: {},
  async run(context) {
    await context.print(`${context.io.version}\n`);
    return done(0);
  },
};

export const serverCommands = [serve, sim, status, backup, version];
