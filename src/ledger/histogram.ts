// Latency histograms with logarithmic buckets, eight per doubling: a bucket is 9 % wide, which is the error
// of a percentile. Histograms add up, so that hours make a week; percentiles themselves do not.

/** Counts by bucket; sparse, because an hour of one route fills a dozen buckets of two hundred. */
export type Histogram = Map<number, number>;

/** Lower edge of the second bucket; what is faster counts as this. */
const floorUs = 100;
const perDoubling = 8;
/** 26 doublings of 0.1 ms are 1.8 hours; what is slower falls into the last bucket. */
const lastBucket = 26 * perDoubling;

function toBucket(us: number): number {
  if (us <= floorUs) return 0;
  return Math.min(lastBucket, 1 + Math.floor(Math.log2(us / floorUs) * perDoubling));
}

/** Counts one latency in microseconds. */
export function addLatency(histogram: Histogram, us: number): void {
  const bucket = toBucket(us);
  histogram.set(bucket, (histogram.get(bucket) ?? 0) + 1);
}

function writeVarint(out: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.push(rest);
}

/** Pairs of (distance to the bucket before, count) as LEB128, buckets ascending. */
export function encodeHistogram(histogram: Histogram): Uint8Array {
  const out: number[] = [];
  let before = 0;
  for (const bucket of [...histogram.keys()].toSorted((a, b) => a - b)) {
    writeVarint(out, bucket - before);
    writeVarint(out, histogram.get(bucket) ?? 0);
    before = bucket;
  }
  return Uint8Array.from(out);
}

/** Adds an encoded histogram into `target`; throws when it is damaged. */
export function addEncoded(target: Histogram, bytes: Uint8Array): void {
  let position = 0;
  function read(): number {
    let value = 0;
    for (let scale = 1; scale < Number.MAX_SAFE_INTEGER; scale *= 0x80) {
      const byte = bytes[position++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new RangeError('Cannot read a histogram: it is cut off');
  }
  let bucket = 0;
  while (position < bytes.length) {
    bucket += read();
    target.set(bucket, (target.get(bucket) ?? 0) + read());
  }
}

/** The latency in milliseconds below which the given part of the counts lies; null when there are none. */
export function toQuantileMs(histogram: Histogram, part: number): number | null {
  let total = 0;
  for (const count of histogram.values()) total += count;
  if (total === 0) return null;
  let left = Math.max(1, Math.ceil(total * part));
  for (const bucket of [...histogram.keys()].toSorted((a, b) => a - b)) {
    left -= histogram.get(bucket) ?? 0;
    // The geometric middle of the bucket halves the error of either edge.
    if (left <= 0) return (bucket === 0 ? floorUs : floorUs * 2 ** ((bucket - 0.5) / perDoubling)) / 1000;
  }
  return null;
}
