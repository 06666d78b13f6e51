/** The jails, with what the shell knows of this moment. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useBanDialog } from '../features/bans/web/ban-dialog-host.tsx';
import { JailsPage } from '../features/jails/web/jails-page.tsx';
import { statusQuery } from '../features/overview/web/status-query.ts';
import { useCaller } from '../ui/app-context.tsx';
import { usePageTitle } from './page-title.ts';
import { useUnbanInJails } from './use-unban-in-jails.ts';
import './jail.css';

const route = getRouteApi('/shell/jails');

export function Jails() {
  const { t } = useTranslation();
  const { data: status } = useQuery(statusQuery(useCaller()));
  const dialog = useBanDialog();
  const unban = useUnbanInJails();
  usePageTitle(t('jails.title'));
  const moment = {
    version: status?.version ?? null,
    asOf: status?.as_of === null || status?.as_of === undefined ? null : Date.parse(status.as_of),
    trouble: status === undefined || status.online ? null : (status.reason ?? ''),
  };
  const view = route.useSearch();
  return (
    <JailsPage
      view={view}
      moment={moment}
      onBan={(jail) => dialog.open({ jail })}
      onUnban={unban}
      beside={view.address !== undefined}
    />
  );
}
