// Checks who may import what: the table of docs/architecture.md as data. An import that is not in it is an
// error, so that the folders stay what they say they are.
import path from 'node:path';
import { type Fault, type ProjectFiles, readProject, reportFaults } from './project-files.ts';
import { type ImportLine, readImports } from './read-imports.ts';
import { splitSource, toLine } from './source-text.ts';

/**
 * A folder of `src/`: the doors of other folders that it may import, and the packages that are its own
 * business.
 */
interface FolderRule {
  /** Names of folders (their `index.ts`), or of side doors, as in `protocol/neutral`. */
  readonly imports: readonly string[];
  /** Pure folders take time, randomness and ids as arguments and do no input or output. */
  readonly isPure?: boolean;
  /** npm packages. `undici` and `zod` are kept to few folders on purpose. */
  readonly packages?: readonly string[];
  /** `client`: may open connections; `server`: may only listen. Others do neither. */
  readonly network?: 'client' | 'server';
}

export const folderRules: Readonly<Record<string, FolderRule>> = {
  kernel: { imports: [], isPure: true },
  protocol: { imports: ['kernel'], isPure: true },
  catalog: { imports: ['kernel'], isPure: true },
  routing: { imports: ['kernel', 'protocol/neutral', 'catalog'], isPure: true },
  policy: { imports: ['kernel', 'protocol/neutral', 'catalog'], isPure: true },
  config: { imports: ['kernel', 'catalog', 'policy', 'routing'], packages: ['yaml', 'zod'] },
  vault: { imports: ['kernel'] },
  store: { imports: ['kernel'] },
  sim: { imports: ['kernel'], network: 'server' },
  ledger: { imports: ['kernel', 'vault', 'store'] },
  endpoint: { imports: ['kernel', 'protocol', 'catalog', 'vault'], packages: ['undici'], network: 'client' },
  gateway: {
    imports: ['kernel', 'protocol', 'catalog', 'routing', 'policy', 'endpoint'],
    network: 'server',
  },
  trial: {
    imports: ['kernel', 'protocol', 'catalog', 'vault', 'store', 'ledger'],
    packages: ['ajv', 'ajv-formats', 'zod'],
  },
  api: {
    imports: ['kernel', 'config', 'catalog', 'policy', 'routing', 'store', 'ledger', 'trial'],
    packages: ['zod'],
    network: 'server',
  },
  cli: {
    imports: ['kernel', 'api/contract', 'ledger/verify', 'trial/verify', 'assembly'],
    network: 'client',
  },
  assembly: { imports: ['*'], network: 'client' },
};

/** Doors of a folder beside its `index.ts`: a file, or the `index.ts` of an inner folder. */
export const sideDoors: readonly string[] = [
  'api/contract',
  'ledger/verify',
  'protocol/anthropic-messages',
  'protocol/neutral',
  'protocol/openai-chat',
  'protocol/patch',
  'protocol/sse',
  'store/ledger',
  'trial/decision',
  'trial/graders',
  'trial/statistics',
  'trial/verify',
];

/** Parts of folders that are pure although the folder is not; a grader that asks over HTTP is left out. */
export const pureParts: readonly RegExp[] = [/^src\/trial\/(statistics|decision|graders)\/(?!.*http)/];

/** `src/main.ts` hands over to these and decides nothing. */
const entryImports: readonly string[] = ['kernel', 'cli', 'assembly'];

/** What pure code may not name. Time and randomness are the business of tidy, which looks in every folder. */
const impureNames: readonly string[] = [
  // A variable may be called `process`, as the mathematicians' kind is; only Node's own has these.
  String.raw`process(?=\.(?:env|argv|cwd|hrtime|nextTick|exit|on|off|once|emit|std\w+|memoryUsage|pid|platform)\b)`,
  'Buffer|require|__dirname|__filename|fetch|WebSocket|Worker|localStorage|console|setImmediate',
];

const impureGlobals = new RegExp(String.raw`(?<![.\w$'"])(?:${impureNames.join('|')})(?=\s*[.([<])`, 'g');

