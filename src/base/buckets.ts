/** Into which stretches a range is cut for the trend, and where they begin. */
import type { TimeRange } from './time-range.ts';
import type { Zone } from './zone.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Each is at most 2.25 times the one before, so that a range of any length has 40 to 90 of them. */
const lengths = [
  ...[1, 2, 3, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 3, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
  ...[1, 2, 4, 7, 14, 28, 56, 112, 224, 448].map((n) => n * day),
];
const most = 90;

/** ms. */
export function bucketLength({ from, to }: TimeRange): number {
  const length = lengths.find((one) => (to - from) / one <= most);
  return length ?? Math.ceil((to - from) / most / day) * day;
}

/**
 * Where the buckets of a range begin, and where the last one ends: the first holds `from`, the last what is right
 * before `to`. From two hours on they follow the clocks of the zone; whole days begin at its midnight and weeks on its
 * Monday. A zone that is half an hour off takes the full hour before for buckets shorter than a day, as sums have it.
 */
export function bucketEdges({ from, to }: TimeRange, length: number, zone: Zone): number[] {
  const edges: number[] = [];
  if (length < 2 * hour) {
    for (let at = Math.floor(from / length) * length; at < to + length; at += length) edges.push(at);
    return edges;
  }
  const offsetAt = (ms: number): number => {
    const offset = zone.offsetAt(ms);
    return length < day ? Math.floor(offset / hour) * hour : offset;
  };
  const momentOf = (shown: number): number =>
    length < day ? shown - offsetAt(shown - offsetAt(shown)) : zone.momentOf(shown);
  // the first day of all was a Thursday
  const origin = length % (7 * day) === 0 ? 4 * day : 0;
  const shownFrom = from + offsetAt(from);
  let shown = Math.floor((shownFrom - origin) / length) * length + origin;
  while (momentOf(shown) > from) shown -= length;
  for (; ; shown += length) {
    const at = momentOf(shown);
    // on the night when the clocks change two of them may fall together, and both before `from`
    if (at <= from) edges[0] = at;
    else if (at > (edges.at(-1) ?? from)) edges.push(at);
    if (at >= to) return edges;
  }
}

/** Index of the bucket that holds a moment inside the edges. */
export function bucketAt(edges: readonly number[], ms: number): number {
  let low = 0;
  let high = edges.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) <= ms) low = middle;
    else high = middle;
  }
  return low;
}
