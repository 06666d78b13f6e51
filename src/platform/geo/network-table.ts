/**
 * Networks of the internet as one piece of memory that threads share: which range belongs to which network. Compiled
 * from text once (see `compile-networks.ts`) and searched by halving.
 */
import type { Words } from './words.ts';

/**
 * Numbers of 32 bits: mark, form, and how many IPv4 ranges, IPv6 ranges, networks and bytes of names follow. Then, each
 * one after the other: IPv4 starts and their networks, IPv6 starts (4 numbers each) and their networks, the networks'
 * AS numbers, the ends of their names in the bytes of all names, and those bytes. A range ends where the next begins;
 * network 0 is none.
 */
const headerWords = 6;
const mark = 0x4e47_4e42;
/** Another form is another number: files of an older BanGUI are compiled anew. */
export const tableForm = 1;

export interface TableParts {
  v4Starts: Uint32Array;
  v4Networks: Uint32Array;
  v6Starts: Uint32Array;
  v6Networks: Uint32Array;
  asns: Uint32Array;
  nameEnds: Uint32Array;
  names: Uint8Array;
}

export function writeTable(parts: TableParts): SharedArrayBuffer {
  const { v4Starts, v4Networks, v6Starts, v6Networks, asns, nameEnds, names } = parts;
  const header = [mark, tableForm, v4Starts.length, v6Networks.length, asns.length, names.length];
  const numbers = [Uint32Array.from(header), v4Starts, v4Networks, v6Starts, v6Networks, asns, nameEnds];
  const words = numbers.reduce((sum, one) => sum + one.length, 0);
  const buffer = new SharedArrayBuffer(words * 4 + names.length);
  const all = new Uint32Array(buffer, 0, words);
  let at = 0;
  for (const one of numbers) {
    all.set(one, at);
    at += one.length;
  }
  new Uint8Array(buffer, words * 4).set(names);
  return buffer;
}

/** Throws when these bytes are no table, or not a whole one. */
export function readTable(buffer: SharedArrayBuffer): TableParts {
  const whole = buffer.byteLength >= headerWords * 4;
  const [found, form, v4 = 0, v6 = 0, networks = 0, nameBytes = 0] = whole
    ? new Uint32Array(buffer, 0, headerWords)
    : [];
  const words = headerWords + v4 * 2 + v6 * 5 + networks * 2;
  if (found !== mark || form !== tableForm || buffer.byteLength !== words * 4 + nameBytes) {
    throw new Error('not a table of networks');
  }
  let at = headerWords;
  const take = (length: number): Uint32Array => {
    const part = new Uint32Array(buffer, at * 4, length);
    at += length;
    return part;
  };
  return {
    v4Starts: take(v4),
    v4Networks: take(v4),
    v6Starts: take(v6 * 4),
    v6Networks: take(v6),
    asns: take(networks),
    nameEnds: take(networks),
    names: new Uint8Array(buffer, words * 4),
  };
}

export interface Network {
  asn: number;
  name: string | null;
  /** Of the widest CIDR block around the address that lies wholly in a range of this network. */
  prefix: number;
}

export interface NetworkTable {
  /** Null = no known network. */
  find(ip: Words): Network | null;
}

/** Throws as `readTable` does. */
export function openTable(buffer: SharedArrayBuffer): NetworkTable {
  const { v4Starts, v4Networks, v6Starts, v6Networks, asns, nameEnds, names } = readTable(buffer);
  const text = Buffer.from(buffer, names.byteOffset, names.length);
  /** Of networks that were asked for. */
  const known: (string | null)[] = [];

  function nameOf(network: number): string | null {
    const before = known[network];
    if (before !== undefined) return before;
    const from = nameEnds[network - 1] ?? 0;
    const to = nameEnds[network] ?? 0;
    return (known[network] = from === to ? null : text.toString('utf8', from, to));
  }

  /** The last range that begins at or before the address. */
  function rangeOf(starts: Uint32Array, ip: Words): number {
    let low = 0;
    let high = starts.length / ip.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isAfter(starts, middle * ip.length, ip)) high = middle;
      else low = middle + 1;
    }
    return low - 1;
  }

  return {
    find(ip) {
      const [starts, networks] = ip.length === 1 ? [v4Starts, v4Networks] : [v6Starts, v6Networks];
      const range = rangeOf(starts, ip);
      const network = networks[range] ?? 0;
      if (network === 0) return null;
      return { asn: asns[network] ?? 0, name: nameOf(network), prefix: prefixWithin(starts, range, ip) };
    },
  };
}

function isAfter(starts: Uint32Array, at: number, ip: Words): boolean {
  for (let index = 0; index < ip.length; index++) {
    const start = starts[at + index] ?? 0;
    const own = ip[index] ?? 0;
    if (start !== own) return start > own;
  }
  return false;
}

/** A block lies in a range when it holds neither the address before the range nor the one after it. */
function prefixWithin(starts: Uint32Array, range: number, ip: Words): number {
  const at = range * ip.length;
  const after = at + ip.length < starts.length ? sharedBits(starts, at + ip.length, ip) + 1 : 0;
  const before = range > 0 ? sharedBitsBefore(starts, at, ip) + 1 : 0;
  return Math.max(before, after);
}

/** How many first bits an address has in common with a start. */
function sharedBits(starts: Uint32Array, at: number, ip: Words): number {
  for (let index = 0; index < ip.length; index++) {
    const differing = (starts[at + index] ?? 0) ^ (ip[index] ?? 0);
    if (differing !== 0) return index * 32 + Math.clz32(differing);
  }
  return ip.length * 32;
}

/** The same with the address before a start. */
function sharedBitsBefore(starts: Uint32Array, at: number, ip: Words): number {
  const before = new Uint32Array(starts.subarray(at, at + ip.length));
  for (let index = ip.length - 1; index >= 0; index--) {
    const word = before[index] ?? 0;
    before[index] = word - 1;
    if (word > 0) break;
  }
  return sharedBits(before, 0, ip);
}
