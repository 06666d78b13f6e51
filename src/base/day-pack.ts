/**
 * Every country or network of a day in one value: how many bans it had, and the set of its addresses. As rows of their
 * own they take ten times as long to read. First comes how many there are. Numbers are in 7-bit groups, lowest first,
 * the top bit telling that more follow; a text is its length and its characters.
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
  parts.unshift(Uint8Array.from(groups(entries.length)));
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

/** The entries of a pack, side by side: made for reading many of them in little time. */
export interface ReadPack {
  size: number;
  keys: ArrayLike<string> | ArrayLike<number>;
  bans: Float64Array;
  /** Where the set of each lies in the bytes of the pack. */
  from: Uint32Array;
  to: Uint32Array;
}

export function readPack(bytes: Uint8Array, keysAre: 'text' | 'number'): ReadPack {
  const cursor = { bytes, at: 0 };
  const size = readNumber(cursor);
  const texts: string[] = [];
  const numbers = new Float64Array(keysAre === 'number' ? size : 0);
  const [bans, from, to] = [new Float64Array(size), new Uint32Array(size), new Uint32Array(size)];
  for (let n = 0; n < size; n++) {
    if (keysAre === 'number') numbers[n] = readNumber(cursor);
    else texts.push(readText(cursor));
    bans[n] = readNumber(cursor);
    const length = readNumber(cursor);
    from[n] = cursor.at;
    cursor.at += length;
    to[n] = cursor.at;
  }
  return { size, keys: keysAre === 'number' ? numbers : texts, bans, from, to };
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
