/** The columns of the repeat offenders. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Column } from '../../../ui/data-table-props.ts';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import { Country } from '../../../ui/country.tsx';
import { useNow } from '../../../ui/use-now.ts';
import type { Offender } from './address-query.ts';

/** `most`: bans of the first row, to which the bars are scaled. */
export function useOffenderColumns({ narrow, most }: { narrow: boolean; most: number }): Column<Offender>[] {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  return useMemo(() => {
    const moment = (at: string): React.ReactNode => (
      <time className="soft" dateTime={at} title={times.full(Date.parse(at))}>
        {times.moment(Date.parse(at), now)}
      </time>
    );
    const columns: (Column<Offender> & { folds?: boolean })[] = [
      {
        id: 'address',
        head: t('history.address'),
        width: 'minmax(150px, 1.4fr)',
        cell: (row) => (
          <span className="mono" title={row.ip}>
            {row.ip}
          </span>
        ),
      },
      {
        id: 'bans',
        head: t('offenders.bans'),
        width: 'minmax(96px, 1fr)',
        align: 'end',
        cell: (row) => (
          <span className="remaining">
            <span className="strong">{formatCount(row.bans)}</span>
            <span className="remaining-track" aria-hidden>
              <span className="remaining-bar" style={{ width: `${(row.bans / most) * 100}%` }} />
            </span>
          </span>
        ),
      },
      {
        id: 'country',
        head: t('history.country'),
        width: '60px',
        cell: (row) => <Country code={row.country} short />,
      },
      {
        id: 'network',
        head: t('history.network'),
        width: 'minmax(120px, 2fr)',
        folds: narrow,
        cell: (row) => (
          <span className="soft">
            {row.as_name ?? (row.asn === null ? '' : `AS${row.asn}`)}{' '}
            {row.as_name === null || row.asn === null ? null : <span className="quiet">AS{row.asn}</span>}
          </span>
        ),
      },
      {
        id: 'first',
        head: t('offenders.first'),
        width: 'minmax(96px, 1fr)',
        folds: narrow,
        cell: (row) => moment(row.first),
      },
      {
        id: 'last',
        head: t('offenders.last'),
        width: 'minmax(96px, 1fr)',
        cell: (row) => moment(row.last),
      },
      {
        id: 'now',
        head: t('offenders.now'),
        width: 'minmax(96px, 0.8fr)',
        cell: (row) =>
          row.banned_now ? t('address.outcome.now') : <span className="quiet">{t('offenders.free')}</span>,
      },
    ];
    return columns.filter((column) => column.folds !== true);
  }, [t, times, now, narrow, most]);
}
