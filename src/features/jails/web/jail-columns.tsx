/** The columns of the jails. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Column } from '../../../ui/data-table-props.ts';
import { formatCount } from '../../../ui/numbers.ts';
import { useDurations } from '../../../ui/use-durations.ts';
import { HealthWord } from './jail-health.tsx';
import { JailState } from './jail-state.tsx';
import type { Jail } from './jails-query.ts';

interface ColumnsInput {
  /** The panel is open. */
  narrow: boolean;
  phone: boolean;
}

export function useJailColumns({ narrow, phone }: ColumnsInput): Column<Jail>[] {
  const { t } = useTranslation();
  const say = useDurations();
  return useMemo(() => {
    const count = (
      id: string,
      head: string,
      value: (jail: Jail) => number,
      { width, folds = false }: { width: string; folds?: boolean },
    ): Column<Jail> & { folds?: boolean } => ({
      id,
      head,
      width,
      align: 'end',
      sort: { up: id, down: `-${id}`, first: 'down' },
      folds,
      cell: (jail) => (
        <span className={value(jail) === 0 ? 'quiet' : ''}>
          {formatCount(value(jail))}
          {phone ? <span className="small quiet cell-caption"> {head}</span> : null}
        </span>
      ),
    });
    const columns: (Column<Jail> & { folds?: boolean })[] = [
      {
        id: 'name',
        head: t('jails.name'),
        width: 'minmax(120px, 1.4fr)',
        sort: { up: 'name', down: '-name', first: 'up' },
        cell: (jail) => <span className="name">{jail.name}</span>,
      },
      {
        id: 'state',
        head: t('jails.state'),
        width: '92px',
        cell: (jail) => <JailState state={jail.state} />,
      },
      {
        id: 'health',
        head: t('jails.health.head'),
        width: '104px',
        cell: (jail) => <HealthWord jail={jail} />,
      },
      count('banned', t('jails.banned'), (jail) => jail.currently_banned, { width: 'minmax(100px, 0.8fr)' }),
      count('failing', t('jails.failing'), (jail) => jail.currently_failed, { width: 'minmax(84px, 0.8fr)' }),
      count('total_banned', t('jails.total_banned'), (jail) => jail.total_banned, {
        width: 'minmax(100px, 0.8fr)',
        folds: narrow,
      }),
      count('total_failed', t('jails.total_failed'), (jail) => jail.total_failed, {
        width: 'minmax(116px, 0.8fr)',
        folds: narrow,
      }),
      {
        id: 'rule',
        head: t('jails.rule'),
        width: 'minmax(96px, 0.9fr)',
        cell: ({ max_retry: max, find_seconds: find }) =>
          max === null || find === null ? null : (
            <span className="soft">{t('jails.rule_value', { max: formatCount(max), find: say(find) })}</span>
          ),
      },
      {
        id: 'time',
        head: t('jails.time'),
        width: 'minmax(88px, 0.9fr)',
        folds: narrow,
        cell: ({ ban_seconds: time, increments }) =>
          time === null ? null : (
            <span className="soft">
              {increments ? t('jails.increments', { time: say(time) }) : say(time)}
            </span>
          ),
      },
      {
        id: 'reads',
        head: t('jails.reads'),
        width: 'minmax(72px, 1.8fr)',
        folds: narrow,
        cell: (jail) => <Reads jail={jail} />,
      },
    ];
    return columns.filter((column) => phone || column.folds !== true);
  }, [t, say, narrow, phone]);
}

function Reads({ jail }: { jail: Jail }) {
  const { t } = useTranslation();
  const [file] = jail.files;
  if (file !== undefined) {
    const more = jail.files.length - 1;
    return (
      <span className="mono soft" title={jail.files.join('\n')}>
        {more === 0 ? file : t('jails.files_other', { file, more })}
      </span>
    );
  }
  if (jail.ban_seconds === null) return null;
  return (
    <span className="soft" title={jail.journal_matches.join('\n')}>
      {jail.journal_matches.length > 0 ? t('jails.journal') : t('jails.reads_nothing')}
    </span>
  );
}
