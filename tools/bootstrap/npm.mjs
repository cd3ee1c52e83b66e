// Runs npm as a child with visible progress, and turns its failures into a sentence that helps.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** Limit: of npm's output only the end is kept, which is where it says what went wrong. */
const outputLimitChars = 20_000;

/** npm's program file, or undefined when only the command `npm` on the search path is left to try. */
export function findNpm() {
  const beside = path.dirname(process.execPath);
  const candidates = [
    process.env.npm_execpath,
    path.join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    path.join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  return candidates.find(
    (file) => file !== undefined && path.basename(file) === 'npm-cli.js' && existsSync(file),
  );
}

/** Runs npm in a folder on the Node.js given; rejects with npm's last words when it fails. */
export async function runNpm({ node, npm, parameters, folder, progress, purpose, onStart }) {
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--no-progress'];
  const command = npm === undefined ? 'npm' : node;
  const first = npm === undefined ? [] : [npm];
  const child = spawn(command, [...first, ...parameters, ...quiet], {
    cwd: folder,
    env: toEnvironment(node),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.pid !== undefined) onStart(child.pid);
  let output = '';
  const keep = (chunk) => {
    output = (output + chunk).slice(-outputLimitChars);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const stopped = { signal: undefined };
  const stop = (signal) => {
    stopped.signal = signal;
    child.kill('SIGTERM');
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, stop);
  try {
    const code = await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    if (stopped.signal !== undefined) {
      throw new Error('Stopped before the set-up was done; run again to finish it');
    }
    if (code !== 0) throw new Error(toFailureText(purpose, output));
    progress.done();
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    throw new Error('Cannot find npm: install it, or start with "npm start"', { cause: error });
  } finally {
    for (const signal of signals) process.removeListener(signal, stop);
  }
}

/** The environment of npm: the chosen Node.js first, and nothing of the npm run that we may be inside of. */
function toEnvironment(node) {
  const environment = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^npm_(package|lifecycle|command|node_execpath|config_local_prefix)/.test(name)) {
      environment[name] = value;
    }
  }
  const pathName = Object.keys(environment).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  environment[pathName] = [path.dirname(node), environment[pathName]].filter(Boolean).join(path.delimiter);
  // A production setting of the machine would leave out what `npm test` needs.
  delete environment.NODE_ENV;
  return environment;
}

function toFailureText(purpose, output) {
  const errors = output.split('\n').filter((line) => /^npm (error|ERR!) ./.test(line));
  // npm says the cause first and its usage after it.
  const said = errors.length > 0 ? errors.slice(0, 12) : output.trim().split('\n').slice(-12);
  return `Cannot ${purpose}: npm failed\n${said.join('\n')}\n${toRemedy(output)}`;
}

function toRemedy(output) {
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/.test(output)) {
    return 'Check the network, or the proxy and registry settings of npm ("npm config list"), and run again.';
  }
  if (/E40[134]|ETARGET|E404/.test(output)) {
    return 'The package registry does not offer this version: check "npm config get registry" and run again.';
  }
  if (/ENOSPC/.test(output)) return 'The disk is full: make room (about 500 MB) and run again.';
  if (/EACCES|EPERM|EROFS/.test(output)) return 'This folder must be writable for the first start.';
  return 'Run again; if it fails the same way, "npm ci" in this folder shows more.';
}
