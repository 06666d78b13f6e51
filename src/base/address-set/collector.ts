/** Takes the entries of a list in any order and makes a set of them. */
import type { AddressSet } from './address-set.ts';
import type { Entry } from './scan-entry.ts';
import { sortRanges } from './sort-ranges.ts';
import { v4Width, v6Width } from './width.ts';

export interface Collector {
  add(entry: Entry): void;
  /** Bytes of what was added: eight an IPv4 entry, 32 an IPv6 one. */
  bytes(): number;
  /** `duplicates`: entries that lie in what others gave. Nothing may be added afterwards. */
  finish(): { set: AddressSet; duplicates: number };
}

export function createCollector(): Collector {
  const v4 = createGrowing();
  const v6 = createGrowing();
  return {
    add({ family, bounds }) {
      if (family === 4) v4.push(bounds, 2);
      else v6.push(bounds, 8);
    },
    bytes: () => v4.bytes() + v6.bytes(),
    finish() {
      const four = sortRanges(v4.take(), v4Width);
      const six = sortRanges(v6.take(), v6Width);
      return { set: { v4: four.ranges, v6: six.ranges }, duplicates: four.duplicates + six.duplicates };
    },
  };
}

interface Growing {
  push(words: Uint32Array, count: number): void;
  bytes(): number;
  take(): Uint32Array;
}

function createGrowing(): Growing {
  let words = new Uint32Array(8_192);
  let length = 0;
  return {
    push(from, count) {
      // transferred, most of it stays where it is
      if (length + count > words.length) words = new Uint32Array(words.buffer.transfer(words.byteLength * 2));
      for (let at = 0; at < count; at++) words[length + at] = from[at] ?? 0;
      length += count;
    },
    bytes: () => length * 4,
    take() {
      const all = words.subarray(0, length);
      words = new Uint32Array();
      return all;
    },
  };
}
