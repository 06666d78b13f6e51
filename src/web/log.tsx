/** fail2ban's log, with its health, its acts and its settings beside it. */
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useBanDialog } from '../features/bans/web/ban-dialog-host.tsx';
import { HealthPanel } from '../features/server/web/health-panel.tsx';
import { LogPage } from '../features/server/web/log-page.tsx';
import { readLogView } from '../features/server/web/log-view.ts';
import { ServerActs } from '../features/server/web/server-acts.tsx';
import { ServerSettings } from '../features/server/web/server-settings.tsx';
import { usePageTitle } from './page-title.ts';
import './log.css';

const route = getRouteApi('/shell/log');

export function Log() {
  const { t } = useTranslation();
  const { jails } = useBanDialog();
  const search = route.useSearch();
  // one object as long as the URL says the same
  const view = useMemo(() => readLogView(search), [search]);
  usePageTitle(t('log.title'));
  return (
    <LogPage
      view={view}
      jails={jails.map((jail) => jail.name)}
      beside={search.address !== undefined}
      side={
        <>
          <HealthPanel />
          <ServerActs />
          <ServerSettings />
        </>
      }
    />
  );
}
