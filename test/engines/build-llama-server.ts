// Builds llama.cpp's server once and keeps it in the user's cache folder. Its sources come from the package
// registry: the npm package node-llama-cpp carries a git bundle of one llama.cpp release, so nothing but the
// registry is needed. Building takes minutes; every later run finds the program.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import path from 'node:path';

import { killWithParent } from '../gateway-process/kill-with-parent.ts';
import { runNpm } from '../pack/run-npm.ts';

const packageName = 'node-llama-cpp';
const packageVersion = '3.22.1';
/** The package's integrity as the registry gave it when this test was written: a build runs foreign code. */
const packageIntegrity =
  'sha512-bltIipuWmc123H7tMIgDGKSsSrhmhlQYeVUC48XTjVW7XGJJiJJyCdlTMzQ/LiWoPkGDpcL4FviDpgw7qfTiDw==';
const bundleInPackage = 'package/llama/gitRelease.bundle';

/** Only the server and what it needs: no downloads, no TLS, no tests, one static program. */
const settings = [
  'CMAKE_BUILD_TYPE=Release',
  'LLAMA_CURL=OFF',
  'LLAMA_OPENSSL=OFF',
  'BUILD_SHARED_LIBS=OFF',
  'LLAMA_BUILD_TESTS=OFF',
  'LLAMA_BUILD_EXAMPLES=OFF',
];

/** Without a terminal a line is written this often, so that a log shows life. */
const progressMs = 10_000;
/** Limit: of a tool's output only the end is kept, which is where it says what went wrong. */
const outputChars = 4_000;

/** A file to run, or why there is none on this machine. */
export type BuiltServer = { readonly file: string } | { readonly skipped: string };

function toCacheFolder(): string {
  const { env, platform } = process;
  const home = homedir();
  const fallback = platform === 'darwin' ? path.join(home, 'Library', 'Caches') : path.join(home, '.cache');
  const base = (platform === 'win32' ? env['LOCALAPPDATA'] : env['XDG_CACHE_HOME']) ?? fallback;
  return path.join(
    base,
    'changeover',
    'engines',
    `llama-server-${packageVersion}-${platform}-${process.arch}`,
  );
}

function canRun(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** The tools that are missing, each as a person would look for it. */
function findMissingTools(): string[] {
  const compilers = [process.env['CXX'] ?? 'c++', 'g++', 'clang++'];
  const missing = ['git', 'cmake', 'tar'].filter((tool) => !canRun(tool));
  if (!compilers.some(canRun)) missing.push('a C++ compiler');
  return missing;
}

/** Returns the cached program, building it first when there is none. Rejects when a build fails. */
export async function buildLlamaServer(write: (line: string) => void): Promise<BuiltServer> {
  const folder = toCacheFolder();
  const file = path.join(folder, process.platform === 'win32' ? 'llama-server.exe' : 'llama-server');
  if (existsSync(file)) return { file };
  const missing = findMissingTools();
  if (missing.length > 0) {
    return { skipped: `cannot build llama-server: ${missing.join(', ')} not found on the search path` };
  }
  mkdirSync(folder, { recursive: true });
  // In the same folder, so that the last step is a rename: a build that is cut short leaves no program.
  const work = mkdtempSync(path.join(folder, 'building-'));
  const stopped = (): void => rmSync(work, { recursive: true, force: true });
  process.once('exit', stopped);
  try {
    const built = await build(work, write);
    const ready = path.join(work, 'ready');
    copyFileSync(built, ready);
    chmodSync(ready, 0o755);
    renameSync(ready, file);
    return { file };
  } finally {
    process.removeListener('exit', stopped);
    stopped();
  }
}

async function build(work: string, write: (line: string) => void): Promise<string> {
  write(`Building llama-server once (about 4 minutes on two cores, 1 GB of disk meanwhile)`);
  write(`  fetching ${packageName}@${packageVersion}`);
  await runNpm(work, ['pack', `${packageName}@${packageVersion}`]);
  const archive = `${packageName}-${packageVersion}.tgz`;
  const digest = createHash('sha512')
    .update(readFileSync(path.join(work, archive)))
    .digest('base64');
  if (`sha512-${digest}` !== packageIntegrity) {
    throw new Error(
      `Cannot build llama-server: ${packageName}@${packageVersion} is not the package expected`,
    );
  }
  write('  unpacking its sources');
  await run(work, ['tar', 'xzf', archive, bundleInPackage]);
  await run(work, ['git', 'clone', '--quiet', bundleInPackage, 'sources']);
  write('  configuring');
  const defines = settings.map((setting) => `-D${setting}`);
  await run(work, ['cmake', '-S', 'sources', '-B', 'build', ...defines]);
  write('  compiling');
  const jobs = String(Math.max(1, Math.min(8, availableParallelism())));
  const compile = [
    'cmake',
    '--build',
    'build',
    '--config',
    'Release',
    '--target',
    'llama-server',
    '-j',
    jobs,
  ];
  await run(work, compile, (percent, seconds) => write(`  compiling: ${percent} after ${seconds} s`));
  const names = ['build/bin/llama-server', 'build/bin/Release/llama-server.exe'];
  const made = names.map((name) => path.join(work, name)).find((name) => existsSync(name));
  if (made === undefined) throw new Error('Cannot find llama-server after its build');
  return made;
}

/** Runs a tool politely beside whatever else the machine does; rejects with its last words. */
function run(
  folder: string,
  command: readonly string[],
  onProgress?: (percent: string, seconds: number) => void,
): Promise<void> {
  const polite = process.platform === 'win32' ? command : ['nice', '-n', '10', ...command];
  const [program = '', ...parameters] = polite;
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const startedMs = performance.now();
    let output = '';
    let percent = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-outputChars);
      percent = /.*\[ *(\d+%|\d+\/\d+)\]/s.exec(output)?.[1] ?? percent;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const timer = setInterval(() => {
      onProgress?.(percent, Math.round((performance.now() - startedMs) / 1000));
    }, progressMs);
    killWithParent(child);
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(timer);
      if (code === 0) resolve();
      else reject(new Error(`Cannot run ${command.join(' ')} (${String(code)}):\n${output}`));
    });
  });
}
