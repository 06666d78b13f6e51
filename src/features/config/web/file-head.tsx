/** Over the file: its path, which layer it is, why it may not be changed, and what can be done with it. */
import { useNavigate, Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Note } from '../../../ui/note.tsx';
import { useActs, useTimes } from '../../../ui/page-context.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { fileIdOf, type ConfigView } from './config-view.ts';
import { overrideText } from './override-text.ts';
import type { Change } from './use-change.ts';
import { useDrafts } from './use-drafts.ts';
import type { OpenFile } from './use-open-file.ts';

interface FileHeadProps {
  file: OpenFile;
  view: ConfigView;
  change: Change;
  /** At the end: form or text. */
  children: ReactNode;
}

export function FileHead({ file, view, change, children }: FileHeadProps) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  const { draft, disk } = file;
  const changed = useChangedMeanwhile(file, change);
  return (
    <>
      <header className="pane-head file-head">
        <Link
          to="/config"
          search={view.tab === undefined ? {} : { tab: view.tab }}
          className="config-back"
          activeOptions={{ exact: true }}
          activeProps={{}}
        >
          {t('config.back_to_list')}
        </Link>
        <h2 className="mono file-path">{file.path}</h2>
        {draft !== null ? (
          <>
            <span className="badge badge-accent">{t('config.draft')}</span>
            <span className="small quiet file-saved">
              {t('config.saved', { time: times.exact(draft.savedAt, now) })}
            </span>
          </>
        ) : disk === null ? (
          <span className="badge">{t('config.not_there')}</span>
        ) : disk.layer === 'conf' ? (
          <span className="badge">{t('config.shipped')}</span>
        ) : null}
        {changed === null ? null : (
          <span className="badge badge-warn" role="status">
            {t('config.changed_now', { time: times.exact(changed, now) })}
          </span>
        )}
        <span className="pane-acts">{children}</span>
      </header>
      <Lock file={file} view={view} />
      <UsedBy file={file} change={change} />
    </>
  );
}

/** When the file was changed by somebody else after it was opened, ms since the epoch; null when it was not. */
function useChangedMeanwhile(file: OpenFile, change: Change): number | null {
  const etag = file.disk?.etag ?? null;
  const [opened, setOpened] = useState({ key: file.key, etag });
  const ours = change.end?.path === file.path && change.end.end.etag === etag;
  if (opened.key !== file.key || (ours && opened.etag !== etag)) setOpened({ key: file.key, etag });
  if (opened.key !== file.key || ours || opened.etag === etag || file.disk === null) return null;
  return Date.parse(file.disk.modified_at);
}

/** Why it is read only, and for a shipped file the way to change it all the same. */
function Lock({ file, view }: { file: OpenFile; view: ConfigView }) {
  const { t } = useTranslation();
  const drafts = useDrafts();
  const navigate = useNavigate();
  if (file.locked === null) return null;
  if (file.locked !== 'shipped') {
    return (
      <div className="file-note">
        <Note kind="warn">{file.locked === 'encoding' ? t('config.locked_encoding') : file.readOnly}</Note>
      </div>
    );
  }
  const own = { kind: file.id.kind, name: file.id.name.replace(/\.conf$/, '.local') };
  const twin = file.disk?.twin ?? null;
  const there = twin !== null || drafts.get(fileIdOf(own)) !== null;
  const open = (): void => {
    if (!there) {
      drafts.begin(fileIdOf(own), overrideText(file.text, file.path));
    }
    const tab = view.tab === undefined ? {} : { tab: view.tab };
    void navigate({ to: '/config', search: { ...tab, file: fileIdOf(own), view: 'text' } });
  };
  return (
    <div className="file-note">
      <Note
        kind="info"
        acts={
          file.readOnly === null || there ? (
            <Button onClick={open}>
              {there ? t('config.open_own', { name: own.name }) : t('config.override', { name: own.name })}
            </Button>
          ) : undefined
        }
      >
        {t('config.locked_shipped')}
      </Note>
    </div>
  );
}

/** Who reads it, and for a file of ours the way to be rid of it. */
function UsedBy({ file, change }: { file: OpenFile; change: Change }) {
  const { t } = useTranslation();
  const { off } = useActs();
  const [asks, setAsks] = useState(false);
  const { disk } = file;
  if (disk === null || disk.layer === 'conf') return null;
  const users = disk.used_by;
  return (
    <div className="file-facts small soft">
      <span>
        {users.length === 0
          ? t('config.used_by_none')
          : t('config.used_by_names', { names: users.join(', ') })}
      </span>
      {file.locked === null && off === null ? (
        <button type="button" className="link-button tone-bad" onClick={() => setAsks(true)}>
          {t('config.delete')}
        </button>
      ) : null}
      {asks ? (
        <Dialog
          title={t('config.delete_title', { path: file.path })}
          onClose={() => setAsks(false)}
          foot={
            <>
              <Button onClick={() => setAsks(false)}>{t('ui.cancel')}</Button>
              <Button
                kind="danger"
                onClick={() => {
                  setAsks(false);
                  change.remove('');
                }}
              >
                {t('config.delete')}
              </Button>
            </>
          }
        >
          <p>{disk.twin === null ? t('config.delete_text') : t('config.delete_twin', { twin: disk.twin })}</p>
        </Dialog>
      ) : null}
    </div>
  );
}
