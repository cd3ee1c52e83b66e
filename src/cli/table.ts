import { toDisplayWidth, toSafeText } from './display-width.ts';
import type { Paint } from './paint.ts';

export interface Column<Row> {
  readonly title: string;
  readonly isNumber?: boolean;
  text(row: Row): string;
  /** Colour of a cell; the width is counted before it. */
  paint?(row: Row, paint: Paint): (text: string) => string;
}

function pad(text: string, width: number, isNumber: boolean): string {
  const space = ' '.repeat(Math.max(0, width - toDisplayWidth(text)));
  return isNumber ? space + text : text + space;
}

/** Rows in columns that are aligned by what they take on the terminal, with a line of titles. */
export function toTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], paint: Paint): string {
  const cells = rows.map((row) => columns.map((column) => toSafeText(column.text(row))));
  const widths = columns.map((column, index) =>
    Math.max(toDisplayWidth(column.title), ...cells.map((line) => toDisplayWidth(line[index] ?? ''))),
  );
  const titles = columns.map((column, index) =>
    pad(column.title, widths[index] ?? 0, column.isNumber === true),
  );
  const lines = cells.map((line, at) =>
    line.map((text, index) => {
      const column = columns[index];
      const row = rows[at];
      const padded = pad(text, widths[index] ?? 0, column?.isNumber === true);
      const colour = row === undefined ? undefined : column?.paint?.(row, paint);
      return colour === undefined ? padded : colour(padded);
    }),
  );
  const head = paint.bold(titles.join('  ').trimEnd());
  return `${[head, ...lines.map((line) => line.join('  ').trimEnd())].join('\n')}\n`;
}

/** Terms and values, one pair a line. */
export function toFacts(facts: readonly (readonly [string, string])[], paint: Paint): string {
  const width = Math.max(...facts.map(([term]) => toDisplayWidth(term)));
  return facts.map(([term, value]) => `${paint.dim(pad(term, width, false))}  ${value}\n`).join('');
}
