/** Reads one entry of a list from bytes: an address, a network, or a range `a-b`. */
import { countDigits, createScanned, scanAddress, scanNumber, type Scanned } from './scan-address.ts';
import { spread, v4Width, v6Width } from './width.ts';

/** One entry, overwritten by the next. */
export interface Entry extends Scanned {
  /** First and last address as in an `AddressSet`: two words for IPv4, eight for IPv6. */
  readonly bounds: Uint32Array;
  /** The text named an address inside its network; the network is meant. */
  hostBits: boolean;
}

export const createEntry = (): Entry => ({
  ...createScanned(),
  bounds: new Uint32Array(8),
  hostBits: false,
});

/**
 * Where the entry ends that begins at `at`, or -1. Accepted is what `parseAddress` accepts, and two addresses with a
 * hyphen between them that may have spaces around it. IPv4-mapped IPv6 becomes IPv4.
 */
export function scanEntry(bytes: Uint8Array, at: number, into: Entry): number {
  const end = scanAddress(bytes, at, into);
  if (end < 0) return -1;
  if (bytes[end] === slash) return scanPrefix(bytes, end + 1, into);
  unmap(into);
  setBounds(into, 0);
  const hyphenAt = skipSpaces(bytes, end);
  return bytes[hyphenAt] === hyphen ? scanLast(bytes, end, into) : end;
}

export function skipSpaces(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === space || bytes[at] === tab) at += 1;
  return at;
}

const [slash, hyphen, space, tab] = [0x2f, 0x2d, 0x20, 0x09];

function scanPrefix(bytes: Uint8Array, at: number, into: Entry): number {
  const given = scanNumber(bytes, at, into.family === 4 ? 32 : 128);
  if (given < 0) return -1;
  const prefix = given >= 96 && unmap(into) ? given - 96 : given;
  setBounds(into, into.family === 4 ? 32 - prefix : 128 - prefix);
  return at + countDigits(given);
}

/** Reads on after a first address. A hyphen and no address after it is other text. */
function scanLast(bytes: Uint8Array, firstEnd: number, into: Entry): number {
  const { family, bounds } = into;
  const at = skipSpaces(bytes, skipSpaces(bytes, firstEnd) + 1);
  const end = scanAddress(bytes, at, into);
  if (end < 0) {
    into.family = family;
    return firstEnd;
  }
  unmap(into);
  if (into.family !== family) return -1;
  const { words, compare } = family === 4 ? v4Width : v6Width;
  for (let word = 0; word < words; word++) bounds[words + word] = into.words[word] ?? 0;
  return compare(bounds, 0, bounds, words) <= 0 ? end : -1;
}

/** From the address in `words`; so many of its low bits are the host's. */
function setBounds(into: Entry, hostBits: number): void {
  const { bounds, words, family } = into;
  const width = family === 4 ? v4Width : v6Width;
  spread(words, hostBits, width, bounds);
  into.hostBits = width.compare(bounds, 0, words, 0) !== 0;
}

/** `::ffff:0:0/96` carries IPv4: the kernel shows such a peer as IPv4. */
function unmap(into: Entry): boolean {
  const { words } = into;
  if (into.family === 4 || words[0] !== 0 || words[1] !== 0 || words[2] !== 0xffff) return false;
  into.family = 4;
  words[0] = words[3] ?? 0;
  return true;
}
