/** Repeat offenders and ranges, with the acts of the bans. */
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { OffendersPage } from '../features/address/web/offenders-page.tsx';
import { readOffendersView } from '../features/address/web/offenders-view.ts';
import { useBanDialog } from '../features/bans/web/ban-dialog-host.tsx';
import { useUnbanAddress } from './address-acts.tsx';
import { HistoryTabs } from './history-tabs.tsx';
import { usePageTitle } from './page-title.ts';

const route = getRouteApi('/shell/offenders');

export function Offenders() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const view = useMemo(() => readOffendersView(search), [search]);
  const dialog = useBanDialog();
  const unban = useUnbanAddress();
  usePageTitle(t('offenders.title'));
  return (
    <OffendersPage
      view={view}
      address={search.address ?? null}
      tabs={<HistoryTabs on={view.show ?? 'offenders'} />}
      onBan={(addresses) => dialog.open({ addresses })}
      onUnban={unban}
    />
  );
}
