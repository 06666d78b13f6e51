/** Which networks of one set have an address in common with another set: both walked once, side by side. */
import type { AddressSet } from '../../base/address-set/address-set.ts';
import { walkPrefixes4, walkPrefixes6 } from '../../base/address-set/prefixes.ts';
import { v6Width } from '../../base/address-set/width.ts';

/** `words` is one for IPv4, four for IPv6, and is written over for the next one. */
export type VisitNetwork = (words: Uint32Array, prefix: number) => void;

/** Networks of `set` after merging, ascending, IPv4 first. */
export function visitMeeting(set: AddressSet, other: AddressSet, visit: VisitNetwork): void {
  const words = new Uint32Array(1);
  const meets4 = beside4(other.v4);
  walkPrefixes4(set.v4, (first, prefix) => {
    if (!meets4(first, first + 2 ** (32 - prefix) - 1)) return;
    words[0] = first;
    visit(words, prefix);
  });
  const meets6 = beside6(other.v6);
  walkPrefixes6(set.v6, (first, prefix) => {
    if (meets6(first, prefix)) visit(first, prefix);
  });
}

export function countMeeting(set: AddressSet, other: AddressSet): number {
  let count = 0;
  visitMeeting(set, other, () => void (count += 1));
  return count;
}

/** To be asked about ascending networks that do not overlap. */
function beside4(ranges: Uint32Array): (first: number, last: number) => boolean {
  let at = 0;
  return (first, last) => {
    while (at < ranges.length && (ranges[at + 1] ?? 0) < first) at += 2;
    return at < ranges.length && (ranges[at] ?? 0) <= last;
  };
}

function beside6(ranges: Uint32Array): (first: Uint32Array, prefix: number) => boolean {
  const last = new Uint32Array(4);
  let at = 0;
  return (first, prefix) => {
    for (let word = 0; word < 4; word++) {
      const kept = Math.min(32, Math.max(0, prefix - word * 32));
      last[word] = (first[word] ?? 0) | (kept === 32 ? 0 : 0xffff_ffff >>> kept);
    }
    while (at < ranges.length && v6Width.compare(ranges, at + 4, first, 0) < 0) at += 8;
    return at < ranges.length && v6Width.compare(ranges, at, last, 0) <= 0;
  };
}
