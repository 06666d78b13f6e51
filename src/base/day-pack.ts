/**
 * Every country or network of a day in two values: how many bans each had, and the sets of their addresses one behind
 * the other. As rows of their own they take ten times as long to read. First comes how many there are, then the key of
 * each, its bans and the length of its set. Numbers are in 7-bit groups, lowest first, the top bit telling that more
 * follow; a text is its length and its characters.
 */

export interface DayPack {
  counts: Uint8Array;
  sets: Uint8Array;
}

export interface PackEntry {
  key: string | number;
  bans: number;
  /** As `history/store/address-set.ts` writes it. */
  addresses: Uint8Array;
}

export function writePack(entries: readonly PackEntry[]): DayPack {
  const numbers = entries.flatMap(({ key, bans, addresses }) => [
    ...(typeof key === 'number' ? [key] : [key.length, ...key.split('').map((sign) => sign.charCodeAt(0))]),
    bans,
    addresses.length,
  ]);
  return {
    counts: Uint8Array.from([entries.length, ...numbers].flatMap(groups)),
    sets: joined(entries.map(({ addresses }) => addresses)),
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function groups(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

/** A country or a network of the day. Its set ends at `end` in `sets`, and begins where the one before ends. */
type TakeCount<Key> = (key: Key, bans: number, end: number) => void;

/** Countries, in their order. */
export function eachText(counts: Uint8Array, take: TakeCount<string>): void {
  each(counts, readText, take);
}

/** Networks, in their order. */
export function eachNumber(counts: Uint8Array, take: TakeCount<number>): void {
  each(counts, readNumber, take);
}

/** As lists, sixty days of a busy host would be megabytes for each answer, all of them to be collected. */
function each<Key>(bytes: Uint8Array, readKey: (cursor: Cursor) => Key, take: TakeCount<Key>): void {
  const cursor = { bytes, at: 0 };
  const size = readNumber(cursor);
  let end = 0;
  for (let n = 0; n < size; n++) {
    const key = readKey(cursor);
    const bans = readNumber(cursor);
    end += readNumber(cursor);
    take(key, bans, end);
  }
}

interface Cursor {
  bytes: Uint8Array;
  at: number;
}

function readNumber(cursor: Cursor): number {
  const { bytes } = cursor;
  let byte = bytes[cursor.at++] ?? 0;
  let value = byte & 0x7f;
  for (let weight = 128; byte > 0x7f; weight *= 128) {
    byte = bytes[cursor.at++] ?? 0;
    value += (byte & 0x7f) * weight;
  }
  return value;
}

function readText(cursor: Cursor): string {
  const length = readNumber(cursor);
  let text = '';
  for (let n = 0; n < length; n++) text += String.fromCharCode(readNumber(cursor));
  return text;
}