/** What may be imported from the modules that open connections by folders that only listen. */
const serverSide: ReadonlyMap<string, RegExp> = new Map([
  [
    'node:http',
    /^(createServer|Server|IncomingMessage|ServerResponse|STATUS_CODES|METHODS|validateHeader\w+)$/,
  ],
  ['node:https', /^(createServer|Server)$/],
  ['node:http2', /^(createServer|createSecureServer|constants)$/],
  ['node:tls', /^(createServer|createSecureContext|Server|rootCertificates)$/],
  ['node:net', /^(createServer|Server|isIP|isIPv4|isIPv6|BlockList|SocketAddress)$/],
]);

/** Modules that only clients need. */
const clientOnly: ReadonlySet<string> = new Set([
  'node:dgram',
  'node:dns',
  'node:dns/promises',
  'node:inspector',
]);

/** Modules with one owner. */
const ownedModules: ReadonlyMap<string, readonly string[]> = new Map([
  ['node:sqlite', ['store']],
  ['node:child_process', ['cli', 'assembly']],
  ['node:cluster', ['assembly']],
]);

/** Limit of a door: it lists names and holds no code. */
const doorLinesMax = 40;

/** Finds imports that the table does not allow, and doors that are more than doors. */
export function findBoundaryFaults(files: ProjectFiles): Fault[] {
  const faults: Fault[] = [];
  for (const [file, source] of files) {
    if (!/^(src|test|tools|bench)\/.*\.ts$/.test(file)) continue;
    for (const line of readImports(source)) {
      const text = judgeImport(file, line, files);
      if (text !== undefined) faults.push({ file, line: line.line, text });
    }
    faults.push(...findImpureGlobals(file, source), ...findDoorFaults(file, source));
  }
  return faults;
}

function isTest(file: string): boolean {
  return !file.startsWith('src/') || /\.(test|case)\.ts$/.test(file);
}

function toFolder(file: string): string | undefined {
  return /^src\/([^/]+)\//.exec(file)?.[1];
}

function isPure(file: string): boolean {
  const folder = toFolder(file);
  if (folder === undefined || isTest(file)) return false;
  return folderRules[folder]?.isPure === true || pureParts.some((part) => part.test(file));
}

/** Says what is wrong with one import, or undefined. */
function judgeImport(file: string, line: ImportLine, files: ProjectFiles): string | undefined {
  const { specifier } = line;
  if (specifier.startsWith('.')) return judgeRelative(file, specifier, files);
  return isTest(file) ? undefined : judgeModule(file, line);
}

function judgeRelative(file: string, specifier: string, files: ProjectFiles): string | undefined {
  const target = path.posix.join(path.posix.dirname(file), specifier);
  if (!/\.(ts|mjs|json)$/.test(target)) {
    return `Cannot import "${specifier}": name the file with its ending .ts`;
  }
  const from = toFolder(file);
  const to = toFolder(target);
  if (to === undefined) {
    if (!file.startsWith('src/') || target === 'package.json') return undefined;
    if (isTest(file) && target.startsWith('test/')) return undefined;
    return from === undefined || target.startsWith('src/')
      ? `Cannot import "${target}": nothing imports the entry file`
      : `Cannot import "${target}": src/ does not depend on what lies around it`;
  }
  if (from === to) return undefined;
  const door = toDoor(target);
  if (door === undefined || (files.size > 0 && !files.has(target))) {
    return `Cannot import "${target}": enter the folder "${to}" by its index.ts or a listed side door`;
  }
  if (isTest(file)) return undefined;
  const allowed = from === undefined ? entryImports : (folderRules[from]?.imports ?? []);
  const isAllowed = allowed.includes('*') || allowed.includes(door) || allowed.includes(to);
  return isAllowed
    ? undefined
    : `Cannot import "${door}" from "${from ?? 'the entry file'}": the import table forbids it`;
}

