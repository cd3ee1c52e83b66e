// Runs one of the tasks below on a Node.js that can run this project, setting up whatever is missing first.
//
// Plain JavaScript that runs on Node 16 and later: a newcomer's machine may have only an old Node, which
// cannot run TypeScript. Everything that is needed once only lies in `bootstrap/`, so that a later start
// reads three small files and hands over.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The oldest Node.js that runs this project: `node:sqlite` and type stripping are stable from here on. */
const floor = [24, 15, 0];

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const toolchain = path.join(root, '.toolchain');
const platform = `${process.platform}-${process.arch}`;

/** What can be run: the script, and the folders whose packages it needs. */
const tasks = {
  start: { script: 'src/main.ts' },
  test: { script: 'tools/check.ts' },
  'test:engines': { script: 'test/engines/run.ts' },
  'test:soak': { script: 'test/soak/run.ts' },
  bench: { script: 'bench/gateway/run.ts', packages: ['.', 'bench'] },
  'bench:statistics': { script: 'bench/statistics/run.ts' },
  'bench:evidence': { script: 'bench/evidence/run.ts' },
  format: { script: 'tools/format.ts' },
  generate: { script: 'tools/generate.ts' },
  build: { script: 'tools/build.ts' },
};

function isAtLeastFloor(version) {
  const parts = version.split('.').map(Number);
  const different = floor.findIndex((part, index) => parts[index] !== part);
  return different === -1 || parts[different] > floor[different];
}

/** The Node.js to run on: its file, and when that must be fetched first, where from. */
function findNode() {
  const wanted = process.env.CHANGEOVER_NODE || undefined;
  const running = process.versions.node;
  if (wanted === running || (wanted === undefined && isAtLeastFloor(running))) {
    return { file: process.execPath };
  }
  const pinned = JSON.parse(readText(path.join(root, 'tools', 'bootstrap', 'nodes.json')))[platform];
  if (pinned === undefined || (wanted !== undefined && !isAtLeastFloor(wanted))) return { wanted };
  const version = wanted ?? pinned.version;
  const home = path.join(toolchain, `node-${version}`);
  const bin = process.platform === 'win32' ? 'node.exe' : 'node';
  const file = path.join(home, 'node_modules', pinned.package, 'bin', bin);
  const source = { package: pinned.package, version, integrity: pinned.integrity[version], home };
  return existsSync(file) ? { file } : { file, wanted, source };
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/**
 * True when the packages of a folder are those of its lockfile. The mark is a copy of the lockfile that was
 * installed, written last; so an install that was cut short has none, and no hash needs to be computed at
 * each start.
 */
function isInstalled(folder) {
  const mark = readText(path.join(folder, 'node_modules', '.changeover-installed'));
  return mark !== undefined && mark === `${platform}\n${readText(path.join(folder, 'package-lock.json'))}`;
}

function usage() {
  return `Usage: npm run ${Object.keys(tasks).join('|')} -- ARGUMENTS`;
}

/**
 * `npm start -- --port 9000` means `serve --port 9000`; `npm start -- route list` is a command of the CLI.
 */
function toScriptArguments(name, given) {
  const isServing = name === 'start' && (given.length === 0 || given[0].startsWith('-'));
  if (isServing && !['--help', '-h', '--version', '-v'].includes(given[0])) return ['serve', ...given];
  return given;
}

function toEnvironment(node) {
  const nodeFolder = path.dirname(node);
  const bins = path.join(root, 'node_modules', '.bin');
  const pathKey = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  return {
    ...process.env,
    [pathKey]: [nodeFolder, bins, process.env[pathKey]].filter(Boolean).join(path.delimiter),
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? path.join(toolchain, 'compile-cache'),
  };
}

/**
 * Hands over for good. Where the running Node can replace its own process it does: one process less in
 * memory, and signals and the exit code need no passing on. Else a child runs and this process does nothing
 * but pass them on.
 */
async function handOver(node, script, given) {
  const environment = toEnvironment(node);
  const canReplace = typeof process.execve === 'function' && process.platform !== 'win32';
  const isReplacing = canReplace && isAtLeastFloor(process.versions.node);
  // Run by npm, or below this process, it must not outlive what started it.
  const isWatching = !isReplacing || process.env.npm_lifecycle_event !== undefined;
  const watcher = new URL('./bootstrap/stop-with-parent.mjs', import.meta.url).href;
  const parameters = [...(isWatching ? [`--import=${watcher}`] : []), path.join(root, script), ...given];
  if (isReplacing) process.execve(node, [node, ...parameters], environment);
  const child = spawn(node, parameters, { stdio: 'inherit', env: environment });
  const passOn = (signal) => {
    // A terminal sends Ctrl+C to both processes; passed on again it would count as the second, impatient one.
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, passOn);
  child.on('error', (error) => {
    process.stderr.write(`changeover: Cannot start ${node}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 1;
      return;
    }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
  const { watchParent } = await import('./bootstrap/stop-with-parent.mjs');
  watchParent(() => child.kill('SIGTERM'));
}

async function main() {
  const [name = '', ...given] = process.argv.slice(2);
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (task === undefined) {
    process.stderr.write(`${usage()}\n`);
    process.exitCode = 2;
    return;
  }
  const node = findNode();
  const isNodeReady = node.file !== undefined && node.source === undefined;
  const folders = (task.packages ?? ['.']).map((folder) => path.join(root, folder));
  if (!isNodeReady || !folders.every(isInstalled)) {
    // Imported only now: a later start, which needs none of it, does not pay for it.
    const { setUp } = await import('./bootstrap/set-up.mjs');
    const isReady = await setUp({
      root,
      toolchain,
      platform,
      floor: floor.join('.'),
      node,
      folders,
      isInstalled,
    });
    if (!isReady) {
      process.exitCode = 1;
      return;
    }
  }
  await handOver(node.file, task.script, toScriptArguments(name, given));
}

await main();
