/** The columns of the history; with the panel open some fold away, on phones the row is a card of the same cells. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Column } from '../../../ui/data-table-props.ts';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import { Country } from '../../../ui/country.tsx';
import { useDurations } from '../../../ui/use-durations.ts';
import { useNow } from '../../../ui/use-now.ts';
import type { HistoryEvent } from './history-query.ts';
import type { FilterName, HistoryView } from './history-view.ts';
import { LineCell } from './line-cell.tsx';

interface ColumnsInput {
  view: HistoryView;
  /** Little room: the panel is open, or the window is small. */
  narrow: boolean;
  /** Beside the panel there is hardly room. */
  tight: boolean;
  phone: boolean;
  onValue: (anchor: HTMLElement, name: FilterName, event: HistoryEvent) => void;
}

export function useHistoryColumns({
  view,
  narrow,
  tight,
  phone,
  onValue,
}: ColumnsInput): Column<HistoryEvent>[] {
  const { t } = useTranslation();
  const times = useTimes();
  const say = useDurations();
  const now = useNow(60_000);
  const { text, jail, action } = view;
  return useMemo(() => {
    // on phones the whole card opens the panel, whose facts are filters as well
    const value = (name: FilterName, row: HistoryEvent, content: React.ReactNode): React.ReactNode =>
      phone ? (
        content
      ) : (
        <button
          type="button"
          tabIndex={-1}
          className="cell-value"
          onClick={(event) => onValue(event.currentTarget, name, row)}
        >
          {content}
        </button>
      );
    const columns: (Column<HistoryEvent> & { folds?: boolean })[] = [
      {
        id: 'time',
        head: t('history.time'),
        width: '96px',
        cell: (row) => {
          const at = Date.parse(row.at);
          return (
            <time className="soft" dateTime={row.at} title={times.full(at)}>
              {times.exact(at, now)}
            </time>
          );
        },
      },
      {
        id: 'action',
        head: t('history.action'),
        width: '76px',
        folds: action !== undefined,
        cell: (row) =>
          value(
            'action',
            row,
            <span className={row.action === 'ban' ? '' : 'quiet'}>{t(`history.actions.${row.action}`)}</span>,
          ),
      },
      {
        id: 'address',
        head: t('history.address'),
        width: 'minmax(132px, 1fr)',
        cell: (row) => (
          <span className="mono" title={row.ip}>
            {row.ip}
          </span>
        ),
      },
      {
        id: 'country',
        head: t('history.country'),
        width: '60px',
        folds: tight,
        cell: (row) => value('country', row, <Country code={row.country} short />),
      },
      {
        id: 'network',
        head: t('history.network'),
        width: 'minmax(96px, 1.2fr)',
        folds: narrow || text !== undefined,
        cell: (row) =>
          value(
            'asn',
            row,
            row.asn === null ? (
              <span className="small quiet">{t('place_short.unknown')}</span>
            ) : (
              <span className="soft" title={networkTitle(row)}>
                {row.as_name ?? `AS${row.asn}`}
              </span>
            ),
          ),
      },
      {
        id: 'jail',
        head: t('history.jail'),
        width: 'minmax(84px, 0.8fr)',
        folds: jail !== undefined,
        cell: (row) => value('jail', row, row.jail),
      },
      {
        id: 'duration',
        head: t('history.duration'),
        width: '84px',
        align: 'end',
        folds: narrow || text !== undefined,
        cell: (row) =>
          row.action === 'unban' || row.duration_seconds === null ? null : (
            <span className="soft">{say(row.duration_seconds)}</span>
          ),
      },
      {
        id: 'times',
        head: t('history.times'),
        width: '44px',
        align: 'end',
        cell: (row) =>
          row.action === 'unban' ? null : (
            <span className={row.ban_count >= 5 ? 'strong' : 'soft'}>
              {t('bans.times_value', { count: row.ban_count })}
            </span>
          ),
      },
      {
        id: 'failures',
        head: t('history.failures'),
        width: '56px',
        align: 'end',
        folds: tight || (text !== undefined && narrow),
        cell: (row) =>
          row.failures === 0 ? null : <span className="soft">{formatCount(row.failures)}</span>,
      },
      {
        id: 'origin',
        head: t('history.origin'),
        width: 'minmax(72px, 1.1fr)',
        folds: narrow || text !== undefined,
        cell: (row) => value('origin', row, <OriginCell row={row} />),
      },
      {
        id: 'line',
        head: t('history.line'),
        width: 'minmax(180px, 3fr)',
        folds: text === undefined,
        cell: (row) => <LineCell row={row} words={text ?? ''} />,
      },
    ];
    return columns.filter((column) => (phone && column.id !== 'line') || column.folds !== true);
  }, [t, times, say, now, text, jail, action, narrow, tight, phone, onValue]);
}

const networkTitle = (row: HistoryEvent): string | undefined =>
  row.asn === null ? undefined : `AS${row.asn} ${row.as_name ?? ''}`.trim();

function OriginCell({ row }: { row: HistoryEvent }) {
  const { t } = useTranslation();
  const words = [row.actor === null ? null : t('history.by', { actor: row.actor }), row.reason];
  return (
    <span className="soft" title={row.reason ?? undefined}>
      {t(`history.origins.${row.origin}`)}
      {words.some((word) => word !== null) ? (
        <span className="quiet"> {words.filter((word) => word !== null).join(', ')}</span>
      ) : null}
    </span>
  );
}
