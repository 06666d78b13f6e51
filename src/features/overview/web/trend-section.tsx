/** Bans over the range: the chart with its legend, which holds the totals, and the way back from a zoom. */
import IconArrowBackUp from '@tabler/icons-react/dist/esm/icons/IconArrowBackUp.mjs';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bucket } from '../../../ui/charts/buckets.ts';
import { TrendChart } from '../../../ui/charts/trend-chart.tsx';
import { series } from '../../../ui/charts/trend-layout.ts';
import { Icon } from '../../../ui/icon.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useMedia } from '../../../ui/use-media.ts';
import type { Trend } from './dashboard-query.ts';
import { usePer } from './range-words.ts';

interface TrendSectionProps {
  trend: Trend | undefined;
  /** Name of the time before. */
  before: string;
  /** The range ends now. */
  ongoing: boolean;
  onZoom: (range: { from: number; to: number }) => void;
  /** Leads back to where the zoom began; absent when there was none. */
  back?: { label: string; onBack: () => void };
}

export const bucketsOf = (trend: Trend): Bucket[] =>
  trend.points.map(({ at, own, blocklist, manual, before }) => ({
    at: Date.parse(at),
    own,
    blocklist,
    manual,
    before,
  }));

export const peakOf = ({ peak }: Trend) => (peak === null ? null : { ...peak, at: Date.parse(peak.at) });

export function TrendSection({ trend, before, ongoing, onZoom, back }: TrendSectionProps) {
  const { t } = useTranslation();
  const phone = useMedia('(max-width: 599px)');
  const per = usePer();
  const buckets = useMemo(() => (trend === undefined ? [] : bucketsOf(trend)), [trend]);
  const peak = useMemo(() => (trend === undefined ? null : peakOf(trend)), [trend]);
  const sum = (name: (typeof series)[number]): number =>
    buckets.reduce((total, bucket) => total + bucket[name], 0);
  const had = buckets.some((bucket) => bucket.before > 0);
  return (
    <section className="trend-section" aria-label={t('overview.trend')}>
      <TrendChart
        label={t('overview.trend_label')}
        buckets={buckets}
        bucketMs={(trend?.bucket_seconds ?? 0) * 1000}
        beforeLabel={before}
        ongoing={ongoing}
        peak={peak}
        {...(phone ? { height: 128 } : {})}
        onZoom={onZoom}
        head={(barMs) => (
          <header className="chart-head">
            <h2 className="section-title">
              {phone && barMs > 0 ? t('overview.trend_per', { per: per(barMs / 1000) }) : t('overview.trend')}
            </h2>
            {phone || barMs === 0 ? null : <span className="small quiet">{per(barMs / 1000)}</span>}
            {back === undefined ? null : (
              <button type="button" className="link-button chart-back" onClick={back.onBack}>
                <Icon of={IconArrowBackUp} size={14} />
                {back.label}
              </button>
            )}
            <ul className="legend" aria-label={t('charts.legend')}>
              {series.map((name) => (
                <li key={name}>
                  <span className={`swatch swatch-${name}`} />
                  <span className="soft">{t(`charts.${name}`)}</span>
                  <span className="legend-total">{formatCount(sum(name))}</span>
                </li>
              ))}
              {had ? (
                <li className="legend-before">
                  <span className="swatch swatch-before" />
                  <span className="soft">{before}</span>
                </li>
              ) : null}
            </ul>
          </header>
        )}
      />
    </section>
  );
}
