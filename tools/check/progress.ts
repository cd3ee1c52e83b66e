/** Shows which steps run and for how long. */
export interface Progress {
  start(name: string): void;
  finish(name: string, result: FinishedStep): void;
  close(): void;
}

interface FinishedStep {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly elapsedMs: number;
  readonly step: { readonly isTests: boolean };
}

const drawMs = 100;

/** Without a terminal a line is written this often, so that a log shows life. */
const plainMs = 15_000;

const nameChars = 14;

export function createProgress(stream: NodeJS.WriteStream = process.stdout): Progress {
  const isLive = stream.isTTY && process.env['CI'] === undefined && process.env['TERM'] !== 'dumb';
  const running = new Map<string, number>();
  const clear = () => {
    if (isLive) stream.write('\r\u001b[2K');
  };
  const tick = () => {
    if (running.size === 0) return;
    const texts = [...running].map(
      ([name, startedAt]) => `${name} ${toSeconds(performance.now() - startedAt)}`,
    );
    const line = `… ${texts.join(', ')}`;
    clear();
    stream.write(isLive ? line.slice(0, stream.columns - 1) : `${line}\n`);
  };
  const timer = setInterval(tick, isLive ? drawMs : plainMs);
  timer.unref();
  return {
    start(name) {
      running.set(name, performance.now());
    },
    finish(name, result) {
      running.delete(name);
      clear();
      stream.write(`${toLine(name, result)}\n`);
    },
    close() {
      clearInterval(timer);
      clear();
    },
  };
}

function toLine(name: string, { passed, failed, skipped, elapsedMs, step }: FinishedStep): string {
  const mark = failed === 0 ? '✓' : '✗';
  const counts = [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`];
  const tests = step.isTests ? `   ${counts.filter((count) => count !== false).join(', ')}` : '';
  return `${mark} ${name.padEnd(nameChars)}${toSeconds(elapsedMs).padStart(8)}${tests}`;
}

export function toSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
