/**
 * How many different addresses are in many sets together, exactly. A set is sorted ids of `addresses`, each the distance
 * from the one before, less one, in 7-bit groups, lowest first, the top bit telling that more follow.
 */
import { sql, type RawBuilder } from 'kysely';
import type { SumsDeps } from './read-sums.ts';

/**
 * Many sets behind each other as one value: reading each as a row of its own takes several times as long. Between them
 * stands a zero in two groups, which no set holds.
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

export function createAddressCounter(): AddressCounter {
  /** Which count an id was last seen for: nothing has to be cleared between two. */
  let seenFor = new Uint16Array(4_096);
  let turn = 1;
  let found = 0;

  const see = (id: number): void => {
    if (id >= seenFor.length) {
      const more = new Uint16Array(Math.max(id + 1, seenFor.length * 2));
      more.set(seenFor);
      seenFor = more;
    }
    if (seenFor[id] === turn) return;
    seenFor[id] = turn;
    found += 1;
  };

  return {
    add(sets) {
      if (sets === null) return;
      const bytes = typeof sets === 'string' ? Buffer.from(sets, 'hex') : sets;
      let last = -1;
      let value = 0;
      let weight = 1;
      for (const byte of bytes) {
        value += (byte & 0x7f) * weight;
        if (byte > 0x7f) {
          weight *= 128;
          continue;
        }
        if (byte === 0 && weight > 1) last = -1;
        else see((last += value + 1));
        value = 0;
        weight = 1;
      }
    },
    addIds(ids) {
      for (const id of ids) see(id);
    },
    count() {
      const result = found;
      found = 0;
      turn += 1;
      if (turn > 0xffff) {
        seenFor.fill(0);
        turn = 1;
      }
      return result;
    },
  };
}
