/** Finds the networks of one set that another one meets. */
import type { Address } from '../address.ts';
import type { AddressSet } from './address-set.ts';
import { findOverlap } from './find-overlap.ts';
import { prefixAddress, walkPrefixes4, walkPrefixes6 } from './prefixes.ts';
import { spread, v4Width, v6Width } from './width.ts';

/** Visits each network of `set` of which `other` has a part; its text is made when it is asked for. */
export function walkMet(set: AddressSet, other: AddressSet, visit: (entry: () => Address) => void): void {
  const bounds = new Uint32Array(8);
  const one = new Uint32Array(1);
  if (other.v4.length > 0)
    walkPrefixes4(set.v4, (first, prefix) => {
      one[0] = first;
      spread(one, 32 - prefix, v4Width, bounds);
      if (findOverlap(other.v4, v4Width, bounds) !== null) visit(() => prefixAddress([first], prefix));
    });
  if (other.v6.length > 0)
    walkPrefixes6(set.v6, (first, prefix) => {
      spread(first, 128 - prefix, v6Width, bounds);
      if (findOverlap(other.v6, v6Width, bounds) !== null) visit(() => prefixAddress(first, prefix));
    });
}
