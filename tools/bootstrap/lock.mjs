// One set-up at a time: two starts in a fresh clone would else install into each other's node_modules.
import {
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import process from 'node:process';

/** The holder shows that it is alive this often; without a sign for `silentMsMax` it counts as gone. */
const beatMs = 1000;
const silentMsMax = 60_000;
const pollMs = 200;

/**
 * Waits for the lock and takes it. `note(pid)` tells others of a child that works under it, `release()` gives
 * it back, `assertHeld()` throws if another start took it over.
 */
export async function takeLock(file, progress) {
  const nonce = `${process.pid}-${Math.random().toString(36).slice(2)}`;
  const toText = (child) => JSON.stringify({ pid: process.pid, child, host: os.hostname(), nonce });
  let isWaiting = false;
  while (!tryCreate(file, toText())) {
    const holder = readLock(file);
    if (holder !== undefined && isGone(holder)) bury(file, holder);
    else {
      if (!isWaiting) progress.step('Waiting for another start, which is setting up');
      isWaiting = true;
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }
  if (isWaiting) progress.done();
  const isHeld = () => readLock(file)?.text.includes(nonce) === true;
  const beat = setInterval(() => {
    if (isHeld()) utimesSync(file, new Date(), new Date());
  }, beatMs);
  beat.unref();
  return {
    note(child) {
      const aside = `${file}.${process.pid}`;
      writeFileSync(aside, toText(child));
      renameSync(aside, file);
    },
    assertHeld() {
      if (!isHeld()) throw new Error('Another start took over this set-up; run again');
    },
    release() {
      clearInterval(beat);
      if (isHeld()) rmSync(file, { force: true });
    },
  };
}

function tryCreate(file, text) {
  // Written aside and linked, so that nobody ever reads a lock that is half written.
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, text);
  try {
    linkSync(aside, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    // Some file systems have no links.
    return tryCreateDirectly(file, text);
  } finally {
    unlinkSync(aside);
  }
}

function tryCreateDirectly(file, text) {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function readLock(file) {
  try {
    return { text: readFileSync(file, 'utf8'), silentMs: Date.now() - statSync(file).mtimeMs };
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * A start that was killed may leave its npm running, which goes on writing; so both must be gone. Silence
 * alone counts for a start on another machine, and for a process id that meanwhile belongs to somebody else.
 */
function isGone({ text, silentMs }) {
  const isSilent = silentMs > silentMsMax;
  if (text === '') return isSilent;
  const { pid, child, host } = JSON.parse(text);
  if (host !== os.hostname()) return isSilent;
  return !isAlive(child) && (isSilent || !isAlive(pid));
}

function isAlive(pid) {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

/** Removes a dead holder's lock. Renaming is atomic; if a live lock was moved by mistake it is put back. */
function bury(file, holder) {
  const grave = `${file}.${process.pid}.dead`;
  try {
    renameSync(file, grave);
    if (readFileSync(grave, 'utf8') !== holder.text) linkSync(grave, file);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(grave, { force: true });
  }
}
