/** What a row holds. Integers are numbers, but bigints in columns whose name ends in `_nano`. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** What may be bound; `undefined` becomes NULL and booleans become 0 and 1, so that every engine agrees. */
export type SqlParameter = SqlValue | undefined | boolean;

const int64Max = 2n ** 63n - 1n;
const int64Min = -(2n ** 63n);

function toBoundNumber(value: number): number | bigint {
  // NaN would be stored as NULL without a word, and Infinity is not a value in Postgres integer columns.
  if (!Number.isFinite(value)) throw new TypeError(`Cannot bind ${value}: numbers must be finite`);
  if (!Number.isInteger(value)) return value;
  if (!Number.isSafeInteger(value)) throw new TypeError(`Cannot bind ${value}: use a bigint beyond 2^53`);
  // The driver binds every number as REAL, so that `at / $1` would divide with a fraction, unlike in
  // Postgres.
  return BigInt(value);
}

/**
 * Makes a value fit for binding, or throws: an unfit value is a mistake in our code, and SQLite would store a
 * Date or NaN as NULL without a word.
 */
export function toBoundValue(value: SqlParameter): SqlValue {
  if (typeof value === 'number') return toBoundNumber(value);
  // Postgres refuses NUL and Node 24 cuts text at it; lone surrogates become the same character on their way.
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'bigint') {
    if (value > int64Max || value < int64Min) throw new TypeError(`Cannot bind ${value}: beyond 64 bits`);
    return value;
  }
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`Cannot bind ${describe(value)}: bind text, numbers, bigints, bytes or null`);
}

function describe(value: unknown): string {
  return value instanceof Date ? 'a Date (bind epoch milliseconds)' : `a value of type ${typeof value}`;
}
