/** Buckets of a trend: joined until each bar has room, and the stretch that a drag over some of them means. */

/** One bar: counts of a stretch that begins at `at` (ms). */
export interface Bucket {
  at: number;
  own: number;
  blocklist: number;
  manual: number;
  /** Count in the stretch that lies the length of the range earlier. */
  before: number;
}

export const bucketTotal = ({ own, blocklist, manual }: Bucket): number => own + blocklist + manual;

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** Lengths that people count in. */
const lengths = [
  ...[1, 2, 5, 10, 15, 20, 30].map((n) => n * minute),
  ...[1, 2, 3, 4, 6, 8, 12].map((n) => n * hour),
  ...[1, 2, 7, 14, 28].map((n) => n * day),
];

/** How many buckets make one bar, so that `count` of them fit into `most` bars. */
export function barFactor(count: number, bucketMs: number, most: number): number {
  if (count <= most || bucketMs <= 0) return 1;
  const fitting = lengths.find((length) => length % bucketMs === 0 && count / (length / bucketMs) <= most);
  return fitting === undefined ? Math.ceil(count / Math.max(1, most)) : fitting / bucketMs;
}

/** Each `factor` buckets as one, from the first on; the last may be of fewer. */
export function joinBuckets(buckets: readonly Bucket[], factor: number): Bucket[] {
  if (factor <= 1) return [...buckets];
  const joined: Bucket[] = [];
  for (const [index, bucket] of buckets.entries()) {
    const last = joined.at(-1);
    if (last === undefined || index % factor === 0) {
      joined.push({ ...bucket });
      continue;
    }
    last.own += bucket.own;
    last.blocklist += bucket.blocklist;
    last.manual += bucket.manual;
    last.before += bucket.before;
  }
  return joined;
}

/** Less than this is not worth a chart of its own. */
const shortestZoom = 5 * minute;

/** From the start of one bar to the end of the other, in either order; null when it is the whole, or too short. */
export function zoomRange(
  bars: readonly Bucket[],
  barMs: number,
  a: number,
  b: number,
): { from: number; to: number } | null {
  const first = bars[Math.min(a, b)];
  const last = bars[Math.max(a, b)];
  if (first === undefined || last === undefined) return null;
  if (Math.abs(a - b) + 1 >= bars.length) return null;
  const to = last.at + barMs;
  return to - first.at < shortestZoom ? null : { from: first.at, to };
}
