/** Finds an address in sorted ranges. */
import type { Width } from './width.ts';

/**
 * Where the first range begins that has an address from `bounds[0]` to the last in `bounds`; null when none has.
 */
export function findOverlap(ranges: Uint32Array, width: Width, bounds: Uint32Array): number | null {
  const { words, compare } = width;
  let low = 0;
  let high = ranges.length / words / 2;
  // the first range that does not end before
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(ranges, middle * words * 2 + words, bounds, 0) < 0) low = middle + 1;
    else high = middle;
  }
  const at = low * words * 2;
  return at < ranges.length && compare(ranges, at, bounds, words) <= 0 ? at : null;
}
