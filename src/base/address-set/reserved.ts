/** What is not globally reachable, as a set, and the names of its blocks. */
import { parseAddress, type Address } from '../address.ts';
import { reachableExceptions, unreachableBlocks } from '../special-purpose.ts';
import { boundsOf, fromAddresses, subtract, type AddressSet } from './address-set.ts';
import { findOverlap } from './find-overlap.ts';
import type { Width } from './width.ts';

const blocks = unreachableBlocks.map(({ network, name }) => {
  const address = known(network);
  return { name, bounds: Uint32Array.from(boundsOf(address)) };
});

/** No blocklist may hold any of these. */
export const reservedSet: AddressSet = subtract(
  fromAddresses(unreachableBlocks.map(({ network }) => known(network))),
  fromAddresses(reachableExceptions.map(known)),
);

/** Name of the first block that has an address from the first to the last in `bounds`. */
export function reservedName(width: Width, bounds: Uint32Array): string | null {
  const block = blocks.find(
    (one) => one.bounds.length === 2 * width.words && findOverlap(one.bounds, width, bounds) !== null,
  );
  return block?.name ?? null;
}

function known(text: string): Address {
  const address = parseAddress(text);
  if (address === null) throw new TypeError(`${text} is no network`);
  return address;
}