/** The name of the door that a file is, or undefined for an inner file. */
function toDoor(target: string): string | undefined {
  const place = target
    .replace(/^src\//, '')
    .replace(/\.ts$/, '')
    .replace(/\/index$/, '');
  return place in folderRules || sideDoors.includes(place) ? place : undefined;
}

function judgeModule(file: string, line: ImportLine): string | undefined {
  const folder = toFolder(file);
  const rule: FolderRule = (folder === undefined ? undefined : folderRules[folder]) ?? { imports: [] };
  const { specifier } = line;
  const module = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  if (!specifier.startsWith('node:')) {
    return rule.packages?.includes(module) === true
      ? undefined
      : `Cannot import the package "${module}" here: the import table gives it to other folders`;
  }
  if (isPure(file)) return `Cannot import "${specifier}": pure code takes what it needs as arguments`;
  const owners = ownedModules.get(specifier);
  if (owners !== undefined && !owners.includes(folder ?? '')) {
    return `Cannot import "${specifier}": only ${owners.join(' and ')} may`;
  }
  return line.isTypeOnly ? undefined : judgeNetwork(line, rule);
}

function judgeNetwork(line: ImportLine, rule: FolderRule): string | undefined {
  const { specifier } = line;
  if (rule.network === 'client') return undefined;
  if (clientOnly.has(specifier)) return `Cannot import "${specifier}": only src/endpoint opens connections`;
  const allowed = serverSide.get(specifier);
  if (allowed === undefined) return undefined;
  const forbidden = line.names.find((name) => !allowed.test(name));
  if (forbidden !== undefined) {
    return `Cannot import ${forbidden} from "${specifier}": only src/endpoint opens connections`;
  }
  const isListening = line.names.some((name) => /^create(Secure)?Server$/.test(name));
  return isListening && rule.network !== 'server'
    ? `Cannot listen here: only servers' folders import "${specifier}"`
    : undefined;
}

function findImpureGlobals(file: string, source: string): Fault[] {
  if (!file.startsWith('src/') || isTest(file)) return [];
  const { code } = splitSource(source);
  const faults: Fault[] = [];
  if (isPure(file)) {
    for (const match of code.matchAll(impureGlobals)) {
      const text = `Cannot use ${match[0]} in pure code: take what it gives as an argument`;
      faults.push({ file, line: toLine(source, match.index), text });
    }
  }
  const folder = toFolder(file);
  if (folder !== undefined && folderRules[folder]?.network === 'client') return faults;
  for (const match of code.matchAll(
    /(?<![.\w$])(?:globalThis\.)?(?:fetch|new WebSocket|new EventSource)\s*\(/g,
  )) {
    faults.push({
      file,
      line: toLine(source, match.index),
      text: 'Cannot open a connection here: only src/endpoint does',
    });
  }
  return faults;
}

function findDoorFaults(file: string, source: string): Fault[] {
  const folder = toFolder(file);
  if (folder === undefined) return [];
  const faults: Fault[] = [];
  if (!(folder in folderRules)) {
    faults.push({ file, line: 1, text: `Cannot place "${folder}": it is not in the import table` });
  }
  if (!file.endsWith('/index.ts')) return faults;
  const { code } = splitSource(source);
  const star = /\bexport\s*\*/.exec(code);
  if (star !== null) {
    faults.push({
      file,
      line: toLine(source, star.index),
      text: 'Cannot export *: name what leaves the folder',
    });
  }
  const lines = code.split('\n').filter((line) => line.trim() !== '').length;
  if (lines > doorLinesMax) {
    faults.push({
      file,
      line: 1,
      text: `Cannot have a door of ${lines} lines: ${doorLinesMax} at most, split the folder or hide more`,
    });
  }
  return faults;
}

/** With fewer files than this the walk went wrong, and a check that sees nothing finds nothing. */
const filesMin = 60;

if (import.meta.main) {
  const files = readProject();
  const seen = [...files.keys()].filter((file) => /^src\/.*\.ts$/.test(file)).length;
  const tooFew: Fault[] =
    seen < filesMin
      ? [{ file: 'src', line: 1, text: `Saw ${seen} files: expected ${filesMin} or more` }]
      : [];
  reportFaults('boundaries', seen, [...tooFew, ...findBoundaryFaults(files)]);
}
