/** The endpoints that answer from the history: figures, ranks, trend and heat of a range, and its newest bans. */
import type { EndpointInput, EndpointOutput } from '../../base/endpoint.ts';
import type { Clock } from '../../base/clock.ts';
import { rangeBefore } from '../../base/time-range.ts';
import { atOneMoment } from '../../platform/db/reader.ts';
import type { Mount } from '../../platform/http/mount.ts';
import { readZone } from '../../platform/operator-zone.ts';
import {
  bansByCountry,
  bansByJail,
  bansByNetwork,
  bansHeat,
  bansTrend,
  dashboardBans,
  dashboardFigures,
} from './contract.ts';
import { readFigures } from './read-figures.ts';
import { readHeat } from './read-heat.ts';
import { readRanked, type Key } from './read-ranked.ts';
import { viewOf, type View } from './read-ranges.ts';
import type { SumsDeps } from './read-sums.ts';
import { readTrend } from './read-trend.ts';

export interface HistoryFiguresDeps extends SumsDeps {
  now: Clock;
  /** The list is the history's own; `from` and `to` as RFC 3339. */
  newestBans: (
    query: Pick<
      EndpointInput<typeof dashboardBans>['query'],
      'origin' | 'jail' | 'country' | 'page_size' | 'cursor'
    > & {
      from: string;
      to: string;
    },
  ) => Promise<EndpointOutput<typeof dashboardBans>>;
}

type RankedQuery = EndpointInput<typeof bansByJail>['query'];

export function mountHistoryFigures(mount: Mount, deps: HistoryFiguresDeps): void {
  const { now, newestBans } = deps;

  /** Every figure of an answer is of the same moment. */
  const reading = <T>(read: (of: SumsDeps) => Promise<T>): Promise<T> =>
    atOneMoment(deps, (db) => read({ ...deps, db }));

  mount(dashboardFigures, async ({ query }) => {
    const { range, chosen, shown } = viewOf(query, now);
    // the one is counted while the other is read
    const [value, before] = await reading((of) =>
      Promise.all([readFigures(of, range, chosen), readFigures(of, rangeBefore(range), chosen)]),
    );
    const beside = (name: 'bans' | 'failures' | 'addresses' | 'again' | 'unbans') => ({
      value: value[name],
      before: before[name],
    });
    return {
      ...shown,
      bans: beside('bans'),
      failures: beside('failures'),
      addresses: beside('addresses'),
      again: beside('again'),
      unbans: beside('unbans'),
      origins: value.origins,
    };
  });

  mount(dashboardBans, async ({ query }) => {
    const { shown } = viewOf(query, now);
    const { origin, jail, country, page_size, cursor } = query;
    return newestBans({ ...shown, origin, jail, country, page_size, cursor });
  });

  const ranked = async (key: Key, query: RankedQuery): Promise<EndpointOutput<typeof bansByJail>> => {
    const { range, chosen, shown } = viewOf(query, now);
    const { items, total, keys } = await reading((of) =>
      readRanked(of, { key, range, chosen, limit: query.limit }),
    );
    const names = key === 'asn' ? await namesOf(deps, items) : new Map<string, string>();
    return {
      ...shown,
      items: items.map((item) => ({ ...item, name: names.get(item.key) ?? null })),
      total,
      keys,
    };
  };
  mount(bansByCountry, ({ query }) => ranked('country', query));
  mount(bansByJail, ({ query }) => ranked('jail', query));
  mount(bansByNetwork, ({ query }) => ranked('asn', query));

  mount(bansTrend, async ({ query }) => {
    const { range, chosen, shown }: View = viewOf(query, now);
    const zone = await readZone(deps.db);
    const { length, points, peak } = await reading((of) => readTrend(of, { range, chosen, zone }));
    return {
      ...shown,
      bucket_seconds: length / 1000,
      points: points.map((point) => ({ ...point, at: new Date(point.at).toISOString() })),
      peak:
        peak === null
          ? null
          : { at: new Date(peak.at).toISOString(), bans: peak.bans, jail: peak.jail, of_jail: peak.ofJail },
    };
  });

  mount(bansHeat, async ({ query }) => {
    const { range, chosen, shown } = viewOf(query, now);
    const zone = await readZone(deps.db);
    return {
      ...shown,
      timezone: zone.name,
      bans: await reading((of) => readHeat(of, { range, chosen, zone })),
    };
  });
}

async function namesOf({ db }: SumsDeps, items: readonly { key: string }[]): Promise<Map<string, string>> {
  if (items.length === 0) return new Map();
  const asns = items.map(({ key }) => Number(key));
  const rows = await db.selectFrom('networks').selectAll().where('asn', 'in', asns).execute();
  return new Map(rows.map(({ asn, name }) => [String(asn), name]));
}
