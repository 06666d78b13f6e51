/** Whole days of countries or networks, each day in two values: their bans, and the sets of those that are shown. */
import { eachNumber, eachText } from '../../base/day-pack.ts';
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

interface Pack {
  at: number;
  origin: string;
  counts: Uint8Array;
}

/** Counts of nothing; each day that has sets has counts. */
const none = Uint8Array.of(0);

/** Read in one statement; sets of a year of a busy host are some ten megabytes. */
const daysAtOnce = 32;

export async function openPacks(deps: SumsDeps, wanted: Wanted): Promise<Packs> {
  const packs: Pack[] = [];
  for (const stretch of stretchesOf(wanted.days)) {
    packs.push(...(await packsIn(deps, wanted, stretch).select(['at', 'origin', 'counts']).execute()));
  }
  return {
    addTo: (bans, all) => (wanted.kind === 'network' ? addNumbers : addTexts)(packs, bans, all),
    async setsOf(keys) {
      const found = new Map<Key, Uint8Array[]>(keys.map((key) => [key, []]));
      const countsOf = new Map(packs.map(({ at, origin, counts }) => [`${at} ${origin}`, counts]));
      const each = wanted.kind === 'network' ? eachNumber : eachText;
      for (const stretch of stretchesOf(wanted.days)) {
        const rows = await packsIn(deps, wanted, stretch).select(['at', 'origin', 'sets']).execute();
        for (const { at, origin, sets } of rows) {
          let begin = 0;
          each(countsOf.get(`${at} ${origin}`) ?? none, (key, _, end) => {
            found.get(key)?.push(sets.subarray(begin, end));
            begin = end;
          });
        }
      }
      return found;
    },
  };
}

function addTexts(packs: readonly Pack[], bans: Map<Key, number>, all: boolean): void {
  for (const { counts } of packs) {
    eachText(counts, (key, count) => {
      const sum = bans.get(key);
      if (sum !== undefined || all) bans.set(key, (sum ?? 0) + count);
    });
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
  for (const { counts } of packs) {
    eachNumber(counts, (key, count) => {
      const place = places.get(key);
      if (place >= 0) sums[place] = (sums[place] ?? 0) + count;
      else if (all) add(key, count);
    });
  }
  for (const [place, key] of known.entries()) bans.set(key, sums[place] ?? 0);
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
