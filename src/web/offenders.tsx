/** Repeat offenders and ranges, with the acts of the bans. */
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { OffendersPage } from '../features/address/web/offenders-page.tsx';
import { readOffendersView, type OffendersView } from '../features/address/web/offenders-view.ts';
import { useBanDialog } from '../features/bans/web/ban-dialog-host.tsx';
import { GeoCredit } from '../features/geo/web/geo-credit.tsx';
import { useUnbanAddress } from './address-acts.tsx';
import { HistoryTabs } from './history-tabs.tsx';
import { usePageTitle } from './page-title.ts';
import './history.css';

const addresses = getRouteApi('/shell/offenders');
const ranges = getRouteApi('/shell/offenders/ranges');

export function Offenders() {
  return <Page search={addresses.useSearch()} subnets={false} />;
}

export function OffenderRanges() {
  return <Page search={ranges.useSearch()} subnets />;
}

interface PageProps {
  search: OffendersView & { address?: string };
  subnets: boolean;
}

function Page({ search, subnets }: PageProps) {
  const { t } = useTranslation();
  const view = useMemo(() => readOffendersView({ ...search }), [search]);
  const dialog = useBanDialog();
  const unban = useUnbanAddress();
  usePageTitle(subnets ? t('offenders.subnets_title') : t('offenders.title'));
  return (
    <OffendersPage
      view={view}
      subnets={subnets}
      address={search.address ?? null}
      tabs={<HistoryTabs />}
      credit={<GeoCredit />}
      onBan={(range) => dialog.open({ addresses: range })}
      onUnban={unban}
    />
  );
}
