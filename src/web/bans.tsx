/** The bans, with what the shell knows of this moment. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { BansPage } from '../features/bans/web/bans-page.tsx';
import { GeoCredit } from '../features/geo/web/geo-credit.tsx';
import { statusQuery } from '../features/overview/web/status-query.ts';
import { useCaller } from '../ui/app-context.tsx';
import { usePageTitle } from './page-title.ts';

const route = getRouteApi('/shell/bans');

export function Bans() {
  const { t } = useTranslation();
  const { data: status } = useQuery(statusQuery(useCaller()));
  usePageTitle(t('bans.title'));
  const moment = {
    bannedNow: status?.banned_now ?? 0,
    failingNow: status?.failed_now ?? 0,
    jails: status?.jails ?? 0,
    asOf: status?.as_of === null || status?.as_of === undefined ? null : Date.parse(status.as_of),
    trouble: status === undefined || status.online ? null : (status.reason ?? ''),
  };
  const view = route.useSearch();
  return <BansPage view={view} moment={moment} address={view.address ?? null} credit={<GeoCredit />} />;
}
