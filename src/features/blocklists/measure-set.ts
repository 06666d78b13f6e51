/** How large a list is, what of it others hold too, and what of it may never be blocked. */
import { contains, parseAddress } from '../../base/address.ts';
import {
  countV4,
  emptySet,
  fromAddresses,
  subtract,
  union,
  type AddressSet,
} from '../../base/address-set/address-set.ts';
import { prefixText, walkPrefixes4, walkPrefixes6 } from '../../base/address-set/prefixes.ts';
import { reservedSet } from '../../base/address-set/reserved.ts';
import type { Without } from './list-jobs.ts';
import type { MeasureEnd } from './measure-jobs.ts';
import { countMeeting, visitMeeting } from './meeting.ts';

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
    shared.push(countMeeting(set, other));
    all = union(all, other);
  }
  return {
    ...sizes(set),
    v4Addresses: countV4(set),
    elsewhere: countMeeting(set, all),
    shared,
    ...meets(whole, never, without),
  };
}

function sizes({ v4, v6 }: AddressSet): Pick<MeasureEnd, 'v4Entries' | 'v6Entries' | 'largest'> {
  const counts = { v4Entries: 0, v6Entries: 0 };
  const word = new Uint32Array(1);
  const widest = { prefix: 33, text: '' };
  walkPrefixes4(v4, (first, prefix) => {
    counts.v4Entries += 1;
    if (prefix >= widest.prefix) return;
    word[0] = first;
    Object.assign(widest, { prefix, text: prefixText(word, prefix) });
  });
  const widest6 = { prefix: 129, text: '' };
  walkPrefixes6(v6, (first, prefix) => {
    counts.v6Entries += 1;
    if (prefix < widest6.prefix) Object.assign(widest6, { prefix, text: prefixText(first, prefix) });
  });
  const largest =
    counts.v4Entries > 0
      ? { entry: widest.text, addresses: 2 ** (32 - widest.prefix) }
      : counts.v6Entries > 0
        ? { entry: widest6.text, addresses: 2 ** (128 - widest6.prefix) }
        : null;
  return { ...counts, largest };
}

function meets(
  whole: AddressSet,
  never: AddressSet,
  without: readonly Without[],
): Pick<MeasureEnd, 'met' | 'metTotal'> {
  const met: MeasureEnd['met'][number][] = [];
  let metTotal = 0;
  visitMeeting(whole, never, (words, prefix) => {
    metTotal += 1;
    const entry = metTotal > mostMet ? null : parseAddress(prefixText(words, prefix));
    if (entry === null) return;
    const meeting = without.find((one) => contains(entry, one.entry) || contains(one.entry, entry));
    if (meeting === undefined) return;
    met.push({ entry, kind: meeting.kind, meets: meeting.meets, without: meeting.entry });
  });
  return { met, metTotal };
}
