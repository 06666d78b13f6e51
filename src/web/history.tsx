/** The history, with what the shell knows of this moment and what can be done with a row. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBanDialog, useBanSuggestion } from '../features/bans/web/ban-dialog-host.tsx';
import { GeoCredit } from '../features/geo/web/geo-credit.tsx';
import { HistoryPage } from '../features/history/web/history-page.tsx';
import { readHistoryView } from '../features/history/web/history-view.ts';
import { statusQuery } from '../features/overview/web/status-query.ts';
import { useCaller } from '../ui/app-context.tsx';
import { useUnbanAddress } from './address-acts.tsx';
import { HistoryTabs } from './history-tabs.tsx';
import { usePageTitle } from './page-title.ts';
import './history.css';

const route = getRouteApi('/shell/history');

export function History() {
  const { t } = useTranslation();
  const { data: status } = useQuery(statusQuery(useCaller()));
  const { jails } = useBanDialog();
  const unban = useUnbanAddress();
  const search = route.useSearch();
  // one object as long as the URL says the same
  const view = useMemo(() => readHistoryView(search), [search]);
  const [standing, setStanding] = useState<{ ip: string; jail: string } | null>(null);
  useBanSuggestion(search.address === undefined ? (standing?.ip ?? null) : null, standing?.jail);
  usePageTitle(t('history.title'));
  return (
    <HistoryPage
      view={view}
      address={search.address ?? null}
      trouble={status === undefined || status.online ? null : (status.reason ?? '')}
      jails={jails.map((jail) => jail.name)}
      tabs={<HistoryTabs />}
      credit={<GeoCredit />}
      onUnban={unban}
      onStand={setStanding}
    />
  );
}
