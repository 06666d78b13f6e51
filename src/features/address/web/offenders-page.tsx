/** Who comes back, and which ranges would cover many of them. */
import { useNavigate } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { rangeLength, rangeNames } from '../../../base/time-range.ts';
import { Segments } from '../../../ui/segments.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { OffendersTable } from './offenders-table.tsx';
import { leasts, type OffendersView } from './offenders-view.ts';
import { SubnetAdvice } from './subnet-advice.tsx';

interface OffendersPageProps {
  view: OffendersView;
  /** Ranges instead of addresses. */
  subnets: boolean;
  /** The address in the panel beside the list. */
  address: string | null;
  tabs: ReactNode;
  /** Whose the data behind countries and networks is. */
  credit: ReactNode;
  /** Opens the ban dialog; `jail` null = the first there is. */
  onBan: (addresses: string) => void;
  onUnban: (ip: string) => void;
}

export function OffendersPage({ view, subnets, address, tabs, credit, onBan, onUnban }: OffendersPageProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const now = useNow(600_000);
  const set = (next: OffendersView): void =>
    void navigate({ to: subnets ? '/offenders/ranges' : '/offenders', search: next, replace: true });
  const { range } = view;
  const least = view.at_least ?? (subnets ? '3' : '2');
  const since = useMemo(() => {
    const minute = 60_000;
    const from =
      range === undefined ? undefined : new Date(Math.floor((now - rangeLength(range)) / minute) * minute);
    return { from: from?.toISOString(), atLeast: Number(least) };
  }, [range, least, now]);
  return (
    <div className="page">
      <header className="page-head">
        <h1 className="page-title">{subnets ? t('offenders.subnets_title') : t('offenders.title')}</h1>
        {tabs}
      </header>
      <div className="page-list">
        <div className="filter">
          <span className="small soft">
            {subnets ? t('offenders.least_addresses') : t('offenders.least_bans')}
          </span>
          <Segments
            label={subnets ? t('offenders.least_addresses') : t('offenders.least_bans')}
            options={leasts.map((value) => ({ value, label: value }))}
            value={least}
            onChange={(value) => set({ ...view, at_least: value })}
          />
          <span className="small soft filter-since">{t('offenders.since')}</span>
          <Segments
            label={t('range.label')}
            options={(['all', ...rangeNames] as const).map((value) => ({
              value,
              label: t(`range.${value}`),
            }))}
            value={range ?? 'all'}
            onChange={(value) => {
              const { range: _, ...rest } = view;
              set(value === 'all' ? rest : { ...rest, range: value });
            }}
          />
        </div>
        {subnets ? (
          <SubnetAdvice since={since} onBan={onBan} />
        ) : (
          <OffendersTable view={view} since={since} address={address} onUnban={onUnban} />
        )}
        <footer className="page-foot">{credit}</footer>
      </div>
    </div>
  );
}
