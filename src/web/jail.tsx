/** The page of one jail, with its bans over time and the acts of the bans. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBanDialog } from '../features/bans/web/ban-dialog-host.tsx';
import { unbanInJails } from '../features/bans/web/unban-acts.ts';
import { useActDeps } from '../features/bans/web/use-act-deps.ts';
import { JailPage } from '../features/jails/web/jail-page.tsx';
import { dashboardKey, trendQuery } from '../features/overview/web/dashboard-query.ts';
import { useRangeWords } from '../features/overview/web/range-words.ts';
import { TrendSection } from '../features/overview/web/trend-section.tsx';
import { useCaller } from '../ui/app-context.tsx';
import type { RangeView } from '../ui/range-view.ts';
import { RangeSegments } from '../ui/range-segments.tsx';
import { useQuietRefresh } from '../ui/use-quiet-refresh.ts';
import { usePageTitle } from './page-title.ts';
import './address.css';
import './overview.css';
import './jail.css';

const route = getRouteApi('/shell/jails/$name');

export function Jail() {
  const { t } = useTranslation();
  const { name } = route.useParams();
  const deps = useActDeps();
  const queryClient = useQueryClient();
  const dialog = useBanDialog();
  usePageTitle(name);
  return (
    <JailPage
      key={name}
      name={name}
      trend={<JailTrend jail={name} />}
      links={<a href={`/config?jail=${encodeURIComponent(name)}`}>{t('jails.see_configuration')}</a>}
      onBan={() => dialog.open({ jail: name })}
      onUnban={async (entry, jails) => {
        await unbanInJails(deps, entry, jails);
        await queryClient.invalidateQueries({ queryKey: ['jails'] });
      }}
    />
  );
}

function JailTrend({ jail }: { jail: string }) {
  const [view, setView] = useState<RangeView>({ range: '7d' });
  const trend = useQuery(trendQuery(useCaller(), { ...view, jail }));
  const words = useRangeWords(view);
  useQuietRefresh(dashboardKey);
  return (
    <div className={trend.isPlaceholderData ? 'stale' : ''}>
      <div className="jail-range">
        <RangeSegments view={view} usual="24h" onChange={setView} />
      </div>
      <TrendSection
        trend={trend.data}
        before={words.before}
        ongoing={view.to === undefined}
        onZoom={({ from, to }) =>
          setView({ from: new Date(from).toISOString(), to: new Date(to).toISOString() })
        }
      />
    </div>
  );
}
