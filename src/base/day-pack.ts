/**
 * Every country or network of a day in one value: how many bans it had, and the set of its addresses. As rows of their
 * own they take ten times as long to read. Numbers are in 7-bit groups, lowest first, the top bit telling that more
 * follow; a text is its length and its characters.
 */

export interface PackEntry {
  key: string | number;
  bans: number;
  /** As `history/store/address-set.ts` writes it. */
  addresses: Uint8Array;
}

export function writePack(entries: readonly PackEntry[]): Uint8Array {
  const parts = entries.flatMap(({ key, bans, addresses }) => {
    const name =
      typeof key === 'number' ? [key] : [key.length, ...key.split('').map((sign) => sign.charCodeAt(0))];
    return [Uint8Array.from([...name, bans, addresses.length].flatMap(groups)), addresses];
  });
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

/** A place in a pack that moves as it is read. */
export interface Cursor {
  bytes: Uint8Array;
  at: number;
}

/** The set lies in the pack from `from` to `to`. */
export type Visit<K> = (key: K, bans: number, from: number, to: number) => void;

/** `readKey` is `readText` or `readNumber`, as the keys were written. */
export function readPack<K>(bytes: Uint8Array, readKey: (cursor: Cursor) => K, visit: Visit<K>): void {
  const cursor = { bytes, at: 0 };
  while (cursor.at < bytes.length) {
    const key = readKey(cursor);
    const bans = readNumber(cursor);
    const length = readNumber(cursor);
    const from = cursor.at;
    cursor.at += length;
    visit(key, bans, from, cursor.at);
  }
}

export function readNumber(cursor: Cursor): number {
  const { bytes } = cursor;
  let value = 0;
  let weight = 1;
  for (;;) {
    const byte = bytes[cursor.at++] ?? 0;
    if (byte < 0x80) return value + byte * weight;
    value += (byte & 0x7f) * weight;
    weight *= 128;
  }
}

export function readText(cursor: Cursor): string {
  const length = readNumber(cursor);
  let text = '';
  for (let n = 0; n < length; n++) text += String.fromCharCode(readNumber(cursor));
  return text;
}
