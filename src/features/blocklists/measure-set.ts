/** How large a list is, what of it others hold too, and what of it may never be blocked. */
import { contains, type Address } from '../../base/address.ts';
import {
  countV4,
  emptySet,
  fromAddresses,
  subtract,
  union,
  type AddressSet,
} from '../../base/address-set/address-set.ts';
import { prefixAddress, walkPrefixes4, walkPrefixes6 } from '../../base/address-set/prefixes.ts';
import { reservedSet } from '../../base/address-set/reserved.ts';
import { walkMet } from '../../base/address-set/walk-met.ts';
import type { Without } from './list-jobs.ts';
import type { MeasureEnd } from './measure-jobs.ts';

/** IPv4 addresses that are globally reachable. */
export const reachableV4 = 2 ** 32 - countV4(reservedSet);

const mostMet = 100;

/** `others` are read one after the other: one of them is in memory at a time, beside the union of all. */
export async function measureSet(
  whole: AddressSet,
  others: readonly (() => Promise<AddressSet>)[],
  without: readonly Without[],
): Promise<MeasureEnd> {
  const never = fromAddresses(without.map(({ entry }) => entry));
  const set = subtract(whole, never);
  const shared: number[] = [];
  let all = emptySet;
  for (const read of others) {
    const other = await read();
    shared.push(countMet(set, other));
    all = union(all, other);
  }
  return {
    ...sizes(set),
    v4Addresses: countV4(set),
    elsewhere: countMet(set, all),
    shared,
    ...meets(whole, never, without),
  };
}

function sizes({ v4, v6 }: AddressSet): Pick<MeasureEnd, 'v4Entries' | 'v6Entries' | 'largest'> {
  const counts = { v4Entries: 0, v6Entries: 0 };
  const widest4 = { prefix: 33, first: 0 };
  walkPrefixes4(v4, (first, prefix) => {
    counts.v4Entries += 1;
    if (prefix < widest4.prefix) Object.assign(widest4, { prefix, first });
  });
  const widest6 = { prefix: 129, first: new Uint32Array(4) };
  walkPrefixes6(v6, (first, prefix) => {
    counts.v6Entries += 1;
    if (prefix < widest6.prefix) Object.assign(widest6, { prefix, first: first.slice() });
  });
  if (counts.v4Entries + counts.v6Entries === 0) return { ...counts, largest: null };
  const largest =
    counts.v4Entries > 0
      ? { entry: prefixAddress([widest4.first], widest4.prefix), addresses: 2 ** (32 - widest4.prefix) }
      : { entry: prefixAddress(widest6.first, widest6.prefix), addresses: 2 ** (128 - widest6.prefix) };
  return { ...counts, largest };
}

function countMet(set: AddressSet, other: AddressSet): number {
  let count = 0;
  walkMet(set, other, () => void (count += 1));
  return count;
}

function meets(
  whole: AddressSet,
  never: AddressSet,
  without: readonly Without[],
): Pick<MeasureEnd, 'met' | 'metTotal'> {
  const met: MeasureEnd['met'][number][] = [];
  let metTotal = 0;
  walkMet(whole, never, (entryOf) => {
    metTotal += 1;
    if (metTotal > mostMet) return;
    const entry = entryOf();
    const meeting = without.find((one) => overlap(entry, one.entry));
    if (meeting === undefined) return;
    met.push({ entry, kind: meeting.kind, meets: meeting.meets, without: meeting.entry });
  });
  return { met, metTotal };
}

const overlap = (one: Address, other: Address): boolean => contains(one, other) || contains(other, one);
