// Latency histograms with logarithmic buckets, eight per doubling: a bucket is 9 % wide, which is the error
// of a percentile. Histograms add up, so that hours make a week; percentiles themselves do not.

/** Counts by bucket. */
export type Histogram = Uint32Array;

/** Upper edge of the first bucket; what is faster counts as this. */
const floorUs = 100;
const perDoubling = 8;
/** 26 doublings of 0.1 ms are 1.8 hours; what is slower falls into the last bucket. */
const bucketCount = 26 * perDoubling + 1;

/** Creates an empty one. */
export function createHistogram(): Histogram {
  return new Uint32Array(bucketCount);
}

function toBucket(us: number): number {
  if (us <= floorUs) return 0;
  return Math.min(bucketCount - 1, 1 + Math.floor(Math.log2(us / floorUs) * perDoubling));
}

/** Counts one latency in microseconds. */
export function addLatency(histogram: Histogram, us: number): void {
  const bucket = toBucket(us);
  histogram[bucket] = (histogram[bucket] ?? 0) + 1;
}

/** Adds `part` to `target`. */
export function addHistogram(target: Histogram, part: Histogram): void {
  for (let bucket = 0; bucket < bucketCount; bucket++) {
    target[bucket] = (target[bucket] ?? 0) + (part[bucket] ?? 0);
  }
}

function writeVarint(out: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.push(rest);
}

/**
 * One after the other, each as the number of its pairs and pairs of (distance to the bucket before, count),
 * buckets ascending, all as LEB128. An hour of one route fills a dozen buckets of two hundred.
 */
export function encodeHistograms(histograms: readonly Histogram[]): Uint8Array {
  const out: number[] = [];
  for (const histogram of histograms) {
    const pairs: number[] = [];
    let count = 0;
    let before = 0;
    // By index: an iterator over two hundred places, most of them empty, costs more than the rest of a cell.
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      const value = histogram[bucket] ?? 0;
      if (value === 0) continue;
      writeVarint(pairs, bucket - before);
      writeVarint(pairs, value);
      before = bucket;
      count += 1;
    }
    writeVarint(out, count);
    for (const byte of pairs) out.push(byte);
  }
  return Uint8Array.from(out);
}

/** Adds encoded histograms to as many targets; throws when they are damaged. */
export function addEncoded(targets: readonly Histogram[], bytes: Uint8Array): void {
  let position = 0;
  function read(): number {
    const first = bytes[position++];
    if (first !== undefined && first < 0x80) return first;
    let value = (first ?? 0) & 0x7f;
    for (let scale = 0x80; scale < Number.MAX_SAFE_INTEGER; scale *= 0x80) {
      const byte = bytes[position++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new RangeError('Cannot read a histogram: it is cut off');
  }
  for (const target of targets) {
    let bucket = 0;
    for (let pairs = read(); pairs > 0; pairs--) {
      bucket += read();
      if (bucket >= bucketCount) throw new RangeError(`Cannot read a histogram: no bucket ${bucket}`);
      target[bucket] = (target[bucket] ?? 0) + read();
    }
  }
}

/** The latency in milliseconds below which the given part of the counts lies; null when there are none. */
export function toQuantileMs(histogram: Histogram, part: number): number | null {
  let total = 0;
  for (const count of histogram) total += count;
  if (total === 0) return null;
  let left = Math.max(1, Math.ceil(total * part));
  let bucket = -1;
  while (left > 0) {
    bucket += 1;
    left -= histogram[bucket] ?? left;
  }
  // The geometric middle of the bucket halves the error of either edge.
  return (bucket === 0 ? floorUs : floorUs * 2 ** ((bucket - 0.5) / perDoubling)) / 1000;
}
