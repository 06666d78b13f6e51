/** Every jail: state, counters, rule, what it reads. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { DataTable } from '../../../ui/data-table.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useActs, useTimes } from '../../../ui/page-context.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { useMedia } from '../../../ui/use-media.ts';
import { useNow } from '../../../ui/use-now.ts';
import { useShortcut } from '../../../ui/use-shortcut.ts';
import { IgnoredPanel } from './ignored-panel.tsx';
import { JailPanel } from './jail-panel.tsx';
import { useJailColumns } from './jail-columns.tsx';
import { JailsEmpty, type JailsMoment } from './jails-empty.tsx';
import { JailsFilter } from './jails-filter.tsx';
import { jailsQuery, type Jail } from './jails-query.ts';
import { readJailsView, type JailsView } from './jails-view.ts';
import { sortJails, usualSort } from './sort-jails.ts';
import { useJailActs } from './use-jail-acts.ts';

interface JailsPageProps {
  view: JailsView;
  moment: JailsMoment;
  /** Opens the ban dialog for a jail. */
  onBan: (jail: string) => void;
  /** Ends the bans of an entry in these jails. */
  onUnban: (entry: string, jails: readonly string[]) => Promise<void>;
  /** Something stands beside the page: there is less room. */
  beside: boolean;
}

export function JailsPage({ view, moment, onBan, onUnban, beside }: JailsPageProps) {
  const now = useNow(60_000);
  const { t } = useTranslation();
  const navigate = useNavigate();
  const times = useTimes();
  const query = useQuery(jailsQuery(useCaller(), view.include === 'inactive'));
  const acts = useJailActs();
  const { off } = useActs();
  const phone = useMedia('(max-width: 599px)');
  const [cursor, setCursor] = useState<string | null>(view.row ?? null);
  const { search, sort, row, ignored } = view;
  const besides = row !== undefined || ignored !== undefined;
  const all = query.data?.items;
  const jails = useMemo(
    () =>
      sortJails(all ?? [], {
        ...(search === undefined ? {} : { search }),
        ...(sort === undefined ? {} : { sort }),
      }),
    [all, search, sort],
  );
  const setView = useCallback(
    (next: JailsView) => void navigate({ to: '/jails', search: next, replace: true }),
    [navigate],
  );
  const open = (name: string | null): void => {
    if (name !== null) setCursor(name);
    const { row: _, ignored: __, ...rest } = view;
    setView(name === null ? rest : { ...rest, row: name });
  };
  const close = (): void => open(null);
  const openIgnored = (): void => {
    const { row: _, ...rest } = view;
    setView({ ...rest, ignored: 'open' });
  };
  useShortcut({
    keys: 'Escape',
    group: 'list',
    label: t('shortcuts.close'),
    run: () => (besides ? close() : false),
  });
  const columns = useJailColumns({ narrow: besides || beside, phone });
  const asOf = query.data?.as_of ?? null;
  const opened = all?.find((jail) => jail.name === row) ?? null;
  return (
    <div className={`page ${besides ? 'page-with-panel' : ''}`}>
      <header className="page-head">
        <h1 className="page-title">{t('jails.title')}</h1>
        <span className="page-sub small quiet">
          {asOf === null || all === undefined
            ? null
            : t('jails.sub', { n: formatCount(all.length), time: times.exact(Date.parse(asOf), now) })}
        </span>
        <div className="page-acts">
          <Button aria-expanded={ignored !== undefined} onClick={ignored === undefined ? openIgnored : close}>
            {t('jails.ignored.open')}
          </Button>
          <Button disabled={off !== null || acts.working} onClick={() => void acts.reloadAll()}>
            {t('jails.act.reload_all')}
          </Button>
        </div>
      </header>
      <div className="page-columns">
        <div className="page-list">
          <JailsFilter view={view} onView={setView} shown={jails.length} all={all?.length ?? 0} />
          {jails.length === 0 ? (
            <JailsEmpty
              view={view}
              moment={moment}
              all={all?.length ?? null}
              problem={query.error === null ? null : problemOf(query.error)}
              onClear={() => setView({})}
              onRetry={() => void query.refetch()}
            />
          ) : (
            <DataTable<Jail>
              label={t('jails.table')}
              name="jails"
              columns={columns}
              rows={jails}
              rowKey={(jail) => jail.name}
              rowLabel={(jail) => jail.name}
              total={jails.length}
              cursor={cursor}
              onCursor={setCursor}
              openKey={row ?? null}
              onOpen={open}
              sort={{
                value: sort ?? usualSort,
                onChange: (next) => setView(readJailsView({ ...view, sort: next })),
              }}
              cardHeight={96}
            />
          )}
        </div>
        {ignored === undefined ? null : <IgnoredPanel onUnban={onUnban} onClose={close} />}
        {row === undefined ? null : (
          <JailPanel key={row} name={row} jail={opened} onBan={() => onBan(row)} onClose={close} />
        )}
      </div>
    </div>
  );
}
