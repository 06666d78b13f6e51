/** The figures of a range: bans, failed attempts, different addresses, addresses that had been banned before. */
import { sql } from 'kysely';
import type { TimeRange } from '../../base/time-range.ts';
import { createAddressCounter } from './count-addresses.ts';
import { dayMs, type Sums } from './cover.ts';
import { readCover, readEvents, readSums, type Chosen, type SumsDeps } from './read-sums.ts';

export interface Figures {
  bans: number;
  failures: number;
  again: number;
  unbans: number;
  addresses: number;
  origins: { own: number; manual: number; blocklist: number };
}

interface Row {
  origin: string;
  bans: number;
  failures: number;
  again: number;
  unbans: number;
}

const partMs = 64 * dayMs;

const ofBans = (figure: ReturnType<typeof sql>) =>
  sql`sum(CASE WHEN h.action = 'ban' THEN ${figure} ELSE 0 END)`;

export async function readFigures(deps: SumsDeps, range: TimeRange, chosen: Chosen): Promise<Figures> {
  const { sums, events } = await readCover(deps, [range.from, range.to]);
  const table = chosen.country === null ? 'jail_sums' : 'country_sums';
  const figures: Figures = {
    bans: 0,
    failures: 0,
    again: 0,
    unbans: 0,
    addresses: 0,
    origins: { own: 0, manual: 0, blocklist: 0 },
  };
  const addresses = createAddressCounter();
  const add = (row: Row): void => {
    for (const name of ['bans', 'failures', 'again', 'unbans'] as const) figures[name] += row[name];
    const { origin } = row;
    if (origin === 'own' || origin === 'manual' || origin === 'blocklist')
      figures.origins[origin] += row.bans;
  };
  const of = { table, sums, chosen } as const;
  const rows = await readSums<Row>(deps, of, {
    columns: sql`s.origin, sum(s.bans) AS bans, sum(s.failures) AS failures, sum(s.again) AS again,
      sum(s.unbans) AS unbans`,
    groupBy: sql`s.origin`,
  });
  for (const row of rows) add(row);
  for (const some of inParts(sums)) {
    const sets = await readSums<{ addresses: Uint8Array }>(
      deps,
      { ...of, sums: some },
      { columns: sql`s.addresses`, groupBy: null },
    );
    for (const row of sets) addresses.add(row.addresses);
  }
  const single = await readEvents<Row>(
    deps,
    { events, chosen },
    {
      columns: sql`h.origin, ${ofBans(sql`1`)} AS bans, ${ofBans(sql`h.failures`)} AS failures,
      ${ofBans(sql`h.again`)} AS again, sum(CASE WHEN h.action = 'unban' THEN 1 ELSE 0 END) AS unbans`,
      groupBy: sql`h.origin`,
    },
  );
  for (const row of single) add(row);
  addresses.addIds(await addressesOf(deps, { events, chosen }));
  figures.addresses = addresses.count();
  return figures;
}

/** So that the sets of a long time are not all in memory at once. */
function* inParts(sums: readonly Sums[]): Generator<Sums[]> {
  for (const { grain, from, to } of sums) {
    for (let at = from; at < to; at += partMs) yield [{ grain, from: at, to: Math.min(to, at + partMs) }];
  }
}

/** Ids of the addresses that were banned in these stretches. */
async function addressesOf(
  deps: SumsDeps,
  of: { events: readonly TimeRange[]; chosen: Chosen },
): Promise<number[]> {
  const rows = await readEvents<{ id: number }>(deps, of, {
    columns: sql`(SELECT a.id FROM addresses a WHERE a.host_id = ${deps.hostId} AND a.ip = h.ip) AS id`,
    where: sql`AND h.action = 'ban'`,
    groupBy: sql`h.ip`,
  });
  return rows.map(({ id }) => id);
}
