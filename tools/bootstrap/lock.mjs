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
 * Waits for the lock and takes it. `release()` gives it back; `assertHeld()` throws if another start took it
 * over.
 */
export async function takeLock(file, progress) {
  const own = JSON.stringify({
    pid: process.pid,
    host: os.hostname(),
    nonce: Math.random().toString(36).slice(2),
  });
  let isWaiting = false;
  for (;;) {
    if (tryCreate(file, own)) break;
    const holder = readLock(file);
    if (holder !== undefined && isGone(holder)) bury(file, holder);
    else {
      if (!isWaiting) progress.step('Waiting for another start, which is setting up');
      isWaiting = true;
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }
  if (isWaiting) progress.done();
  const isHeld = () => readLock(file)?.text === own;
  const beat = setInterval(() => {
    if (isHeld()) utimesSync(file, new Date(), new Date());
  }, beatMs);
  beat.unref();
  return {
    assertHeld() {
      if (!isHeld()) throw new Error('Another start took over this set-up; run again');
    },
    release() {
      clearInterval(beat);
      if (isHeld()) rmSync(file, { force: true });
    },
  };
}

function tryCreate(file, own) {
  // Written aside and linked, so that nobody ever reads a lock that is half written.
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, own);
  try {
    linkSync(aside, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(aside);
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

function isGone({ text, silentMs }) {
  if (silentMs > silentMsMax) return true;
  const { pid, host } = JSON.parse(text);
  if (host !== os.hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
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
