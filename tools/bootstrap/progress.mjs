// Shows a waiting person what goes on: one line that moves on a terminal, plain lines elsewhere. All on
// stderr, so that what a command prints stays clean.
import process from 'node:process';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;

/** Without a terminal a line is written this often, so that a log shows life. */
const plainMs = 10_000;

/** `step(text)` opens a step, `done()` closes it with its time, `close(word)` ends the whole. */
export function createProgress(stream = process.stderr) {
  const startedAt = Date.now();
  const isLive = stream.isTTY === true && process.env.CI === undefined && process.env.TERM !== 'dumb';
  let current;

  function draw() {
    const seconds = Math.floor((Date.now() - current.startedAt) / 1000);
    const frame = frames[Math.floor(Date.now() / frameMs) % frames.length];
    const line = `${frame} ${current.text} … ${seconds} s`;
    stream.write(`\r\u001b[2K${line.slice(0, (stream.columns ?? 80) - 1)}`);
  }

  function stopTimer() {
    clearInterval(current?.timer);
    if (isLive && current !== undefined) stream.write('\r\u001b[2K');
  }

  return {
    step(text) {
      if (current !== undefined) this.done();
      current = { text, startedAt: Date.now(), timer: undefined };
      if (isLive) draw();
      else stream.write(`changeover: ${text}\n`);
      const tick = isLive ? draw : () => stream.write(`changeover: … ${toSeconds(current.startedAt)}\n`);
      current.timer = setInterval(tick, isLive ? frameMs : plainMs);
    },
    done() {
      if (current === undefined) return;
      stopTimer();
      if (isLive) stream.write(`✓ ${current.text} (${toSeconds(current.startedAt)})\n`);
      else stream.write(`changeover: done in ${toSeconds(current.startedAt)}\n`);
      current = undefined;
    },
    close(word) {
      stopTimer();
      const isOpen = current !== undefined;
      current = undefined;
      if (word !== undefined && !isOpen) stream.write(`changeover: ${word} after ${toSeconds(startedAt)}\n`);
    },
  };
}

function toSeconds(sinceMs) {
  return `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;
}
