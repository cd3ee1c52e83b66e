/** One SQL text, made ready for SQLite. */
export interface EngineSql {
  readonly text: string;
  /** The highest `$n`; a call must give exactly so many values. */
  readonly parameterCount: number;
}

/** Quotes, comments and `$n` outside of words; all else is copied as it stands. */
const tokens =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|[A-Za-z_][A-Za-z0-9_$]*|\$(\d+)|;(?=\s*\S)/g;

/**
 * Takes out the lines that are meant for Postgres only; lines for SQLite keep their suffix, which is a
 * comment.
 */
export function withoutPostgresLines(sql: string): string {
  return sql
    .split('\n')
    .filter((line) => !/--@pg\s*$/.test(line))
    .join('\n');
}

/**
 * Translates `$n` to `?n`, because `node:sqlite` does not bind `$n` by position. Refuses a second statement:
 * SQLite would compile the first and silently forget the rest.
 */
export function toEngineSql(sql: string): EngineSql {
  let parameterCount = 0;
  const text = withoutPostgresLines(sql).replace(tokens, (token: string, number: string | undefined) => {
    if (token === ';') {
      throw new TypeError(
        `Cannot prepare several statements at once: use script() for "${sql.slice(0, 80)}"`,
      );
    }
    if (number === undefined) return token;
    parameterCount = Math.max(parameterCount, Number(number));
    return `?${number}`;
  });
  return { text, parameterCount };
}
