/** Bans of a range by country, jail or network: the most first. */
import { sql, type RawBuilder } from 'kysely';
import { rangeBefore, type TimeRange } from '../../base/time-range.ts';
import { createAddressCounter, joinedSets, type JoinedSets } from './count-addresses.ts';
import { dayMs, type Cover } from './cover.ts';
import { bansInPacks, setsInPacks, type PackKind } from './read-packs.ts';
import { readCover, readEvents, readSums, type Chosen, type SumsDeps, type SumsTable } from './read-sums.ts';

export type Key = 'country' | 'jail' | 'asn';

export interface Ranked {
  items: { key: string; bans: number; addresses: number; before: number }[];
  total: number;
  keys: number;
}

interface Question {
  key: Key;
  range: TimeRange;
  chosen: Chosen;
  limit: number;
}

type KeyValue = string | number;

export async function readRanked(deps: SumsDeps, { key, range, chosen, limit }: Question): Promise<Ranked> {
  const table = tableOf(key, chosen);
  if (table === null) return readFromEvents(deps, { key, range, chosen, limit });
  const of = { key, chosen, table };
  const cover = await readCover(deps, [range.from, range.to]);
  const { from, to } = rangeBefore(range);
  const bans = await bansByKey(deps, of, cover);
  const before = await bansByKey(deps, of, await readCover(deps, [from, to]));
  const keys = largest(bans, limit);
  return answer({ bans, before, keys, addresses: await addressesByKey(deps, { ...of, cover, keys }) });
}

async function readFromEvents(deps: SumsDeps, { key, range, chosen, limit }: Question): Promise<Ranked> {
  const rows = await readEvents<{ key: KeyValue; bans: number; addresses: number }>(
    deps,
    { events: [range], chosen },
    {
      columns: sql`${ref('h', key)} AS key, count(*) AS bans, count(DISTINCT h.ip) AS addresses`,
      where: sql`AND h.action = 'ban'`,
      groupBy: ref('h', key),
    },
  );
  const before = await bansByKey(
    deps,
    { key, chosen, table: null },
    { sums: [], events: [rangeBefore(range)] },
  );
  const bans = new Map(rows.map((row) => [row.key, row.bans]));
  const addresses = new Map(rows.map((row) => [row.key, row.addresses]));
  return answer({ bans, before, keys: largest(bans, limit), addresses });
}

const largest = (bans: ReadonlyMap<KeyValue, number>, limit: number): KeyValue[] =>
  [...bans]
    .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([key]) => key);

interface Counts {
  bans: ReadonlyMap<KeyValue, number>;
  before: ReadonlyMap<KeyValue, number>;
  addresses: ReadonlyMap<KeyValue, number>;
  /** Those to be shown, the most first. */
  keys: readonly KeyValue[];
}

const answer = ({ bans, before, addresses, keys }: Counts): Ranked => ({
  items: keys.map((key) => ({
    key: String(key),
    bans: bans.get(key) ?? 0,
    addresses: addresses.get(key) ?? 0,
    before: before.get(key) ?? 0,
  })),
  total: [...bans.values()].reduce((sum, count) => sum + count, 0),
  keys: bans.size,
});

/** Days of these are packed; null: not with what was chosen. */
function packedAs(key: Key, { jail, country }: Chosen): PackKind | null {
  if (jail !== null || country !== null || key === 'jail') return null;
  return key === 'asn' ? 'network' : 'country';
}

const splitDays = (sums: Cover['sums']) => ({
  days: sums.filter(({ grain }) => grain === dayMs),
  sums: sums.filter(({ grain }) => grain !== dayMs),
});

/** Null: no sums hold both the key and what was chosen; the events themselves have to tell. */
function tableOf(key: Key, { jail, country }: Chosen): SumsTable | null {
  if (key === 'asn') return jail === null && country === null ? 'network_sums' : null;
  return key === 'country' || country !== null ? 'country_sums' : 'jail_sums';
}

interface Of {
  key: Key;
  chosen: Chosen;
  table: SumsTable | null;
}

async function bansByKey(
  deps: SumsDeps,
  { key, chosen, table }: Of,
  { sums: covered, events }: Cover,
): Promise<Map<KeyValue, number>> {
  const kind = packedAs(key, chosen);
  const { days, sums } = kind === null ? { days: [], sums: covered } : splitDays(covered);
  const bans = kind === null ? new Map<KeyValue, number>() : await bansInPacks(deps, { kind, days, chosen });
  const rows: { key: KeyValue; bans: number }[] = [];
  if (table !== null) {
    rows.push(
      ...(await readSums<{ key: KeyValue; bans: number }>(
        deps,
        { table, sums, chosen },
        {
          columns: sql`${ref('s', key)} AS key, sum(s.bans) AS bans`,
          groupBy: ref('s', key),
        },
      )),
    );
  }
  rows.push(
    ...(await readEvents<{ key: KeyValue; bans: number }>(
      deps,
      { events, chosen },
      {
        columns: sql`${ref('h', key)} AS key, count(*) AS bans`,
        where: sql`AND h.action = 'ban'`,
        groupBy: ref('h', key),
      },
    )),
  );
  // sums of unbans only count no ban
  for (const row of rows) if (row.bans > 0) bans.set(row.key, (bans.get(row.key) ?? 0) + row.bans);
  return bans;
}

async function addressesByKey(
  deps: SumsDeps,
  { key, chosen, table, cover, keys }: Of & { table: SumsTable; cover: Cover; keys: readonly KeyValue[] },
): Promise<Map<KeyValue, number>> {
  const counts = new Map<KeyValue, number>();
  if (keys.length === 0) return counts;
  const { events } = cover;
  const kind = packedAs(key, chosen);
  const { days, sums } = kind === null ? { days: [], sums: cover.sums } : splitDays(cover.sums);
  const packed =
    kind === null ? new Map<KeyValue, Uint8Array[]>() : await setsInPacks(deps, { kind, days, chosen, keys });
  const sets = await readSums<{ key: KeyValue; sets: JoinedSets }>(
    deps,
    { table, sums, chosen },
    {
      columns: sql`${ref('s', key)} AS key, ${joinedSets(deps.dialect, sql`s.addresses`)} AS sets`,
      where: sql`AND ${ref('s', key)} IN (${sql.join(keys)})`,
      groupBy: ref('s', key),
    },
  );
  const single = await readEvents<{ key: KeyValue; id: number }>(
    deps,
    { events, chosen },
    {
      columns: sql`${ref('h', key)} AS key,
      (SELECT a.id FROM addresses a WHERE a.host_id = ${deps.hostId} AND a.ip = h.ip) AS id`,
      where: sql`AND h.action = 'ban' AND ${ref('h', key)} IN (${sql.join(keys)})`,
      groupBy: sql`${ref('h', key)}, h.ip`,
    },
  );
  const setsOf = new Map(sets.map((row) => [row.key, row.sets]));
  const singleOf = Map.groupBy(single, (row) => row.key);
  const counter = createAddressCounter();
  for (const one of keys) {
    for (const set of packed.get(one) ?? []) counter.add(set);
    counter.add(setsOf.get(one) ?? null);
    counter.addIds((singleOf.get(one) ?? []).map(({ id }) => id));
    counts.set(one, counter.count());
  }
  return counts;
}

const ref = (table: 's' | 'h', key: Key): RawBuilder<unknown> => sql.ref(`${table}.${key}`);
