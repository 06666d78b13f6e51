/**
 * Keeps the number of different statements small. A prepared statement is freed only when the garbage collector
 * comes by, and holds up to 100 kB that it does not know of: a new text for every number of rows once cost 100 MB.
 */

/** Pieces of 32, 16, 8, 4, 2 and 1 items that together are all items: for inserts of several rows. */
export function* powerSlices<T>(items: readonly T[]): Generator<T[]> {
  let size = 32;
  for (let at = 0; at < items.length; at += size) {
    while (size > items.length - at) size /= 2;
    yield items.slice(at, at + size);
  }
}

/** The items, the last one repeated until their number is a power of two: for `IN` lists. */
export function padded<T>(items: readonly T[]): T[] {
  const [last] = items.slice(-1);
  if (last === undefined) return [];
  const size = 2 ** Math.ceil(Math.log2(items.length));
  return [...items, ...Array.from({ length: size - items.length }, () => last)];
}
