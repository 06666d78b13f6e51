/** Whole days of countries or networks, each day in two values: their bans, and the sets of those that are shown. */
import { readCounts, type PackCounts } from '../../base/day-pack.ts';
import { createNumberMap } from '../../base/number-map.ts';
import type { TimeRange } from '../../base/time-range.ts';
import { dayMs } from './cover.ts';
import type { Chosen, SumsDeps } from './read-sums.ts';

export type PackKind = 'country' | 'network';
type Key = string | number;

export interface Packs {
  /** Adds the bans of each key; without `all` of those that are there. */
  addTo(bans: Map<Key, number>, all: boolean): void;
  /** Of these keys: each set is of a day and an origin. */
  setsOf(keys: readonly Key[]): Promise<Map<Key, Uint8Array[]>>;
}

interface Wanted {
  kind: PackKind;
  /** Whole days UTC. */
  days: readonly TimeRange[];
  chosen: Chosen;
}

interface Pack extends PackCounts {
  at: number;
  origin: string;
}

/** Read in one statement; sets of a year of a busy host are some ten megabytes. */
const daysAtOnce = 32;

export async function openPacks(deps: SumsDeps, wanted: Wanted): Promise<Packs> {
  const packs: Pack[] = [];
  const keysAre = wanted.kind === 'country' ? 'text' : 'number';
  for (const stretch of stretchesOf(wanted.days)) {
    const rows = await packsIn(deps, wanted, stretch).select(['at', 'origin', 'counts']).execute();
    for (const { at, origin, counts } of rows) packs.push({ at, origin, ...readCounts(counts, keysAre) });
  }
  return {
    addTo: (bans, all) => (keysAre === 'number' ? addNumbers : addTexts)(packs, bans, all),
    async setsOf(keys) {
      const found = new Map<Key, Uint8Array[]>(keys.map((key) => [key, []]));
      const byName = new Map(packs.map((pack) => [`${pack.at} ${pack.origin}`, pack]));
      for (const stretch of stretchesOf(wanted.days)) {
        const rows = await packsIn(deps, wanted, stretch).select(['at', 'origin', 'sets']).execute();
        for (const { at, origin, sets } of rows) addSets(found, sets, byName.get(`${at} ${origin}`));
      }
      return found;
    },
  };
}

function addTexts(packs: readonly Pack[], bans: Map<Key, number>, all: boolean): void {
  for (const { size, keys, bans: counts } of packs) {
    for (let n = 0; n < size; n++) {
      const key = keys[n] ?? '';
      const sum = bans.get(key);
      if (sum !== undefined || all) bans.set(key, (sum ?? 0) + (counts[n] ?? 0));
    }
  }
}

/** Networks of sixty days of a busy host are a quarter of a million numbers to look up. */
function addNumbers(packs: readonly Pack[], bans: Map<Key, number>, all: boolean): void {
  const places = createNumberMap();
  const known: number[] = [];
  const sums: number[] = [];
  const add = (key: number, sum: number): void => {
    places.put(key, known.push(key) - 1);
    sums.push(sum);
  };
  for (const [key, sum] of bans) add(Number(key), sum);
  for (const { size, keys, bans: counts } of packs) {
    for (let n = 0; n < size; n++) {
      const key = Number(keys[n]);
      const place = places.get(key);
      if (place >= 0) sums[place] = (sums[place] ?? 0) + (counts[n] ?? 0);
      else if (all) add(key, counts[n] ?? 0);
    }
  }
  for (const [place, key] of known.entries()) bans.set(key, sums[place] ?? 0);
}

function addSets(found: Map<Key, Uint8Array[]>, sets: Uint8Array, pack: Pack | undefined): void {
  if (pack === undefined) return;
  for (let n = 0; n < pack.size; n++) {
    found.get(pack.keys[n] ?? '')?.push(sets.subarray(n === 0 ? 0 : pack.ends[n - 1], pack.ends[n]));
  }
}

function packsIn({ db, hostId }: SumsDeps, { kind, chosen }: Wanted, { from, to }: TimeRange) {
  const packs = db
    .selectFrom('day_packs')
    .where('host_id', '=', hostId)
    .where('at', '>=', from)
    .where('at', '<', to)
    .where('kind', '=', kind);
  return chosen.origin === null ? packs : packs.where('origin', '=', chosen.origin);
}

function* stretchesOf(days: readonly TimeRange[]): Generator<TimeRange> {
  const step = daysAtOnce * dayMs;
  for (const { from, to } of days) {
    for (let at = from; at < to; at += step) yield { from: at, to: Math.min(to, at + step) };
  }
}
