/** Which network of a set an address belongs to, when the set is written as networks. */
import { parseAddress, type Address } from '../address.ts';
import { holds, type AddressSet } from './address-set.ts';
import { findOverlap } from './find-overlap.ts';
import { prefixAddress } from './prefixes.ts';
import type { Width } from './width.ts';

/** The first entry of these ranges that meets `bounds`, first and last address; null when none does. */
export function firstEntry(ranges: Uint32Array, width: Width, bounds: Uint32Array): Address | null {
  const at = findOverlap(ranges, width, bounds);
  if (at === null) return null;
  const { words, compare } = width;
  const range = ranges.slice(at, at + 2 * words);
  const met = compare(range, 0, bounds, 0) < 0 ? bounds : range;
  const none = new Uint32Array();
  const set = words === 1 ? { v4: range, v6: none } : { v4: none, v6: range };
  return widestAround(set, prefixAddress(met.subarray(0, words), words * 32), words * 32);
}

/** Networks around an address hold each other: the first that is not in the set ends it. */
function widestAround(set: AddressSet, address: Address, width: number): Address {
  let widest = address;
  for (let prefix = width - 1; prefix >= 0; prefix--) {
    const wider = parseAddress(`${address}/${prefix}`);
    if (wider === null || !holds(set, wider)) break;
    widest = wider;
  }
  return widest;
}
