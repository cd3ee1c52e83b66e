/** Colours of the terminal, or none. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

/** Colours on a terminal unless NO_COLOR is set (no-color.org); plain text everywhere else. */
export function createPaint(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): Paint {
  const noColor = env['NO_COLOR'];
  const isOn = isTerminal && (noColor === undefined || noColor === '') && env['TERM'] !== 'dumb';
  const wrap = (code: string, end: string) => (text: string) =>
    isOn ? `\u001b[${code}m${text}\u001b[${end}m` : text;
  return { good: wrap('32', '39'), bad: wrap('31', '39'), dim: wrap('2', '22'), bold: wrap('1', '22') };
}
