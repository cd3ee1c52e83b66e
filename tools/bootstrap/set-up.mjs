// Fetches what is missing: the right Node.js and the packages of the lockfile. Runs at the first start, and
// again when one of them changed. Plain JavaScript for old Node.js, like bootstrap.mjs.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { takeLock } from './lock.mjs';
import { findNpm, runNpm } from './npm.mjs';
import { createProgress } from './progress.mjs';

/**
 * Names of files inside node_modules that say that it is whole: ours, and npm's own record of what it
 * installed.
 */
const markName = '.changeover-installed';
const npmRecordName = '.package-lock.json';

/** Prepares everything; resolves to false after having said what went wrong and what to do. */
export async function setUp({ root, toolchain, platform, floor, node, folders, isInstalled }) {
  const progress = createProgress();
  try {
    if (node.file === undefined) throw new Error(toUnsupportedText(platform, floor, node.wanted));
    mkdirSync(toolchain, { recursive: true });
    const lock = await takeLock(path.join(toolchain, 'lock'), progress);
    try {
      if (node.source !== undefined) await fetchNode({ toolchain, floor, node, progress, lock });
      for (const folder of folders.filter((each) => !isInstalled(each))) {
        await installPackages({ root, folder, platform, node: node.file, progress, lock });
      }
    } finally {
      lock.release();
    }
    progress.close('ready');
    return true;
  } catch (error) {
    progress.close();
    process.stderr.write(`\nchangeover: ${error.message}\n`);
    return false;
  }
}

function toUnsupportedText(platform, floor, wanted) {
  if (wanted !== undefined) {
    return (
      `Cannot run on the Node.js "${wanted}" that CHANGEOVER_NODE asks for: it must be a version from ${floor} on ` +
      `that can be fetched for ${platform}.\nSet another one, or none to use the usual one.`
    );
  }
  return (
    `Cannot set up Node.js by itself: Node.js ${process.versions.node} is too old, and there is none to fetch for ` +
    `${platform}.\nInstall Node.js ${floor} or newer with your system's package manager or a version manager, ` +
    'then run again.'
  );
}

/** True on Alpine and other systems whose C library is musl; the Node.js that can be fetched needs glibc. */
function isMusl() {
  if (process.platform !== 'linux') return false;
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime === undefined;
}

async function fetchNode({ toolchain, floor, node, progress, lock }) {
  const { package: name, version, integrity, home } = node.source;
  // Another start may have fetched it while this one waited for the lock.
  if (existsSync(node.file)) return;
  if (isMusl()) {
    throw new Error(
      toUnsupportedText('systems with musl instead of glibc, such as Alpine', floor, node.wanted),
    );
  }
  progress.step(
    `Fetching Node.js ${version} (this machine's is ${process.versions.node}; kept inside this folder)`,
  );
  const staging = path.join(toolchain, `partial-node-${version}`);
  // What an earlier set-up left when it was killed.
  rmSync(staging, { recursive: true, force: true, maxRetries: 3 });
  mkdirSync(staging, { recursive: true });
  const dependencies = { [name]: version };
  const manifest = { name: 'toolchain', version: '0.0.0', private: true, dependencies };
  writeFileSync(path.join(staging, 'package.json'), JSON.stringify(manifest));
  if (integrity !== undefined) {
    // With a lockfile npm refuses bytes other than those that this project was tested with.
    const packages = { '': { ...manifest }, [`node_modules/${name}`]: { version, integrity } };
    const lockfile = { name: 'toolchain', version: '0.0.0', lockfileVersion: 3, requires: true, packages };
    writeFileSync(path.join(staging, 'package-lock.json'), JSON.stringify(lockfile));
  }
  const verb = integrity === undefined ? 'install' : 'ci';
  await runNpm({
    node: process.execPath,
    npm: findNpm(),
    parameters: [verb, '--ignore-scripts'],
    folder: staging,
    progress,
    purpose: `fetch Node.js ${version}`,
    onStart: lock.note,
  });
  lock.assertHeld();
  rmSync(home, { recursive: true, force: true });
  renameSync(staging, home);
  if (!existsSync(node.file)) {
    rmSync(home, { recursive: true, force: true });
    throw new Error(`Cannot find ${path.basename(node.file)} in the package "${name}@${version}"`);
  }
}

async function installPackages({ root, folder, platform, node, progress, lock }) {
  const modules = path.join(folder, 'node_modules');
  const lockfile = readFileSync(path.join(folder, 'package-lock.json'), 'utf8');
  const mark = path.join(modules, markName);
  const label = path.relative(root, folder);
  if (!isWhatNpmInstalled(lockfile, modules)) {
    progress.step(`Installing packages${label === '' ? '' : ` of ${label}/`}`);
    // Both marks go first, so that an install that is cut short is seen as such at the next start.
    rmSync(mark, { force: true });
    rmSync(path.join(modules, npmRecordName), { force: true });
    await runNpm({
      node,
      npm: findNpm(),
      parameters: ['ci', '--include=dev', '--include=optional'],
      folder,
      progress,
      purpose: `install packages${label === '' ? '' : ` of ${label}/`}`,
      onStart: lock.note,
    });
    lock.assertHeld();
  }
  writeFileSync(mark, `${platform}\n${lockfile}`);
}

/**
 * True when npm's own record says that node_modules already is what the lockfile asks for, as after an `npm
 * install` by hand. Packages that are not needed on this platform may be missing.
 */
function isWhatNpmInstalled(lockfile, modules) {
  const recordFile = path.join(modules, npmRecordName);
  if (!existsSync(recordFile)) return false;
  const installed = JSON.parse(readFileSync(recordFile, 'utf8')).packages ?? {};
  return Object.entries(JSON.parse(lockfile).packages).every(([place, wanted]) => {
    if (place === '') return true;
    const found = installed[place];
    return found === undefined ? wanted.optional === true : found.version === wanted.version;
  });
}
