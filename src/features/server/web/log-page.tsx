/** fail2ban's log as it is written, and beside it how fail2ban does. */
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { DataTable } from '../../../ui/data-table.tsx';
import { NewRows } from '../../../ui/new-rows.tsx';
import { Note } from '../../../ui/note.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { Segments } from '../../../ui/segments.tsx';
import { useMedia } from '../../../ui/use-media.ts';
import { useNow } from '../../../ui/use-now.ts';
import { useShortcut } from '../../../ui/use-shortcut.ts';
import { EntryPanel } from './entry-panel.tsx';
import { useLogColumns } from './log-columns.tsx';
import { LogEmpty } from './log-empty.tsx';
import { LogFilter } from './log-filter.tsx';
import { without, type LogView } from './log-view.ts';
import type { LogEntry } from './server-query.ts';
import { useLogList } from './use-log-list.ts';

interface LogPageProps {
  view: LogView;
  jails: readonly string[];
  /** The address panel stands beside the page. */
  beside: boolean;
  /** What stands beside the entries, or instead of them where there is no room. */
  side: ReactNode;
}

export function LogPage({ view, jails, beside, side }: LogPageProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const now = useNow(60_000);
  const phone = useMedia('(max-width: 599px)');
  const wide = useMedia('(min-width: 1200px)');
  const { show, ...filters } = view;
  const list = useLogList(filters);
  const [cursor, setCursor] = useState<string | null>(null);
  const [openId, setOpenId] = useState<string | null>(null);
  const setView = useCallback(
    (next: LogView) => void navigate({ to: '/log', search: next, replace: true }),
    [navigate],
  );
  const onJail = useCallback((jail: string) => setView({ ...view, jail }), [setView, view]);
  const open = list.entries.find(({ id }) => id === openId) ?? null;
  useShortcut(
    { keys: 'Escape', group: 'list', label: t('shortcuts.close'), run: () => setOpenId(null) },
    open !== null,
  );
  const words = view.filter ?? '';
  const columns = useLogColumns({ narrow: beside || open !== null || !wide, phone, words, now, onJail });
  const withSide = wide ? !beside && open === null : show === 'server';
  const withList = wide || show !== 'server';
  return (
    <div className={`page ${open === null ? '' : 'page-with-panel'}`}>
      <header className="page-head">
        <h1 className="page-title">{t('log.title')}</h1>
        <span className="page-sub small quiet mono">{list.target}</span>
        {wide ? null : (
          <div className="page-acts">
            <Segments
              label={t('log.parts')}
              options={[
                { value: 'log', label: t('log.part_log') },
                { value: 'server', label: t('log.part_server') },
              ]}
              value={show ?? 'log'}
              onChange={(part) =>
                setView(part === 'server' ? { ...view, show: part } : without(view, 'show'))
              }
            />
          </div>
        )}
      </header>
      <div className="page-columns">
        {withList ? (
          <div className="page-list">
            <LogFilter view={view} onView={setView} jails={jails} rotatedFiles={list.rotatedFiles} />
            <Notes left={list.left} skipped={list.skipped} onAnew={list.readAnew} />
            {list.entries.length === 0 ? (
              <LogEmpty view={view} list={list} onView={setView} />
            ) : (
              <DataTable<LogEntry>
                label={t('log.title')}
                name="log"
                columns={columns}
                rows={list.entries}
                rowKey={({ id }) => id}
                rowLabel={({ level, message }) => `${level} ${message.slice(0, 100)}`}
                total={list.complete ? list.entries.length : -2}
                cursor={cursor}
                onCursor={setCursor}
                openKey={openId}
                onOpen={setOpenId}
                onEnd={list.more}
                onTop={list.onTop}
                banner={<NewRows table="table-log" waiting={list.waiting} onShow={list.showNew} />}
                foot={
                  <div className="table-foot">
                    {list.complete
                      ? t('log.end', { count: list.entries.length, n: formatCount(list.entries.length) })
                      : t('bans.more')}
                  </div>
                }
                stale={list.stale}
                cardHeight={100}
              />
            )}
          </div>
        ) : null}
        {open === null ? null : (
          <EntryPanel
            key={open.id}
            entry={open}
            words={words}
            onJail={onJail}
            onClose={() => setOpenId(null)}
          />
        )}
        {withSide ? (
          <aside className="log-side" aria-label={t('log.part_server')}>
            {side}
          </aside>
        ) : null}
      </div>
    </div>
  );
}

interface NotesProps {
  left: number;
  skipped: readonly { file: string; reason: string }[];
  onAnew: () => void;
}

/** What is missing among the entries. */
function Notes({ left, skipped, onAnew }: NotesProps) {
  const { t } = useTranslation();
  return (
    <>
      {left === 0 ? null : (
        <Note kind="info" acts={<Button onClick={onAnew}>{t('log.read_anew')}</Button>}>
          {t('log.left', { count: left, n: formatCount(left) })}
        </Note>
      )}
      {skipped.map(({ file, reason }) => (
        <Note key={file} kind="warn">
          {t('log.skipped', { file, reason })}
        </Note>
      ))}
    </>
  );
}
