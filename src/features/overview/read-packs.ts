/** Whole days of countries or networks, each day one value: their bans, and the sets of those that are shown. */
import { readNumber, readPack, readText, type Visit } from '../../base/day-pack.ts';
import type { TimeRange } from '../../base/time-range.ts';
import { dayMs } from './cover.ts';
import type { Chosen, SumsDeps } from './read-sums.ts';

export type PackKind = 'country' | 'network';
type Key = string | number;

interface Packs {
  kind: PackKind;
  days: readonly TimeRange[];
  chosen: Chosen;
}

/** Read, and in memory, at a time. */
const daysAtOnce = 32;

export async function bansInPacks(deps: SumsDeps, packs: Packs): Promise<Map<Key, number>> {
  const bans = new Map<Key, number>();
  await eachPack(deps, packs, () => (key, count) => {
    bans.set(key, (bans.get(key) ?? 0) + count);
  });
  return bans;
}

export async function setsInPacks(
  deps: SumsDeps,
  { keys, ...packs }: Packs & { keys: readonly Key[] },
): Promise<Map<Key, Uint8Array[]>> {
  const sets = new Map<Key, Uint8Array[]>(keys.map((key) => [key, []]));
  await eachPack(deps, packs, (bytes) => (key, _bans, from, to) => {
    sets.get(key)?.push(bytes.subarray(from, to));
  });
  return sets;
}

async function eachPack(
  { db, hostId }: SumsDeps,
  { kind, days, chosen }: Packs,
  visitorOf: (bytes: Uint8Array) => Visit<Key>,
): Promise<void> {
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
      for (const { pack } of await query.execute()) {
        readPack<Key>(pack, kind === 'country' ? readText : readNumber, visitorOf(pack));
      }
    }
  }
}
