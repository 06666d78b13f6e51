/**
 * A set of `addresses.id` as bytes: sorted, each as the distance from the one before in 7-bit groups, lowest first, the
 * top bit of a byte telling that more follow. One byte an address where they are dense.
 */

export const emptySet: Uint8Array = new Uint8Array(0);

export function encodeSet(ids: readonly number[] | ReadonlySet<number>): Uint8Array {
  const sorted = Float64Array.from(ids).toSorted();
  const bytes = new Uint8Array(sorted.length * longestId);
  let length = 0;
  let last = -1;
  for (const id of sorted) {
    if (id === last) continue;
    length = putVarint(bytes, length, id - last - 1);
    last = id;
  }
  return bytes.slice(0, length);
}

/** Ascending. */
export function decodeSet(bytes: Uint8Array): number[] {
  const ids: number[] = [];
  let last = -1;
  let value = 0;
  let weight = 1;
  for (const byte of bytes) {
    value += (byte & 0x7f) * weight;
    weight *= 128;
    if (byte > 0x7f) continue;
    last += value + 1;
    ids.push(last);
    value = 0;
    weight = 1;
  }
  return ids;
}

export function sizeOfSet(bytes: Uint8Array): number {
  let size = 0;
  for (const byte of bytes) if (byte < 0x80) size += 1;
  return size;
}

export function addToSet(bytes: Uint8Array, ids: readonly number[]): Uint8Array {
  if (bytes.length > 0) return encodeSet([...decodeSet(bytes), ...ids]);
  const [only] = ids;
  return only !== undefined && ids.length === 1 ? setOfOne(only) : encodeSet(ids);
}

/** Most sums of an hour are of one address. */
export function setOfOne(id: number): Uint8Array {
  let length = 1;
  for (let rest = id; rest > 0x7f; rest = Math.floor(rest / 128)) length += 1;
  const bytes = new Uint8Array(length);
  putVarint(bytes, 0, id);
  return bytes;
}

export function removeFromSet(bytes: Uint8Array, ids: ReadonlySet<number>): Uint8Array {
  return encodeSet(decodeSet(bytes).filter((id) => !ids.has(id)));
}

export function uniteSets(sets: Iterable<Uint8Array>): Uint8Array {
  const all = new Set<number>();
  let only = emptySet;
  let count = 0;
  for (const one of sets) {
    if (one.length === 0) continue;
    count += 1;
    if (count === 2) for (const id of decodeSet(only)) all.add(id);
    if (count > 1) for (const id of decodeSet(one)) all.add(id);
    else only = one;
  }
  return count < 2 ? only : encodeSet(all);
}

/** Bytes of the largest safe integer. */
const longestId = 8;

function putVarint(bytes: Uint8Array, at: number, value: number): number {
  let place = at;
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes[place++] = (rest % 128) + 128;
  bytes[place++] = rest;
  return place;
}
