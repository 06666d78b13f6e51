/** Reads addresses from bytes as strictly as `parseAddress` reads them from text, and without making anything. */

/** One address, overwritten by the next. */
export interface Scanned {
  family: 4 | 6;
  /** Of IPv4 the first one is used. */
  readonly words: Uint32Array;
  readonly groups: Uint16Array;
}

export const createScanned = (): Scanned => ({
  family: 4,
  words: new Uint32Array(4),
  groups: new Uint16Array(8),
});

/** Where the address ends that begins at `at`, or -1. Whether what follows may follow is for the caller to judge. */
export function scanAddress(bytes: Uint8Array, at: number, into: Scanned): number {
  into.family = 4;
  const end = scanIpv4(bytes, at, into.words);
  if (end >= 0) return end;
  into.family = 6;
  return scanIpv6(bytes, at, into);
}

/** A decimal number below 1000, without leading zeros and of at most `most`; or -1. */
export function scanNumber(bytes: Uint8Array, from: number, most: number): number {
  let value = digit(bytes[from]);
  // after a zero no digit is read: whoever expects something else there refuses it
  if (value <= 0) return value;
  for (let at = from + 1; ; at++) {
    const one = digit(bytes[at]);
    if (one < 0) return value;
    value = value * 10 + one;
    if (value > most) return -1;
  }
}

export const countDigits = (value: number): number => (value < 10 ? 1 : value < 100 ? 2 : 3);

const [dot, colon, zero, letterA] = [0x2e, 0x3a, 0x30, 0x61];

function scanIpv4(bytes: Uint8Array, from: number, words: Uint32Array): number {
  let at = from;
  let value = 0;
  for (let octet = 0; octet < 4; octet++) {
    if (octet > 0 && bytes[at++] !== dot) return -1;
    const one = scanNumber(bytes, at, 255);
    if (one < 0) return -1;
    value = value * 256 + one;
    at += countDigits(one);
  }
  words[0] = value;
  return at;
}

function scanIpv6(bytes: Uint8Array, from: number, { words, groups }: Scanned): number {
  let at = from;
  let count = 0;
  /** Before which group `::` stands. */
  let gap = -1;
  if (bytes[at] === colon) {
    if (bytes[at + 1] !== colon) return -1;
    gap = 0;
    at += 2;
  }
  for (;;) {
    const begin = at;
    let value = 0;
    for (let one = hexDigit(bytes[at]); one >= 0 && at - begin < 4; one = hexDigit(bytes[at])) {
      value = value * 16 + one;
      at += 1;
    }
    // only after a gap may nothing follow
    if (at === begin && (gap < 0 || gap !== count)) return -1;
    if (at === begin) break;
    if (count === 8) return -1;
    if (bytes[at] === dot) {
      at = scanIpv4(bytes, begin, words);
      if (at < 0 || count > 6) return -1;
      groups[count++] = (words[0] ?? 0) >>> 16;
      groups[count++] = words[0] ?? 0;
      break;
    }
    groups[count++] = value;
    if (bytes[at] !== colon) break;
    at += 1;
    if (bytes[at] !== colon) continue;
    if (gap >= 0) return -1;
    gap = count;
    at += 1;
  }
  if (gap < 0 ? count !== 8 : count > 7) return -1;
  if (gap >= 0) {
    groups.copyWithin(gap + 8 - count, gap, count);
    groups.fill(0, gap, gap + 8 - count);
  }
  for (let word = 0; word < 4; word++)
    words[word] = (groups[word * 2] ?? 0) * 65_536 + (groups[word * 2 + 1] ?? 0);
  return at;
}

function digit(byte: number | undefined): number {
  const value = (byte ?? 0) - zero;
  return value <= 9 ? value : -1;
}

function hexDigit(byte: number | undefined): number {
  const value = digit(byte);
  if (value >= 0) return value;
  const letter = ((byte ?? 0) | 0x20) - letterA;
  return letter >= 0 && letter <= 5 ? letter + 10 : -1;
}
