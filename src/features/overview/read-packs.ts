/** Whole days of countries or networks, each day one value: their bans, and the sets of those that are shown. */
import { readPack, type ReadPack } from '../../base/day-pack.ts';
import type { TimeRange } from '../../base/time-range.ts';
import { dayMs } from './cover.ts';
import type { Chosen, SumsDeps } from './read-sums.ts';

export type PackKind = 'country' | 'network';
type Key = string | number;

export interface Packs {
  /** Adds the bans of each key. */
  addTo(bans: Map<Key, number>): void;
  /** The sets of these keys, each of a day and an origin. */
  setsOf(keys: readonly Key[]): Map<Key, Uint8Array[]>;
}

interface Wanted {
  kind: PackKind;
  /** Whole days UTC. */
  days: readonly TimeRange[];
  chosen: Chosen;
}

type Opened = ReadPack & { bytes: Uint8Array };

/** Read in one statement; a year of a busy host is some ten megabytes. */
const daysAtOnce = 32;

export async function openPacks({ db, hostId }: SumsDeps, { kind, days, chosen }: Wanted): Promise<Packs> {
  const packs: Opened[] = [];
  for (const { from, to } of days) {
    for (let at = from; at < to; at += daysAtOnce * dayMs) {
      let query = db
        .selectFrom('day_packs')
        .select('pack')
        .where('host_id', '=', hostId)
        .where('kind', '=', kind)
        .where('at', '>=', at)
        .where('at', '<', Math.min(to, at + daysAtOnce * dayMs));
      if (chosen.origin !== null) query = query.where('origin', '=', chosen.origin);
      for (const { pack: bytes } of await query.execute()) {
        packs.push({ bytes, ...readPack(bytes, kind === 'country' ? 'text' : 'number') });
      }
    }
  }
  return { addTo: (bans) => addBans(packs, bans), setsOf: (keys) => setsOf(packs, keys) };
}

function addBans(packs: readonly Opened[], bans: Map<Key, number>): void {
  for (const pack of packs) {
    for (let n = 0; n < pack.size; n++) {
      const key = pack.keys[n] ?? '';
      bans.set(key, (bans.get(key) ?? 0) + (pack.bans[n] ?? 0));
    }
  }
}

function setsOf(packs: readonly Opened[], keys: readonly Key[]): Map<Key, Uint8Array[]> {
  const sets = new Map<Key, Uint8Array[]>(keys.map((key) => [key, []]));
  for (const pack of packs) {
    for (let n = 0; n < pack.size; n++) {
      sets.get(pack.keys[n] ?? '')?.push(pack.bytes.subarray(pack.from[n], pack.to[n]));
    }
  }
  return sets;
}
