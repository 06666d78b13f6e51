/** Banned now: filter, rows, acts, and the panel of one ban. */
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { CreditRow } from '../../../ui/credit-row.tsx';
import { DataTable } from '../../../ui/data-table.tsx';
import { Note } from '../../../ui/note.tsx';
import { NewRows } from '../../../ui/new-rows.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useActs, useTimes } from '../../../ui/page-context.tsx';
import { useTellPanel } from '../../../ui/panel-list.tsx';
import { useMedia } from '../../../ui/use-media.ts';
import { useNow } from '../../../ui/use-now.ts';
import { useShortcut } from '../../../ui/use-shortcut.ts';
import { attemptedBans, useAttempts } from './attempts.ts';
import { useBanDialog } from './ban-dialog-host.tsx';
import { useActDeps } from './use-act-deps.ts';
import { toRows, type BanRow } from './ban-rows.ts';
import { BansEmpty, type BansMoment } from './bans-empty.tsx';
import { BansFilter } from './bans-filter.tsx';
import { readBansView, type BansView } from './bans-view.ts';
import { useColumns } from './ban-columns.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { UnbanAllDialog } from './unban-all-dialog.tsx';
import { unbanRows } from './unban-acts.ts';
import { countriesIn, useBanValues } from './ban-values.tsx';
import { useBansList } from './use-bans-list.ts';

interface BansPageProps {
  view: BansView;
  moment: BansMoment;
  /** The address in the panel beside the list. */
  address: string | null;
  /** Whose the data behind countries and networks is. */
  credit: React.ReactNode;
}

export function BansPage({ view, moment, address, credit }: BansPageProps) {
  const now = useNow(60_000);
  const { t } = useTranslation();
  const navigate = useNavigate();
  const deps = useActDeps();
  const { off } = useActs();
  const times = useTimes();
  const dialog = useBanDialog();
  const list = useBansList(view);
  const attempts = useAttempts();
  const phone = useMedia('(max-width: 599px)');
  const [cursor, setCursor] = useState<string | null>(view.row ?? null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [clearing, setClearing] = useState(false);

  const rows = useMemo(
    () => toRows(list.bans, attempts, attemptedBans(attempts, view)),
    [list.bans, attempts, view],
  );
  const setView = useCallback(
    (next: BansView) => void navigate({ to: '/bans', search: next, replace: true }),
    [navigate],
  );
  const openAt = rows.findIndex((row) => row.key === view.row);
  const open = useCallback(
    (key: string | null) => {
      if (key !== null) setCursor(key);
      const { row: _, address: __, ...rest } = view;
      setView(key === null ? rest : readBansView({ ...rest, row: key }));
    },
    [view, setView],
  );
  const close = useCallback(() => open(null), [open]);
  const opened = rows[openAt];
  const attempt = opened?.attempt;
  const failure = attempt?.state === 'failed' ? attempt : null;
  const note = useMemo(
    () =>
      failure === null ? null : (
        <Note kind="bad">
          <strong>{failure.act === 'ban' ? t('bans.not_banned') : t('act.not_unbanned')}.</strong>{' '}
          {failure.detail}
        </Note>
      ),
    [failure, t],
  );
  useTellPanel(
    view.row === undefined
      ? null
      : {
          place: openAt < 0 ? null : { at: openAt + 1, total: list.total ?? rows.length },
          jail: view.row.slice(view.row.indexOf('@') + 1),
          note,
          unbans: true,
          onMove: (step) => {
            const next = rows[openAt + step];
            if (next !== undefined) open(next.key);
          },
          onClose: close,
        },
  );
  const chosen = rows.flatMap((row) => (selected.has(row.key) && row.ban !== null ? [row.ban] : []));
  const unban = (): boolean => {
    if (off !== null) return false;
    const one = rows.find((row) => row.key === (view.row ?? cursor))?.ban;
    const targets = chosen.length > 0 ? chosen : one === undefined || one === null ? [] : [one];
    if (targets.length === 0) return false;
    setSelected(new Set());
    void unbanRows(deps, targets);
    return true;
  };
  useShortcut({ keys: 'u', group: 'act', label: t('shortcuts.unban'), run: unban }, off === null);
  useShortcut({
    keys: 'Escape',
    group: 'list',
    label: t('shortcuts.close'),
    run: () => (address !== null || selected.size === 0 ? false : setSelected(new Set())),
  });
  const values = useBanValues(view, setView);
  const columns = useColumns({
    view,
    deps,
    narrow: address !== null,
    phone,
    onCountry: values.openCountry,
  });
  const asOf = list.asOf ?? moment.asOf;
  return (
    <div className="page">
      <header className="page-head">
        <h1 className="page-title">{t('bans.title')}</h1>
        <span className="page-sub small quiet">
          {moment.asOf === null
            ? null
            : t('bans.sub', {
                n: formatCount(moment.bannedNow),
                count: moment.jails,
                time: asOf === null ? '' : times.exact(asOf, now),
              })}
        </span>
        <div className="page-acts">
          {off === null ? null : <span className="off-reason small soft">{off}</span>}
          <Button
            kind="danger"
            disabled={off !== null || moment.bannedNow === 0}
            onClick={() => setClearing(true)}
          >
            {t('bans.unban_all')}
          </Button>
          <Button
            kind="primary"
            icon={IconPlus}
            shortcut="b"
            disabled={off !== null}
            onClick={() => dialog.open(view.jail === undefined ? {} : { jail: view.jail })}
          >
            {t('bans.ban')}
          </Button>
        </div>
      </header>
      <div className="page-list">
        <BansFilter
          view={view}
          onView={setView}
          countries={countriesIn(list.bans)}
          shown={list.total}
          all={moment.bannedNow}
        />
        {rows.length === 0 ? (
          <BansEmpty view={view} moment={moment} list={list} onClear={() => setView({})} />
        ) : (
          <DataTable<BanRow>
            label={t('bans.table')}
            name="bans"
            columns={columns}
            rows={rows}
            rowKey={(row) => row.key}
            rowLabel={(row) => `${row.ip}, ${row.jail}`}
            rowState={(row) => row.attempt?.state ?? null}
            total={list.total ?? rows.length}
            cursor={cursor}
            onCursor={setCursor}
            openKey={address === null ? null : (view.row ?? null)}
            onOpen={open}
            selection={{ keys: selected, onChange: setSelected }}
            sort={{
              value: view.sort ?? '-banned_at',
              onChange: (sort) => setView(readBansView({ ...view, sort })),
            }}
            onEnd={list.more}
            onTop={list.onTop}
            banner={<NewRows table="table-bans" waiting={list.waiting} onShow={list.showNew} />}
            foot={
              <div className="table-foot">
                {list.complete
                  ? t('bans.end', { count: rows.length, n: formatCount(rows.length) })
                  : t('bans.more')}
                {phone ? <CreditRow>{credit}</CreditRow> : null}
              </div>
            }
            stale={list.stale}
            cardHeight={106}
          />
        )}
        {rows.length === 0 || phone ? null : <footer className="page-foot">{credit}</footer>}
        {values.menu}
        <SelectionBar rows={chosen} onUnban={unban} onClear={() => setSelected(new Set())} />
      </div>
      {clearing ? <UnbanAllDialog moment={moment} onClose={() => setClearing(false)} /> : null}
    </div>
  );
}
