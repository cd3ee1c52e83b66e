// Stops this process when the npm that started it is gone. npm runs a script in a shell; on many systems a
// signal to npm ends npm and the shell only, and what they started would live on and keep its port.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';

/** Short, because a person who stops and starts again finds the port taken until then. */
const lookMs = 100;

/** Starts to watch; `stop` is called once, when the parent is gone. */
export function watchParent(stop) {
  const parent = process.ppid;
  const shellParent = isRunByShellOfNpm(parent) ? readParent(parent) : undefined;
  const timer = setInterval(() => {
    if (process.ppid === parent && (shellParent === undefined || readParent(parent) === shellParent)) return;
    clearInterval(timer);
    stop();
  }, lookMs);
  timer.unref();
}

/**
 * True when the parent is the shell that npm runs scripts in, whose own parent, npm, can then be watched too.
 */
function isRunByShellOfNpm(parent) {
  const grandparent = readParent(parent);
  return (
    grandparent !== undefined && / -c /.test(readCommand(parent)) && /\bnpm\b/.test(readCommand(grandparent))
  );
}

function readCommand(pid) {
  return readProcess(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

/** The parent of a process, where the system shows it as a file; else undefined. */
function readParent(pid) {
  // The second field is the program's name in brackets, which may hold blanks; the fourth is the parent.
  const found = /^\d+ \(.*\) \S+ (\d+) /s.exec(readProcess(`/proc/${pid}/stat`));
  return found === null ? undefined : Number(found[1]);
}

function readProcess(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Not Linux, or the process is gone; the caller sees nothing, which differs from what it saw before.
    return '';
  }
}

// Loaded into the process that npm's script became; the bootstrap, which imports this, calls `watchParent`
// itself.
if (isMainThread && process.execArgv.some((argument) => argument.includes('stop-with-parent'))) {
  watchParent(() => process.kill(process.pid, 'SIGTERM'));
}
