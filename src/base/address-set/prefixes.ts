/** Ranges as the fewest networks that cover them exactly. */
import { parseAddress, type Address } from '../address.ts';
import { writeBits } from '../ip-bits.ts';
import type { AddressSet } from './address-set.ts';

/** `first` is as unsigned 32 bits. */
export type Visit4 = (first: number, prefix: number) => void;
/** `first` holds four words, and is written over for the next one. */
export type Visit6 = (first: Uint32Array, prefix: number) => void;

export function walkPrefixes4(ranges: Uint32Array, visit: Visit4): void {
  for (let at = 0; at < ranges.length; at += 2) {
    let first = ranges[at] ?? 0;
    const last = ranges[at + 1] ?? 0;
    while (first <= last) {
      const span = last - first;
      // as wide as it may begin here, and as it may before the end
      const bits = Math.min(trailingZeros(first), bitLength(span) - (isAllOnes(span) ? 0 : 1));
      visit(first, 32 - bits);
      first += 2 ** bits;
    }
  }
}

export function walkPrefixes6(ranges: Uint32Array, visit: Visit6): void {
  const first = new Uint32Array(4);
  const span = new Uint32Array(4);
  for (let at = 0; at < ranges.length; at += 8) {
    for (let word = 0; word < 4; word++) first[word] = ranges[at + word] ?? 0;
    for (;;) {
      subtractWords(ranges, at + 4, first, span);
      const length = bitLength6(span);
      const fits = isAllOnes6(span, length);
      const bits = Math.min(trailingZeros6(first), fits ? length : length - 1);
      visit(first, 128 - bits);
      if (fits && bits === length) break;
      addBit(first, bits);
    }
  }
}

export function countPrefixes({ v4, v6 }: AddressSet): { v4: number; v6: number } {
  const counts = { v4: 0, v6: 0 };
  walkPrefixes4(v4, () => void (counts.v4 += 1));
  walkPrefixes6(v6, () => void (counts.v6 += 1));
  return counts;
}

/** `words` are one for IPv4, four for IPv6. */
export function prefixAddress(words: ArrayLike<number>, prefix: number): Address {
  const bytes: number[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? 0;
    bytes.push(word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff);
  }
  const address = parseAddress(writeBits({ bytes, prefix }));
  if (address === null) throw new TypeError('what was written cannot be read');
  return address;
}

const bitLength = (word: number): number => 32 - Math.clz32(word);
const isAllOnes = (word: number): boolean => (word & (word + 1)) === 0;
const trailingZeros = (word: number): number => (word === 0 ? 32 : 31 - Math.clz32(word & -word));

function bitLength6(words: Uint32Array): number {
  for (let word = 0; word < 4; word++)
    if (words[word] !== 0) return bitLength(words[word] ?? 0) + (3 - word) * 32;
  return 0;
}

function isAllOnes6(words: Uint32Array, length: number): boolean {
  const top = 3 - Math.floor((length - 1) / 32);
  for (let word = 3; word > top; word--) if (words[word] !== 0xffff_ffff) return false;
  return length === 0 || isAllOnes(words[top] ?? 0);
}

function trailingZeros6(words: Uint32Array): number {
  for (let word = 3; word >= 0; word--)
    if (words[word] !== 0) return trailingZeros(words[word] ?? 0) + (3 - word) * 32;
  return 128;
}

/** `into` becomes what lies at `from[at]`, less `less`. */
function subtractWords(from: Uint32Array, at: number, less: Uint32Array, into: Uint32Array): void {
  let borrow = 0;
  for (let word = 3; word >= 0; word--) {
    const difference = (from[at + word] ?? 0) - (less[word] ?? 0) - borrow;
    into[word] = difference;
    borrow = difference < 0 ? 1 : 0;
  }
}

function addBit(words: Uint32Array, bit: number): void {
  let carry = 2 ** (bit % 32);
  for (let word = 3 - Math.floor(bit / 32); word >= 0 && carry > 0; word--) {
    const sum = (words[word] ?? 0) + carry;
    words[word] = sum;
    carry = sum > 0xffff_ffff ? 1 : 0;
  }
}
