/** What a place in a list must hold to be an entry, and which entries may not be blocked. */
import { findOverlap } from '../../../base/address-set/find-overlap.ts';
import { reservedName, reservedSet } from '../../../base/address-set/reserved.ts';
import { scanEntry, skipSpaces, type Entry } from '../../../base/address-set/scan-entry.ts';
import { v4Width, v6Width } from '../../../base/address-set/width.ts';

/** Reads the entry from `start` to before `end`; false when there is none. */
export type ReadEntry = (bytes: Buffer, start: number, end: number, into: Entry) => boolean;

/** All of it. */
export const readWhole: ReadEntry = (bytes, start, end, into) => scanEntry(bytes, start, into) === end;

/** At its start, after spaces; after the entry comes a space, `#`, `;`, `,` or `|`, and anything. */
export const readStart: ReadEntry = (bytes, start, end, into) => {
  const after = scanEntry(bytes, skipSpaces(bytes, start), into);
  return after === end || (after >= 0 && mayFollow(bytes[after]));
};

/** Widest networks that a list may block. Of IPv6, nobody holds more than a /19; those who give them out hold a /12. */
export const widest = { v4: 8, v6: 16 } as const;

export function refusalOf({ family, bounds }: Entry): 'reserved' | 'too_wide' | null {
  if (family === 4) {
    if ((bounds[1] ?? 0) - (bounds[0] ?? 0) >= 2 ** (32 - widest.v4)) return 'too_wide';
    return findOverlap(reservedSet.v4, v4Width, bounds) === null ? null : 'reserved';
  }
  if ((bounds[4] ?? 0) - (bounds[0] ?? 0) >= 2 ** (32 - widest.v6)) return 'too_wide';
  return findOverlap(reservedSet.v6, v6Width, bounds) === null ? null : 'reserved';
}

/** Name of the reserved block. */
export const reservedNameOf = ({ family, bounds }: Entry): string | null =>
  reservedName(family === 4 ? v4Width : v6Width, bounds);

const followers = new Set(Buffer.from(' \t\r\v\f#;,|'));
const mayFollow = (byte: number | undefined): boolean => byte !== undefined && followers.has(byte);

/** An empty line, or one that begins with `#`, `;` or `//`. */
export function isComment(bytes: Uint8Array, start: number, end: number): boolean {
  const at = skipSpaces(bytes, start);
  const first = bytes[at];
  return (
    at >= end ||
    first === hash ||
    first === semicolon ||
    (first === slash && bytes[at + 1] === slash) ||
    (first === carriage && at + 1 === end)
  );
}

const [hash, semicolon, slash, carriage] = [0x23, 0x3b, 0x2f, 0x0d];
