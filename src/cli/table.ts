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

/** Draws rows in columns, and remembers how wide these were, so that what comes later stands below them. */
export interface TableWriter<Row> {
  /** The titles stand above the first rows only. */
  draw(rows: readonly Row[]): string;
}

/** Creates a table that grows; columns are aligned by what they take on the terminal. */
export function createTable<Row>(columns: readonly Column<Row>[], paint: Paint): TableWriter<Row> {
  let widths = columns.map((column) => toDisplayWidth(column.title));
  let hasTitles = false;
  function join(
    cells: readonly string[],
    toColour: (index: number) => ((text: string) => string) | undefined,
  ): string {
    const padded = cells.map((text, index) => {
      const cell = pad(text, widths[index] ?? 0, columns[index]?.isNumber === true);
      return toColour(index)?.(cell) ?? cell;
    });
    return padded.join('  ').trimEnd();
  }
  return {
    draw(rows) {
      const cells = rows.map((row) => columns.map((column) => toSafeText(column.text(row))));
      widths = widths.map((width, index) =>
        Math.max(width, ...cells.map((line) => toDisplayWidth(line[index] ?? ''))),
      );
      const titles = hasTitles
        ? []
        : [
            paint.bold(
              join(
                columns.map(({ title }) => title),
                () => undefined,
              ),
            ),
          ];
      hasTitles = true;
      const lines = rows.map((row, at) =>
        join(cells[at] ?? [], (index) => columns[index]?.paint?.(row, paint)),
      );
      return [...titles, ...lines].map((line) => `${line}\n`).join('');
    },
  };
}

/** Rows in columns with a line of titles. */
export function toTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], paint: Paint): string {
  return createTable(columns, paint).draw(rows);
}

/** Terms and values, one pair a line. */
export function toFacts(facts: readonly (readonly [string, string])[], paint: Paint): string {
  const width = Math.max(...facts.map(([term]) => toDisplayWidth(term)));
  return facts.map(([term, value]) => `${paint.dim(pad(term, width, false))}  ${value}\n`).join('');
}
