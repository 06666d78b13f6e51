/** Bans by weekday and hour, as the clocks of a zone show them. */
import { sql } from 'kysely';
import type { TimeRange } from '../../base/time-range.ts';
import type { Zone } from '../../base/zone.ts';
import { dayMs, hourMs } from './cover.ts';
import { readCover, readEvents, readSums, type Chosen, type SumsDeps } from './read-sums.ts';

/**
 * 7 rows of 24, Monday first. Sums are of hours UTC: where the clocks are not whole hours from it, such an hour counts
 * where it begins.
 */
export async function readHeat(
  deps: SumsDeps,
  { range, chosen, zone }: { range: TimeRange; chosen: Chosen; zone: Zone },
): Promise<number[][]> {
  const { sums, events } = await readCover(deps, [range.from, range.to], { withDays: false });
  const table = chosen.country === null ? 'jail_sums' : 'country_sums';
  interface Row {
    at: number;
    bans: number;
  }
  const rows = [
    ...(await readSums<Row>(
      deps,
      { table, sums, chosen },
      {
        columns: sql`s.at, sum(s.bans) AS bans`,
        groupBy: sql`s.at`,
      },
    )),
    ...(await readEvents<Row>(
      deps,
      { events, chosen },
      {
        columns: sql`part.column3 AS at, count(*) AS bans`,
        where: sql`AND h.action = 'ban'`,
        groupBy: sql`part.column3`,
      },
    )),
  ];
  const heat = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0));
  for (const { at, bans } of rows) {
    const start = Math.floor(at / hourMs) * hourMs;
    const shown = start + zone.offsetAt(start);
    // the first day of all was a Thursday
    const weekday = (((Math.floor(shown / dayMs) + 3) % 7) + 7) % 7;
    const row = heat[weekday];
    const hour = Math.floor(shown / hourMs) - Math.floor(shown / dayMs) * 24;
    if (row !== undefined) row[hour] = (row[hour] ?? 0) + bans;
  }
  return heat;
}
