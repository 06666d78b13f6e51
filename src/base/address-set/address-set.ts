/** Sets of addresses as sorted ranges in typed arrays: a million networks are eight megabytes, and no objects. */
import { family, networkBounds, type Address } from '../address.ts';
import { combineRanges, type Keep } from './combine-ranges.ts';
import { findOverlap } from './find-overlap.ts';
import { sortRanges } from './sort-ranges.ts';
import { v4Width, v6Width, type Width } from './width.ts';

/**
 * Ranges are sorted, do not overlap and do not touch. v4: first, last, first, last, …, both inclusive;
 * v6: the four 32-bit words of a first address (highest first), then those of the last, and so on.
 */
export interface AddressSet {
  readonly v4: Uint32Array;
  readonly v6: Uint32Array;
}

export const emptySet: AddressSet = { v4: new Uint32Array(), v6: new Uint32Array() };

export function fromAddresses(addresses: readonly Address[]): AddressSet {
  const bounds = (wanted: 4 | 6): Uint32Array =>
    Uint32Array.from(addresses.filter((one) => family(one) === wanted).flatMap(boundsOf));
  return {
    v4: sortRanges(bounds(4), v4Width).ranges,
    v6: sortRanges(bounds(6), v6Width).ranges,
  };
}

export const union = (a: AddressSet, b: AddressSet): AddressSet => combine(a, b, (inA, inB) => inA || inB);

export const intersect = (a: AddressSet, b: AddressSet): AddressSet =>
  combine(a, b, (inA, inB) => inA && inB);

/** What is in `a` and not in `b`; networks are split exactly. */
export const subtract = (a: AddressSet, b: AddressSet): AddressSet =>
  combine(a, b, (inA, inB) => inA && !inB);

/** True when the set has all of this address or network. */
export function holds(set: AddressSet, address: Address): boolean {
  const { ranges, width, bounds } = beside(set, address);
  const at = findOverlap(ranges, width, bounds);
  if (at === null) return false;
  const { words, compare } = width;
  // ranges do not touch: one that has all of it is the first that has some
  return compare(ranges, at, bounds, 0) <= 0 && compare(ranges, at + words, bounds, words) >= 0;
}

/** True when the set has at least one address of this network. */
export function overlaps(set: AddressSet, address: Address): boolean {
  const { ranges, width, bounds } = beside(set, address);
  return findOverlap(ranges, width, bounds) !== null;
}

/** How many IPv4 addresses. Exact: there are fewer than 2^53. */
export function countV4({ v4 }: AddressSet): number {
  let sum = 0;
  for (let at = 0; at < v4.length; at += 2) sum += (v4[at + 1] ?? 0) - (v4[at] ?? 0) + 1;
  return sum;
}

/** First and last address, each in 32-bit words: two numbers for IPv4, eight for IPv6. */
export function boundsOf(address: Address): number[] {
  const { first, last } = networkBounds(address);
  return [...wordsOf(first), ...wordsOf(last)];
}

/** Keys are hexadecimal, after one character for the family. */
const wordsOf = (key: string): number[] =>
  Array.from({ length: (key.length - 1) / 8 }, (_, word) =>
    Number.parseInt(key.slice(1 + word * 8, 9 + word * 8), 16),
  );

function beside(
  set: AddressSet,
  address: Address,
): { ranges: Uint32Array; width: Width; bounds: Uint32Array } {
  const four = family(address) === 4;
  return {
    ranges: four ? set.v4 : set.v6,
    width: four ? v4Width : v6Width,
    bounds: Uint32Array.from(boundsOf(address)),
  };
}

const combine = (a: AddressSet, b: AddressSet, keep: Keep): AddressSet => ({
  v4: combineRanges(a.v4, b.v4, v4Width, keep),
  v6: combineRanges(a.v6, b.v6, v6Width, keep),
});
