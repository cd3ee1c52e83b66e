/** Halvings of an interval: after 200 nothing in double precision moves any more. */
const halvingsMax = 200;

/**
 * The point of [low, high] where a monotone function changes its sign. The ends must have different signs
 * (zero counts as either); otherwise the end nearer to zero is returned.
 */
export function findRoot(f: (x: number) => number, low: number, high: number): number {
  const atLow = f(low);
  const atHigh = f(high);
  if (atLow === 0) return low;
  if (atHigh === 0) return high;
  if (atLow > 0 === atHigh > 0) return Math.abs(atLow) < Math.abs(atHigh) ? low : high;
  let left = low;
  let right = high;
  for (let step = 0; step < halvingsMax; step++) {
    const middle = (left + right) / 2;
    if (middle === left || middle === right) break;
    const value = f(middle);
    if (value === 0) return middle;
    if (value > 0 === atLow > 0) left = middle;
    else right = middle;
  }
  return (left + right) / 2;
}

/** The lowest point of a function with one valley in [low, high] (golden section). */
export function findMinimum(
  f: (x: number) => number,
  low: number,
  high: number,
): { x: number; value: number } {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let left = low;
  let right = high;
  let inner = right - ratio * (right - left);
  let outer = left + ratio * (right - left);
  let atInner = f(inner);
  let atOuter = f(outer);
  for (let step = 0; step < halvingsMax && right - left > 1e-13 * (1 + Math.abs(left)); step++) {
    if (atInner <= atOuter) {
      right = outer;
      outer = inner;
      atOuter = atInner;
      inner = right - ratio * (right - left);
      atInner = f(inner);
    } else {
      left = inner;
      inner = outer;
      atInner = atOuter;
      outer = left + ratio * (right - left);
      atOuter = f(outer);
    }
  }
  const x = (left + right) / 2;
  return { x, value: f(x) };
}
