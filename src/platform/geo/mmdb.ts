/**
 * One database file in MaxMind's format, in memory that threads share. The `maxmind` reader decodes what is found; the
 * way there through the tree of bits is walked here, from numbers instead of text and without decoding twice.
 */
import { Reader, type Response } from 'maxmind';
import { writeBits } from '../../base/ip-bits.ts';
import { bytesOf, type Words } from './words.ts';

export interface Mmdb<F> {
  /** What the file says of an address; null = nothing. Throws where the file is damaged. */
  find(ip: Words): F | null;
  /** Of how long a prefix it says that. */
  prefix(ip: Words): number;
  /** When it was made, ms. */
  date: number;
  /** As the file names itself: `GeoLite2-Country`, … */
  type: string;
}

/** Records whose fields stay known: most lookups are answered by few of them. */
const mostKnown = 10_000;

/** Throws when these bytes are no such database. `read` picks the fields out of a record; null = they are not in it. */
export function openMmdb<F>(buffer: SharedArrayBuffer, read: (record: unknown) => F | null): Mmdb<F> {
  const bytes = Buffer.from(buffer);
  const reader = new Reader<Response>(bytes);
  const { ipVersion, buildEpoch, databaseType, searchTreeSize, nodeCount, recordSize } = reader.metadata;
  if (searchTreeSize >= bytes.length) throw new Error('The file is shorter than it says.');
  const child = childReader(bytes, recordSize);
  /** By place in the file. */
  const known = new Map<number, F | null>();

  /** An IPv6 tree holds IPv4 under 96 zeros. */
  let v4Root = 0;
  if (ipVersion === 6) for (let bit = 0; bit < 96 && v4Root < nodeCount; bit++) v4Root = child(v4Root, 0);

  function walk(ip: Words): { node: number; prefix: number } {
    // a tree of IPv4 addresses would answer for IPv6 as well, and wrongly
    if (ipVersion === 4 && ip.length > 1) return { node: nodeCount, prefix: 0 };
    const width = ip.length * 32;
    let node = ip.length === 1 ? v4Root : 0;
    let prefix = 0;
    while (prefix < width && node < nodeCount) {
      node = child(node, ((ip[prefix >>> 5] ?? 0) >>> (31 - (prefix & 31))) & 1);
      prefix += 1;
    }
    return { node, prefix };
  }

  return {
    find(ip) {
      const { node } = walk(ip);
      if (node <= nodeCount) return null;
      let fields = known.get(node);
      if (fields === undefined) {
        fields = read(reader.get(textOf(ip)));
        if (known.size >= mostKnown) known.clear();
        known.set(node, fields);
      }
      return fields;
    },
    prefix: (ip) => walk(ip).prefix,
    date: buildEpoch.getTime(),
    type: databaseType,
  };
}

/** Reads a branch of a node: two numbers of 24, 28 or 32 bits; of 28, the highest four share a byte in the middle. */
function childReader(bytes: Buffer, recordSize: number): (node: number, side: number) => number {
  const byte = (at: number): number => {
    const value = bytes[at];
    if (value === undefined) throw new Error('The file points past its end.');
    return value;
  };
  const three = (at: number): number => (byte(at) << 16) | (byte(at + 1) << 8) | byte(at + 2);
  switch (recordSize) {
    case 24:
      return (node, side) => three(node * 6 + side * 3);
    case 28:
      return (node, side) => {
        const middle = byte(node * 7 + 3);
        return side === 0
          ? ((middle & 0xf0) << 20) | three(node * 7)
          : ((middle & 0x0f) << 24) | three(node * 7 + 4);
      };
    default:
      return (node, side) => byte(node * 8 + side * 4) * 0x100_0000 + three(node * 8 + side * 4 + 1);
  }
}

const textOf = (ip: Words): string => writeBits({ bytes: bytesOf(ip), prefix: ip.length * 32 });
