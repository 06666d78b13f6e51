/** Bans over time: buckets of equal length without a gap, and what was in each of them a range earlier. */
import { sql } from 'kysely';
import type { TimeRange } from '../../base/time-range.ts';
import type { Zone } from '../../base/zone.ts';
import { bucketAt, bucketEdges, bucketLength } from '../../base/buckets.ts';
import { hourMs } from './cover.ts';
import { readCover, readEvents, readSums, type Chosen, type SumsDeps } from './read-sums.ts';

export interface Trend {
  /** ms. */
  length: number;
  points: { at: number; bans: number; own: number; manual: number; blocklist: number; before: number }[];
  peak: { at: number; bans: number; jail: string; ofJail: number } | null;
}

/** Buckets shorter than an hour are counted from events; with more than this in a day or so, hours have to do. */
const mostEvents = 200_000;

export async function readTrend(
  deps: SumsDeps,
  { range, chosen, zone }: { range: TimeRange; chosen: Chosen; zone: Zone },
): Promise<Trend> {
  const length = await lengthFor(deps, range, chosen);
  const edges = bucketEdges(range, length, zone);
  const inside = edges.map((edge) => Math.min(Math.max(edge, range.from), range.to));
  const points: Trend['points'] = edges
    .slice(0, -1)
    .map((at) => ({ at, bans: 0, own: 0, manual: 0, blocklist: 0, before: 0 }));
  for (const { bucket, origin, bans } of await countIn(deps, inside, chosen)) {
    const point = points[bucket];
    if (point === undefined) continue;
    point.bans += bans;
    if (origin === 'own' || origin === 'manual' || origin === 'blocklist') point[origin] += bans;
  }
  const earlier = inside.map((edge) => edge - (range.to - range.from));
  for (const { bucket, bans } of await countIn(deps, earlier, chosen)) {
    const point = points[bucket];
    if (point !== undefined) point.before += bans;
  }
  return { length, points, peak: await peakOf(deps, { points, inside, chosen }) };
}

async function lengthFor(deps: SumsDeps, range: TimeRange, chosen: Chosen): Promise<number> {
  const length = bucketLength(range);
  if (length >= hourMs || range.to - range.from <= hourMs) return length;
  const { sums } = await readCover(deps, [range.from, range.to]);
  const table = chosen.country === null ? 'jail_sums' : 'country_sums';
  const rows = await readSums<{ bans: number }>(
    deps,
    { table, sums, chosen },
    {
      columns: sql`sum(s.bans) AS bans`,
      groupBy: sql`s.host_id`,
    },
  );
  return (rows[0]?.bans ?? 0) > mostEvents ? hourMs : length;
}

interface Counted {
  bucket: number;
  origin: string;
  bans: number;
}

async function countIn(deps: SumsDeps, edges: readonly number[], chosen: Chosen): Promise<Counted[]> {
  const { sums, events } = await readCover(deps, edges);
  const table = chosen.country === null ? 'jail_sums' : 'country_sums';
  interface Row {
    at: number;
    origin: string;
    bans: number;
  }
  const summed = await readSums<Row>(
    deps,
    { table, sums, chosen },
    {
      columns: sql`s.at, s.origin, sum(s.bans) AS bans`,
      groupBy: sql`s.at, s.origin`,
    },
  );
  const single = await readEvents<Row>(
    deps,
    { events, chosen },
    {
      columns: sql`part.column3 AS at, h.origin, count(*) AS bans`,
      where: sql`AND h.action = 'ban'`,
      groupBy: sql`part.column3, h.origin`,
    },
  );
  return [...summed, ...single].map(({ at, origin, bans }) => ({
    bucket: bucketAt(edges, at),
    origin,
    bans,
  }));
}

interface Peaking {
  points: Trend['points'];
  /** Edges, not beyond the range. */
  inside: readonly number[];
  chosen: Chosen;
}

async function peakOf(deps: SumsDeps, { points, inside, chosen }: Peaking): Promise<Trend['peak']> {
  const bans = Math.max(0, ...points.map((point) => point.bans));
  if (bans === 0) return null;
  const index = points.findIndex((point) => point.bans === bans);
  const { sums, events } = await readCover(deps, inside.slice(index, index + 2));
  const table = chosen.country === null ? 'jail_sums' : 'country_sums';
  interface Row {
    jail: string;
    bans: number;
  }
  const rows = [
    ...(await readSums<Row>(
      deps,
      { table, sums, chosen },
      {
        columns: sql`s.jail, sum(s.bans) AS bans`,
        groupBy: sql`s.jail`,
      },
    )),
    ...(await readEvents<Row>(
      deps,
      { events, chosen },
      {
        columns: sql`h.jail, count(*) AS bans`,
        where: sql`AND h.action = 'ban'`,
        groupBy: sql`h.jail`,
      },
    )),
  ];
  const byJail = new Map<string, number>();
  for (const row of rows) byJail.set(row.jail, (byJail.get(row.jail) ?? 0) + row.bans);
  const [first] = [...byJail].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if (first === undefined) return null;
  return { at: points[index]?.at ?? 0, bans, jail: first[0], ofJail: first[1] };
}
