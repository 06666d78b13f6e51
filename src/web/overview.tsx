/** The overview, composed of what each feature knows of this moment. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { NewestBans } from '../features/bans/web/newest-bans.tsx';
import { EndingNext, MostRepeated } from '../features/bans/web/short-lists.tsx';
import { GeoCredit } from '../features/geo/web/geo-credit.tsx';
import { JailRanking } from '../features/jails/web/jail-ranking.tsx';
import { Figures } from '../features/overview/web/figures.tsx';
import { statusQuery, type Status } from '../features/overview/web/status-query.ts';
import { useCaller } from '../ui/app-context.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { useTimes } from '../ui/page-context.tsx';
import { useNow } from '../ui/use-now.ts';
import { usePageTitle } from './page-title.ts';

export function Overview() {
  const { t } = useTranslation();
  const { data: status } = useQuery(statusQuery(useCaller()));
  const times = useTimes();
  const now = useNow(30_000);
  usePageTitle(t('overview.title'));
  const asOf = status?.as_of ?? null;
  return (
    <div className="page overview">
      <div className="overview-main">
        <header className="page-head">
          <h1 className="page-title">{t('overview.title')}</h1>
          <span className="page-sub small quiet">
            {asOf === null ? null : t('overview.as_of', { time: times.exact(Date.parse(asOf), now) })}
          </span>
        </header>
        <Figures status={status} />
        <div className="overview-jails">
          <JailRanking />
        </div>
        <div className="overview-lists">
          <MostRepeated />
          <EndingNext />
        </div>
      </div>
      <NewestBans empty={<NoBans status={status} />} foot={<GeoCredit />} />
    </div>
  );
}

function NoBans({ status }: { status: Status | undefined }) {
  const { t } = useTranslation();
  if (status !== undefined && !status.online) {
    return (
      <EmptyState kind="unreachable" title={t('overview.unread_title')} foot={t('overview.unread_foot')}>
        {t('overview.unread_text', { reason: status.reason ?? '' })}
      </EmptyState>
    );
  }
  if (status !== undefined && status.as_of !== null && status.jails === 0) {
    return (
      <EmptyState kind="switched-off" title={t('overview.off_title')}>
        {t('overview.off_text', { version: status.version ?? '' })}
      </EmptyState>
    );
  }
  return (
    <EmptyState kind="nothing-yet" title={t('overview.empty_title')} foot={t('overview.empty_foot')}>
      {t('overview.empty_text', { failing: t('overview.failing', { count: status?.failed_now ?? 0 }) })}
    </EmptyState>
  );
}
