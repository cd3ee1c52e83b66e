/**
 * Checks of arguments. Wrong numbers in a statistic are mistakes of the caller, not expected failures: a NaN
 * that is let through becomes an E value that never reaches a threshold, or always does, without a word.
 */

/** Throws unless `value` is a finite number in [low, high]. */
export function assertRange(name: string, value: number, bounds: readonly [number, number]): void {
  const [low, high] = bounds;
  if (typeof value !== 'number' || !(value >= low && value <= high)) {
    throw new RangeError(`Cannot use ${name} = ${String(value)}: it must lie in [${low}, ${high}]`);
  }
}

/** Throws unless `value` lies strictly between the bounds. */
export function assertInside(name: string, value: number, bounds: readonly [number, number]): void {
  const [low, high] = bounds;
  if (typeof value !== 'number' || !(value > low && value < high)) {
    throw new RangeError(
      `Cannot use ${name} = ${String(value)}: it must lie strictly between ${low} and ${high}`,
    );
  }
}

/** Throws unless `value` is a whole number of at least `least`. */
export function assertCount(name: string, value: number, least = 0): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(
      `Cannot use ${name} = ${String(value)}: it must be a whole number of at least ${least}`,
    );
  }
}

/** Throws unless there is something in the list and every value lies in [low, high]. */
export function assertValues(
  name: string,
  values: readonly number[],
  bounds: readonly [number, number],
): void {
  if (values.length === 0) throw new RangeError(`Cannot use ${name}: it is empty`);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (!(value >= bounds[0] && value <= bounds[1])) {
      throw new RangeError(
        `Cannot use ${name}[${index}] = ${String(value)}: it must lie in [${bounds[0]}, ${bounds[1]}]`,
      );
    }
  }
}
