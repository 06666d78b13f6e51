/**
 * How many different addresses are in many sets together, exactly. A set is sorted ids of `addresses`, each the distance
 * from the one before, less one, in 7-bit groups, lowest first, the top bit telling that more follow.
 */
import { sql, type RawBuilder } from 'kysely';
import type { SumsDeps } from './read-sums.ts';

/**
 * Many small sets behind each other as one value: reading each as a row of its own takes several times as long. Between
 * them stands a zero in two groups, which no set holds.
 */
export const joinedSets = (dialect: SumsDeps['dialect'], column: RawBuilder<unknown>): RawBuilder<unknown> =>
  dialect === 'sqlite'
    ? sql`group_concat(hex(${column}), '8000')`
    : sql`string_agg(${column}, '\\x8000'::bytea)`;

export type JoinedSets = string | Uint8Array | null;

export interface AddressCounter {
  /** Adds to what `count` answers next. */
  add(sets: JoinedSets): void;
  addIds(ids: Iterable<number>): void;
  /** Different addresses since the last call. */
  count(): number;
}

/** One bit for each address ever known. */
export function createAddressCounter(): AddressCounter {
  let seen = new Int32Array(8_192);
  let found = 0;

  const grow = (word: number): Int32Array<ArrayBuffer> => {
    const more = new Int32Array(Math.max(word + 1, seen.length * 2));
    more.set(seen);
    return (seen = more);
  };
  const see = (id: number): void => {
    const word = id >>> 5;
    const words = word < seen.length ? seen : grow(word);
    const bit = 1 << (id & 31);
    const held = words[word] ?? 0;
    if ((held & bit) !== 0) return;
    words[word] = held | bit;
    found += 1;
  };

  // A month of a busy host is more than a million ids: nothing is called for each of them, and all are whole numbers
  // of 31 bits, which no machine's addresses will outnumber.
  const addBytes = (bytes: Uint8Array): void => {
    const { length } = bytes;
    let words = seen;
    let count = 0;
    let last = -1;
    for (let at = 0; at < length;) {
      const byte = bytes[at++] ?? 0;
      let value = byte & 0x7f;
      if (byte > 0x7f) {
        let more = bytes[at++] ?? 0;
        if (more === 0) {
          last = -1;
          continue;
        }
        value |= (more & 0x7f) << 7;
        for (let shift = 14; more > 0x7f; shift += 7) {
          more = bytes[at++] ?? 0;
          value |= (more & 0x7f) << shift;
        }
      }
      last = (last + value + 1) | 0;
      const word = last >>> 5;
      if (word >= words.length) words = grow(word);
      const held = words[word] ?? 0;
      words[word] = held | (1 << (last & 31));
      // without a branch: whether it is there already is a guess of the machine's that fails half of the time
      count += 1 - ((held >>> (last & 31)) & 1);
    }
    found += count;
  };

  return {
    add(sets) {
      if (sets !== null) addBytes(typeof sets === 'string' ? Buffer.from(sets, 'hex') : sets);
    },
    addIds(ids) {
      for (const id of ids) see(id);
    },
    count() {
      const result = found;
      if (found > 0) seen.fill(0);
      found = 0;
      return result;
    },
  };
}
