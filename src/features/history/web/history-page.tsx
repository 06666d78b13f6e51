/** Everything fail2ban ever banned: filters, rows, and the panel of one address beside them. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { CreditRow } from '../../../ui/credit-row.tsx';
import { DataTable } from '../../../ui/data-table.tsx';
import { NewRows } from '../../../ui/new-rows.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useActs, useTimes } from '../../../ui/page-context.tsx';
import { useTellPanel } from '../../../ui/panel-list.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { RangeSegments } from '../../../ui/range-segments.tsx';
import { useMedia } from '../../../ui/use-media.ts';
import { useNow } from '../../../ui/use-now.ts';
import { useShortcut } from '../../../ui/use-shortcut.ts';
import { ExportMenu } from './export-menu.tsx';
import { useHistoryColumns } from './history-columns.tsx';
import { HistoryEmpty } from './history-empty.tsx';
import { HistoryFilter } from './history-filter.tsx';
import { HistoryNotes } from './history-notes.tsx';
import { historyStateQuery, type HistoryEvent } from './history-query.ts';
import { useHistoryValues } from './history-values.tsx';
import type { HistoryView } from './history-view.ts';
import { useHistoryList } from './use-history-list.ts';

interface HistoryPageProps {
  view: HistoryView;
  /** The address in the panel beside the list. */
  address: string | null;
  /** Why fail2ban is not there; null when it is. */
  trouble: string | null;
  jails: readonly string[];
  /** Links to the other ways of reading the history. */
  tabs: ReactNode;
  /** Whose the data behind countries and networks is. */
  credit: ReactNode;
  /** Ends every ban of the address of a row. */
  onUnban: (ip: string) => void;
  /** What the key for banning begins with. */
  onStand: (row: HistoryEvent | null) => void;
}

/** The row that the keyboard stands on. */
const stop = '[role=row][tabindex="0"]';

export function HistoryPage(props: HistoryPageProps) {
  const { view, address, onUnban, onStand } = props;
  const { t } = useTranslation();
  const navigate = useNavigate();
  const times = useTimes();
  const now = useNow(60_000);
  const { off } = useActs();
  const phone = useMedia('(max-width: 599px)');
  const { data: state, dataUpdatedAt, error } = useQuery(historyStateQuery(useCaller()));
  const list = useHistoryList(view);
  const [cursor, setCursor] = useState<string | null>(view.row ?? null);
  const setView = useCallback(
    (next: HistoryView) => void navigate({ to: '/history', search: next, replace: true }),
    [navigate],
  );
  const values = useHistoryValues(view, setView);

  const { events } = list;
  const open = (id: string): void => {
    const row = events.find((event) => event.id === id);
    if (row === undefined) return;
    setCursor(id);
    void navigate({ to: '/history', search: { ...view, row: id, address: row.ip }, replace: true });
  };
  const close = (): void => {
    const { row: _, ...rest } = view;
    setView(rest);
  };
  const openAt = view.row === undefined ? -1 : events.findIndex((event) => event.id === view.row);
  useTellPanel(
    view.row === undefined || address === null
      ? null
      : {
          place: openAt < 0 ? null : { at: openAt + 1, total: list.total ?? events.length },
          event: events[openAt]?.action === 'unban' ? undefined : view.row,
          jail: events[openAt]?.jail,
          onMove: (step) => {
            const next = events[openAt + step];
            if (next !== undefined) open(next.id);
          },
          onClose: close,
        },
  );
  const standing = events.find((event) => event.id === cursor);
  const move = (key: string): void => {
    setCursor(key);
    onStand(events.find((event) => event.id === key) ?? null);
  };
  const withStanding = (act: (row: HistoryEvent) => void) => (): boolean => {
    if (standing === undefined) return false;
    act(standing);
    return true;
  };
  useShortcut(
    {
      keys: 'u',
      group: 'act',
      label: t('shortcuts.unban'),
      run: withStanding((row) => onUnban(row.ip)),
    },
    off === null,
  );
  useShortcut({
    keys: 'f',
    group: 'list',
    label: t('history.filter_row'),
    run: () => {
      const element = document.querySelector<HTMLElement>(stop);
      if (element === null || standing === undefined) return false;
      return values.openRow(element, standing);
    },
  });
  const small = useMedia('(max-width: 1199px)');
  const medium = useMedia('(max-width: 1399px)');
  const narrow = address !== null || small;
  const tight = medium && address !== null;
  const columns = useHistoryColumns({ view, narrow, tight, phone, onValue: values.openValue });
  const { row: _, ...filters } = view;
  return (
    <div className="page">
      <header className="page-head">
        <h1 className="page-title">{t('history.title')}</h1>
        <span className="page-sub small quiet">
          {state === undefined || state.since === null
            ? null
            : t('history.sub', {
                n: formatCount(state.events),
                since: times.moment(Date.parse(state.since), now),
              })}
        </span>
        {props.tabs}
        <div className="page-acts">
          <RangeSegments
            view={view}
            usual="all"
            onChange={(range) => {
              const { range: _range, from: _from, to: _to, row: _row, ...rest } = view;
              setView({ ...rest, ...range });
            }}
          />
          <ExportMenu filters={filters} />
        </div>
      </header>
      <HistoryNotes state={state} readAt={dataUpdatedAt} />
      <div className="page-list">
        <HistoryFilter
          view={view}
          onView={setView}
          events={events}
          total={list.total}
          complete={list.complete}
          jails={props.jails}
          onMenu={values.open}
        />
        {events.length === 0 ? (
          <HistoryEmpty
            view={view}
            list={list}
            state={state}
            stateProblem={error === null ? null : problemOf(error)}
            trouble={props.trouble}
            onView={setView}
          />
        ) : (
          <DataTable<HistoryEvent>
            label={t('history.title')}
            name="history"
            columns={columns}
            rows={events}
            rowKey={(row) => row.id}
            rowLabel={(row) => `${t(`history.actions.${row.action}`)} ${row.ip}, ${row.jail}`}
            total={list.total ?? (list.complete ? events.length : -2)}
            cursor={cursor}
            onCursor={move}
            openKey={address === null ? null : (view.row ?? null)}
            onOpen={open}
            onEnd={list.more}
            onTop={list.onTop}
            banner={<NewRows table="table-history" waiting={list.waiting} onShow={list.showNew} />}
            foot={
              <div className="table-foot">
                {list.complete
                  ? t('history.end', { count: events.length, n: formatCount(events.length) })
                  : t('bans.more')}
                {phone ? <CreditRow>{props.credit}</CreditRow> : null}
              </div>
            }
            stale={list.stale}
            cardHeight={106}
          />
        )}
        {events.length === 0 || phone ? null : <footer className="page-foot">{props.credit}</footer>}
      </div>
      {values.menu}
    </div>
  );
}
