/** Failures that a jail found over the range: the chart, and how far back it is known. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { TrendChart } from '../../../ui/charts/trend-chart.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import type { Problem } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { useMedia } from '../../../ui/use-media.ts';
import { useNow } from '../../../ui/use-now.ts';
import type { Failures } from './jails-query.ts';

interface FailuresSectionProps {
  failures: Failures | undefined;
  problem: Problem | null;
  /** `per hour` */
  per: (seconds: number) => string;
  /** The range ends now. */
  ongoing: boolean;
  onZoom: (range: { from: number; to: number }) => void;
}

export function FailuresSection({ failures, problem, per, ongoing, onZoom }: FailuresSectionProps) {
  const { t } = useTranslation();
  const phone = useMedia('(max-width: 599px)');
  const buckets = useMemo(
    () =>
      (failures?.points ?? []).map(({ at, failures: count }) => ({
        at: Date.parse(at),
        own: count ?? 0,
        blocklist: 0,
        manual: 0,
        before: 0,
      })),
    [failures],
  );
  const knownFrom = failures?.known_from ?? null;
  const total = buckets.reduce((sum, { own }) => sum + own, 0);
  if (problem !== null && failures === undefined) {
    return (
      <section className="trend-section" aria-label={t('jails.failures.title')}>
        <ProblemNote problem={problem} title={t('jails.failures.failed')} />
      </section>
    );
  }
  if (failures !== undefined && failures.unknown !== null) {
    return (
      <section className="trend-section" aria-label={t('jails.failures.title')}>
        <header className="chart-head">
          <h2 className="section-title">{t('jails.failures.title')}</h2>
        </header>
        <p className="soft">{t('jails.failures.unknown', { reason: failures.unknown })}</p>
      </section>
    );
  }
  return (
    <section className="trend-section" aria-label={t('jails.failures.title')}>
      <TrendChart
        label={t('jails.failures.label')}
        buckets={buckets}
        bucketMs={(failures?.bucket_seconds ?? 0) * 1000}
        counted="failures"
        {...(knownFrom === null ? {} : { knownFrom: Date.parse(knownFrom) })}
        ongoing={ongoing}
        peak={null}
        height={phone ? 96 : 112}
        onZoom={onZoom}
        head={(barMs) => (
          <header className="chart-head">
            <h2 className="section-title">{t('jails.failures.title')}</h2>
            {barMs === 0 ? null : <span className="small quiet">{per(barMs / 1000)}</span>}
            {failures === undefined ? null : (
              <span className="small soft failures-total">
                {total === 0
                  ? t('jails.failures.none')
                  : t('charts.failures', { count: total, n: formatCount(total) })}
              </span>
            )}
            {failures === undefined ? null : <Reach failures={failures} />}
          </header>
        )}
      />
    </section>
  );
}

/** Said only where the log does not reach as far as the range. */
function Reach({ failures }: { failures: Failures }) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  const knownFrom = Date.parse(failures.known_from ?? failures.from);
  if (knownFrom <= Date.parse(failures.from)) return null;
  const time = times.moment(knownFrom, now);
  return (
    <span className="small soft failures-reach">
      {knownFrom >= Date.parse(failures.to)
        ? t('jails.failures.reach_after', { time })
        : t('jails.failures.reach', { time })}
    </span>
  );
}
