/** One country of the range: when, from which networks, in which jails. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { bucketTotal } from '../../../ui/charts/buckets.ts';
import { TrendChart } from '../../../ui/charts/trend-chart.tsx';
import { Chip } from '../../../ui/chip.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { RankedList } from '../../../ui/ranked-list.tsx';
import { jailsInRangeQuery, networksQuery, trendQuery, type RankedItem } from './dashboard-query.ts';
import type { DashboardView } from './dashboard-view.ts';
import { HistoryLink } from './history-link.tsx';
import { usePer } from './range-words.ts';
import { NetworkName } from './ranked-range.tsx';
import { bucketsOf, peakOf } from './trend-section.tsx';

interface CountryPanelProps {
  view: DashboardView;
  code: string;
  /** `NL Netherlands` */
  name: string;
  /** Absent when nobody from there was banned in the range. */
  row: { bans: number; addresses: number } | undefined;
  /** Name of the time before. */
  before: string;
  onClose: () => void;
}

const shown = 6;

export function CountryPanel({ view, code, name, row, before, onClose }: CountryPanelProps) {
  const { t } = useTranslation();
  const caller = useCaller();
  const per = usePer();
  const filters = { ...view, country: code };
  const trend = useQuery(trendQuery(caller, filters));
  const networks = useQuery(networksQuery(caller, filters, shown));
  const jails = useQuery(jailsInRangeQuery(caller, filters, shown));
  // a small chart does not tell origins apart
  const buckets = useMemo(
    () =>
      (trend.data === undefined ? [] : bucketsOf(trend.data)).map((bucket) => ({
        ...bucket,
        own: bucketTotal(bucket),
        blocklist: 0,
        manual: 0,
      })),
    [trend.data],
  );
  const stale = trend.isPlaceholderData || networks.isPlaceholderData || jails.isPlaceholderData;
  const bans = row?.bans ?? 0;
  return (
    <section className={`country-panel ${stale ? 'stale' : ''}`} aria-label={name}>
      <header className="country-head">
        <Chip name={t('overview.country')} value={name} onRemove={onClose} />
        <span className="small soft">
          {t('overview.country_sum', {
            bans: t('charts.bans', { count: bans, n: formatCount(bans) }),
            addresses: t('overview.addresses', {
              count: row?.addresses ?? 0,
              n: formatCount(row?.addresses ?? 0),
            }),
          })}
        </span>
        <HistoryLink view={view} only={{ country: code }} className="country-history">
          {t('overview.open_history')}
        </HistoryLink>
      </header>
      <div className="country-parts">
        <div className="country-trend">
          <TrendChart
            label={t('overview.country_trend_label', { name })}
            buckets={buckets}
            bucketMs={(trend.data?.bucket_seconds ?? 0) * 1000}
            beforeLabel={before}
            ongoing={view.to === undefined}
            peak={trend.data === undefined ? null : peakOf(trend.data)}
            height={112}
            plain
            head={(barMs) => (
              <header className="chart-head">
                <h2 className="section-title">
                  {barMs === 0 ? t('overview.bans') : t('overview.trend_per', { per: per(barMs / 1000) })}
                </h2>
              </header>
            )}
          />
        </div>
        <ShortList
          title={t('overview.networks')}
          nameHead={t('overview.network')}
          items={networks.data?.items ?? []}
          more={(networks.data?.keys ?? 0) - shown}
          nameOf={(item) => (
            <HistoryLink view={view} only={{ country: code, asn: item.key }} className="ranked-network">
              <NetworkName item={item} />
            </HistoryLink>
          )}
        />
        <ShortList
          title={t('overview.jails')}
          nameHead={t('overview.jail')}
          items={jails.data?.items ?? []}
          more={(jails.data?.keys ?? 0) - shown}
          nameOf={({ key }) => (
            <HistoryLink view={view} only={{ country: code, jail: key }}>
              {key}
            </HistoryLink>
          )}
        />
      </div>
    </section>
  );
}

interface ShortListProps {
  title: string;
  nameHead: string;
  items: readonly RankedItem[];
  /** Keys that are not shown. */
  more: number;
  nameOf: (item: RankedItem) => React.ReactNode;
}

function ShortList({ title, nameHead, items, more, nameOf }: ShortListProps) {
  const { t } = useTranslation();
  return (
    <RankedList
      title={title}
      nameHead={nameHead}
      heads={[t('overview.bans')]}
      rows={items.map((item) => ({
        key: item.key,
        name: nameOf(item),
        weight: item.bans,
        cells: [<span key="bans">{formatCount(item.bans)}</span>],
      }))}
      {...(more > 0
        ? { foot: <span className="small quiet">{t('overview.n_more', { n: formatCount(more) })}</span> }
        : {})}
    />
  );
}
