/** At which hours of the week the bans of the range fell. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { HeatGrid } from '../../../ui/charts/heat-grid.tsx';
import { coveredHours } from '../../../ui/charts/heat-steps.ts';
import { heatQuery } from './dashboard-query.ts';
import type { DashboardView } from './dashboard-view.ts';

export function HeatSection({ view }: { view: DashboardView }) {
  const { t } = useTranslation();
  const { data, isPlaceholderData } = useQuery(heatQuery(useCaller(), view));
  const covered = useMemo(
    () =>
      data === undefined ? null : coveredHours(Date.parse(data.from), Date.parse(data.to), data.timezone),
    [data],
  );
  if (data === undefined || data.bans.every((row) => row.every((bans) => bans === 0))) return null;
  return (
    <div className={`overview-heat ${isPlaceholderData ? 'stale' : ''}`}>
      <HeatGrid title={t('overview.heat')} counts={data.bans} covered={covered} zone={data.timezone} />
    </div>
  );
}
