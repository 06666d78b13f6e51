/** Bans of a range by country, jail or network: the most first. */
import { sql, type RawBuilder } from 'kysely';
import { rangeBefore, type TimeRange } from '../../base/time-range.ts';
import { createAddressCounter, joinedSets, type JoinedSets } from './count-addresses.ts';
import { dayMs, type Cover } from './cover.ts';
import { openPacks, type Packs } from './read-packs.ts';
import { readCovers, readEvents, readSums, type Chosen, type SumsDeps, type SumsTable } from './read-sums.ts';

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
  const { from, to } = rangeBefore(range);
  const [now, earlier] = await readCovers(deps, [
    [range.from, range.to],
    [from, to],
  ]);
  const source = await sourceOf(deps, of, now);
  const bans = await bansByKey(deps, of, source);
  const keys = largest(bans, limit);
  // the one is counted while the other is read
  const [addresses, before] = await Promise.all([
    addressesByKey(deps, { ...of, source, keys }),
    sourceOf(deps, of, earlier).then((then) => bansByKey(deps, of, then, keys)),
  ]);
  return answer({ bans, before, keys, addresses });
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
  const before = new Map<KeyValue, number>();
  await addEvents(deps, before, { key, chosen, events: [rangeBefore(range)] });
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

/** Null: no sums hold both the key and what was chosen; the events themselves have to tell. */
function tableOf(key: Key, { jail, country }: Chosen): SumsTable | null {
  if (key === 'asn') return jail === null && country === null ? 'network_sums' : null;
  return key === 'country' || country !== null ? 'country_sums' : 'jail_sums';
}

interface Of {
  key: Key;
  chosen: Chosen;
  table: SumsTable;
}

/** What a range is read from. */
interface Source extends Cover {
  /** Whole days; empty when they are not packed by what was chosen, and lie among the sums. */
  packs: Packs;
}

async function sourceOf(deps: SumsDeps, { key, chosen }: Of, cover: Cover | undefined): Promise<Source> {
  const { sums, events } = cover ?? { sums: [], events: [] };
  const isPacked = chosen.jail === null && chosen.country === null && key !== 'jail';
  const days = isPacked ? sums.filter(({ grain }) => grain === dayMs) : [];
  const packs = await openPacks(deps, { kind: key === 'asn' ? 'network' : 'country', days, chosen });
  return { packs, sums: sums.filter((one) => !days.includes(one)), events };
}

/** `keys`: of these only. */
async function bansByKey(
  deps: SumsDeps,
  { key, chosen, table }: Of,
  { packs, sums, events }: Source,
  keys: readonly KeyValue[] | null = null,
): Promise<Map<KeyValue, number>> {
  const bans = new Map<KeyValue, number>(keys?.map((one) => [one, 0]));
  if (keys?.length === 0) return bans;
  packs.addTo(bans, keys === null);
  const among = (alias: 's' | 'h') =>
    keys === null ? sql`` : sql`AND ${ref(alias, key)} IN (${sql.join(keys)})`;
  const columns = sql`${ref('s', key)} AS key, sum(s.bans) AS bans`;
  const of = { columns, where: among('s'), groupBy: ref('s', key) };
  // sums of unbans only count no ban
  for (const row of await readSums<KeyBans>(deps, { table, sums, chosen }, of))
    if (row.bans > 0) bans.set(row.key, (bans.get(row.key) ?? 0) + row.bans);
  await addEvents(deps, bans, { key, chosen, events, where: among('h') });
  return bans;
}

interface KeyBans {
  key: KeyValue;
  bans: number;
}

interface EventsOf {
  key: Key;
  chosen: Chosen;
  events: readonly TimeRange[];
  where?: RawBuilder<unknown>;
}

async function addEvents(
  deps: SumsDeps,
  bans: Map<KeyValue, number>,
  { key, where = sql``, ...of }: EventsOf,
): Promise<void> {
  const rows = await readEvents<KeyBans>(deps, of, {
    columns: sql`${ref('h', key)} AS key, count(*) AS bans`,
    where: sql`AND h.action = 'ban' ${where}`,
    groupBy: ref('h', key),
  });
  for (const row of rows) bans.set(row.key, (bans.get(row.key) ?? 0) + row.bans);
}

async function addressesByKey(
  deps: SumsDeps,
  { key, chosen, table, source, keys }: Of & { source: Source; keys: readonly KeyValue[] },
): Promise<Map<KeyValue, number>> {
  const counts = new Map<KeyValue, number>();
  if (keys.length === 0) return counts;
  const { packs, sums, events } = source;
  // Sums of jails are few and large, those of the others many and small.
  const [sets, groupBy] =
    table === 'jail_sums'
      ? [sql`s.addresses`, null]
      : [joinedSets(deps.dialect, sql`s.addresses`), ref('s', key)];
  const [packed, summed, single] = await Promise.all([
    packs.setsOf(keys),
    readSums<{ key: KeyValue; sets: JoinedSets }>(
      deps,
      { table, sums, chosen },
      {
        columns: sql`${ref('s', key)} AS key, ${sets} AS sets`,
        where: sql`AND ${ref('s', key)} IN (${sql.join(keys)})`,
        groupBy,
      },
    ),
    readEvents<{ key: KeyValue; id: number }>(
      deps,
      { events, chosen },
      {
        columns: sql`${ref('h', key)} AS key,
      (SELECT a.id FROM addresses a WHERE a.host_id = ${deps.hostId} AND a.ip = h.ip) AS id`,
        where: sql`AND h.action = 'ban' AND ${ref('h', key)} IN (${sql.join(keys)})`,
        groupBy: sql`${ref('h', key)}, h.ip`,
      },
    ),
  ]);
  const summedOf = Map.groupBy(summed, (row) => row.key);
  const singleOf = Map.groupBy(single, (row) => row.key);
  const counter = createAddressCounter();
  for (const one of keys) {
    for (const set of packed.get(one) ?? []) counter.add(set);
    for (const row of summedOf.get(one) ?? []) counter.add(row.sets);
    counter.addIds((singleOf.get(one) ?? []).map(({ id }) => id));
    counts.set(one, counter.count());
  }
  return counts;
}

const ref = (table: 's' | 'h', key: Key): RawBuilder<unknown> => sql.ref(`${table}.${key}`);
