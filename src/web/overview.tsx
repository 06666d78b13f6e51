/** The overview of a range: what happened, when, from where, against the time before; and what happens now beside it. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NewestBans } from '../features/bans/web/newest-bans.tsx';
import { EndingNext, MostRepeated } from '../features/bans/web/short-lists.tsx';
import { GeoCredit } from '../features/geo/web/geo-credit.tsx';
import { historyStateQuery } from '../features/history/web/history-query.ts';
import { HistoryNotes } from '../features/history/web/history-notes.tsx';
import { dashboardKey, figuresQuery, trendQuery } from '../features/overview/web/dashboard-query.ts';
import { isOwnRange, type DashboardView } from '../features/overview/web/dashboard-view.ts';
import { DashboardHead } from '../features/overview/web/dashboard-head.tsx';
import { Figures } from '../features/overview/web/figures.tsx';
import { HeatSection } from '../features/overview/web/heat-section.tsx';
import { CountriesInRange, JailsInRange, NetworksInRange } from '../features/overview/web/ranked-range.tsx';
import { useRangeWords } from '../features/overview/web/range-words.ts';
import { TrendSection } from '../features/overview/web/trend-section.tsx';
import { useCaller } from '../ui/app-context.tsx';
import { Button } from '../ui/button.tsx';
import { problemOf } from '../ui/problem.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { useQuietRefresh } from '../ui/use-quiet-refresh.ts';
import { NoBans } from './no-bans.tsx';
import { usePageTitle } from './page-title.ts';

const route = getRouteApi('/shell/');

export function Overview() {
  const { t } = useTranslation();
  const { address, ...view } = route.useSearch();
  const navigate = route.useNavigate();
  const caller = useCaller();
  const figures = useQuery(figuresQuery(caller, view));
  const trend = useQuery(trendQuery(caller, view));
  const history = useQuery(historyStateQuery(caller));
  const words = useRangeWords(view);
  const [zoomedFrom, setZoomedFrom] = useState<readonly DashboardView[]>([]);
  usePageTitle(t('overview.title'));
  useQuietRefresh(dashboardKey);

  // the address beside the page stays
  const show = (next: DashboardView): void =>
    void navigate({ search: { ...next, ...(address === undefined ? {} : { address }) } });
  const zoom = ({ from, to }: { from: number; to: number }): void => {
    setZoomedFrom([...zoomedFrom, view]);
    const origin = view.origin === undefined ? {} : { origin: view.origin };
    show({ from: new Date(from).toISOString(), to: new Date(to).toISOString(), ...origin });
  };
  const before = zoomedFrom.at(-1);
  const beforeWords = useRangeWords(before ?? {});
  const back =
    before === undefined || !isOwnRange(view)
      ? {}
      : {
          back: {
            label: t('overview.back', { to: beforeWords.length ?? t('overview.back_own') }),
            onBack: () => {
              setZoomedFrom(zoomedFrom.slice(0, -1));
              show(before);
            },
          },
        };
  const error = figures.error ?? trend.error;
  return (
    <div className="page overview-page">
      <DashboardHead
        title={t('overview.title')}
        readAt={figures.dataUpdatedAt}
        view={view}
        onChange={(next) => {
          setZoomedFrom([]);
          show(next);
        }}
      />
      <div className="overview">
        <div className="overview-main">
          <HistoryNotes state={history.data} readAt={history.dataUpdatedAt} />
          {error === null ? null : (
            <div className="page-note">
              <ProblemNote
                problem={problemOf(error)}
                title={t('overview.figures_failed')}
                acts={
                  <Button onClick={() => void Promise.all([figures.refetch(), trend.refetch()])}>
                    {t('ui.retry')}
                  </Button>
                }
              />
            </div>
          )}
          <div className={`overview-top ${figures.isPlaceholderData ? 'stale' : ''}`}>
            <Figures figures={figures.data} view={view} before={words.theBefore} />
          </div>
          <div className={`overview-trend ${trend.isPlaceholderData ? 'stale' : ''}`}>
            <TrendSection
              trend={trend.data}
              before={words.before}
              ongoing={view.to === undefined}
              onZoom={zoom}
              {...back}
            />
          </div>
          <div className="overview-ranked">
            <CountriesInRange view={view} />
            <JailsInRange view={view} />
            <NetworksInRange view={view} />
          </div>
          <HeatSection view={view} />
          <div className="overview-lists">
            <MostRepeated />
            <EndingNext />
          </div>
        </div>
        <NewestBans empty={<NoBans />} foot={<GeoCredit />} />
      </div>
    </div>
  );
}
