/** The columns of the log. Jail and address are ways on: to the jail's entries, to the address. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { AddressLink } from '../../../ui/address-link.tsx';
import type { Column } from '../../../ui/data-table-props.ts';
import { LogText } from '../../../ui/log-text.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useTimes } from '../../../ui/page-context.tsx';
import type { Span } from '../../../ui/visible-text.ts';
import type { LogEntry } from './server-query.ts';
import { Severity } from './severity.tsx';

interface ColumnsInput {
  /** Something stands beside the table. */
  narrow: boolean;
  phone: boolean;
  /** What was searched for. */
  words: string;
  now: number;
  onJail: (jail: string) => void;
}

/** A cell shows no more; the panel has all of it. */
const most = 300;

export function useLogColumns({ narrow, phone, words, now, onJail }: ColumnsInput): Column<LogEntry>[] {
  const { t } = useTranslation();
  const times = useTimes();
  return useMemo(() => {
    const columns: (Column<LogEntry> & { folds?: boolean })[] = [
      {
        id: 'time',
        head: t('log.time'),
        width: '104px',
        cell: ({ at }) => {
          const ms = Date.parse(at);
          return (
            <time className="quiet" dateTime={at} title={times.full(ms)}>
              {times.exact(ms, now)}
            </time>
          );
        },
      },
      { id: 'level', head: t('log.level'), width: '88px', cell: ({ level }) => <Severity level={level} /> },
      {
        id: 'jail',
        head: t('log.jail'),
        width: 'minmax(72px, 0.3fr)',
        cell: ({ jail, logger }) =>
          jail === null ? (
            <span className="quiet">{logger}</span>
          ) : (
            <button
              type="button"
              className="cell-value"
              title={t('log.only', { jail })}
              onClick={() => onJail(jail)}
            >
              {jail}
            </button>
          ),
      },
      {
        id: 'address',
        head: t('log.address'),
        width: 'minmax(124px, 0.6fr)',
        folds: narrow,
        cell: ({ address }) =>
          address === null ? null : (
            <span className="mono">
              <AddressLink ip={address} />
            </span>
          ),
      },
      {
        id: 'message',
        head: t('log.message'),
        width: 'minmax(160px, 2.4fr)',
        cell: ({ message, more }) => (
          <span className="mono">
            <LogText text={message.slice(0, most)} spans={spansOf(message, words)} most={most} />
            {more.length === 0 ? null : (
              <span className="quiet">
                {' '}
                {t('log.more', { count: more.length, n: formatCount(more.length) })}
              </span>
            )}
          </span>
        ),
      },
    ];
    return columns.filter((column) => phone || column.folds !== true);
  }, [t, times, narrow, phone, words, now, onJail]);
}

/** Every place of the words, in any case. */
export function spansOf(text: string, words: string): Span[] {
  const wanted = words.toLowerCase();
  const spans: Span[] = [];
  if (wanted === '') return spans;
  const lower = text.toLowerCase();
  for (
    let at = lower.indexOf(wanted);
    at >= 0 && spans.length < 100;
    at = lower.indexOf(wanted, at + wanted.length)
  )
    spans.push([at, at + wanted.length]);
  return spans;
}
