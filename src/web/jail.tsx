/** The page of one jail, with its bans over time and the acts of the bans. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useBanDialog } from '../features/bans/web/ban-dialog-host.tsx';
import { FailuresSection } from '../features/jails/web/failures-section.tsx';
import { JailPage } from '../features/jails/web/jail-page.tsx';
import { failuresKey, failuresQuery } from '../features/jails/web/jails-query.ts';
import { dashboardKey, trendQuery } from '../features/overview/web/dashboard-query.ts';
import { usePer, useRangeWords } from '../features/overview/web/range-words.ts';
import { TrendSection } from '../features/overview/web/trend-section.tsx';
import { useCaller } from '../ui/app-context.tsx';
import type { RangeView } from '../ui/range-view.ts';
import { RangeSegments } from '../ui/range-segments.tsx';
import { problemOf } from '../ui/problem.ts';
import { useQuietRefresh } from '../ui/use-quiet-refresh.ts';
import { usePageTitle } from './page-title.ts';
import { useUnbanInJails } from './use-unban-in-jails.ts';
import './address.css';
import './overview.css';
import './jail.css';

const usual = '7d';
const route = getRouteApi('/shell/jails/$name');

export function Jail() {
  const { t } = useTranslation();
  const { name } = route.useParams();
  const dialog = useBanDialog();
  const unban = useUnbanInJails();
  usePageTitle(name);
  return (
    <JailPage
      key={name}
      name={name}
      trend={<JailTrend jail={name} />}
      links={
        <Link to="/config" search={{ jail: name }}>
          {t('jails.see_configuration')}
        </Link>
      }
      onBan={() => dialog.open({ jail: name })}
      onUnban={unban}
    />
  );
}

/** What it banned and what it found, over one range. */
function JailTrend({ jail }: { jail: string }) {
  const caller = useCaller();
  const { address, ...chosen } = route.useSearch();
  const navigate = route.useNavigate();
  const isOwn = chosen.from !== undefined || chosen.to !== undefined;
  const view: RangeView = isOwn ? chosen : { range: chosen.range ?? usual };
  // the address beside the page stays
  const setView = (next: RangeView): void =>
    void navigate({ search: { ...next, ...(address === undefined ? {} : { address }) }, replace: true });
  const trend = useQuery(trendQuery(caller, { ...view, jail }));
  const failures = useQuery(failuresQuery(caller, jail, view));
  const words = useRangeWords(view);
  const per = usePer();
  useQuietRefresh(dashboardKey);
  useQuietRefresh(failuresKey);
  const range = {
    ongoing: view.to === undefined,
    onZoom: ({ from, to }: { from: number; to: number }): void =>
      setView({ from: new Date(from).toISOString(), to: new Date(to).toISOString() }),
  };
  return (
    <>
      <div className="jail-range">
        <RangeSegments view={chosen} usual={usual} onChange={setView} />
      </div>
      <div className={trend.isPlaceholderData ? 'stale' : ''}>
        <TrendSection trend={trend.data} before={words.before} {...range} />
      </div>
      <div className={failures.isPlaceholderData ? 'stale' : ''}>
        <FailuresSection
          failures={failures.data}
          problem={failures.error === null ? null : problemOf(failures.error)}
          per={per}
          {...range}
        />
      </div>
    </>
  );
}
