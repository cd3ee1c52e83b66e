/** Where the process tells people what it does. Never keys, prompts or answers. */
export interface Log {
  info(text: string): void;
  warn(text: string): void;
  /** A mistake inside Changeover; the stack goes to the log, never to a client. */
  mistake(error: unknown, id: string): void;
}

/** Longest text of one line, so that a hostile value cannot flood the log. */
const lineChars = 4_000;

/** Creates a log that writes one line per entry; control characters are escaped, so that no entry can fake another. */
export function createLog(write: (line: string) => void, now: () => number): Log {
  function line(level: string, text: string): void {
    const clean = text
      .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/g, '?')
      .replaceAll('\n', '\n    ');
    write(`${new Date(now()).toISOString()} ${level} ${clean.slice(0, lineChars)}\n`);
  }
  return {
    info: (text) => line('info', text),
    warn: (text) => line('warn', text),
    mistake(error, id) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      line('error', `Mistake in ${id}: ${text}`);
    },
  };
}
