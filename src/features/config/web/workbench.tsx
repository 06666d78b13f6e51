/** List, file and steps of one kind of file, and what holds the three together. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { useActs } from '../../../ui/page-context.tsx';
import { useShortcut } from '../../../ui/use-shortcut.ts';
import { ApplyPanel } from './apply-panel.tsx';
import { ConfigHead } from './config-head.tsx';
import { configJailsQuery, filesQuery, revisionsQuery } from './config-query.ts';
import { kindOfTab, parseFileId, type ConfigView, type FileId, type Tab } from './config-view.ts';
import { ConfirmDialog, type Confirm } from './confirm-dialog.tsx';
import { DraftActs } from './draft-acts.tsx';
import { DraftReplays, type OfferReplay } from './draft-replays.tsx';
import { FilePane } from './file-pane.tsx';
import { RestoreDialog } from './restore-dialog.tsx';
import { RevisionPane } from './revision-pane.tsx';
import { RevisionsList } from './revisions-list.tsx';
import { useChange } from './use-change.ts';
import { isOpen, useOpenFile } from './use-open-file.ts';
import { WorkbenchList } from './workbench-list.tsx';

interface WorkbenchProps {
  tab: Exclude<Tab, 'effective'>;
  view: ConfigView;
  confirm: Confirm;
  server: ReactNode;
  offerReplay: OfferReplay;
}

export function Workbench({ tab, view, confirm, server, offerReplay }: WorkbenchProps) {
  const { t } = useTranslation();
  const { off } = useActs();
  const navigate = useNavigate();
  const id = useFileId(view);
  const opening = useOpenFile(id);
  const file = isOpen(opening) ? opening : null;
  const change = useChange(file, off === null);
  const [reason, setReason] = useState('');
  const [restoring, setRestoring] = useState<{ revision: number; before: boolean } | null>(null);
  const newest = useQuery({ ...revisionsQuery(useCaller(), file?.path), enabled: file !== null }).data;
  const go = (next: ConfigView): void => void navigate({ to: '/config', search: next, replace: true });
  const { revision, pane: _, ...withoutRevision } = view;

  useShortcut({ keys: 'Mod s', group: 'act', label: t('config.check_now'), run: () => change.runCheck() });

  const ended = change.end?.end ?? null;
  const findings =
    change.check?.findings ??
    ended?.findings ??
    ((file?.draft ?? null) === null ? (file?.disk?.findings ?? []) : []);
  const shows = id !== null || revision !== undefined || (tab === 'server' && view.file === undefined);
  const apply = (): void => {
    change.apply(reason);
    setReason('');
    go({ ...view, pane: 'apply' });
  };
  return (
    <div className="page config" data-pane={view.pane ?? (shows ? 'file' : 'list')}>
      <ConfigHead
        tab={tab}
        acts={<DraftActs file={file} change={change} findings={findings} off={off} onApply={apply} />}
      />
      <div className="config-columns">
        <WorkbenchList tab={tab} view={view} findings={findings} />
        <div className="config-file">
          {revision !== undefined ? (
            <RevisionPane
              id={Number(revision)}
              onRestore={(before) => setRestoring({ revision: Number(revision), before })}
              onClose={() => go(withoutRevision)}
            />
          ) : tab === 'server' && id === null ? (
            server
          ) : (
            <FilePane
              tab={tab}
              view={view}
              opening={opening}
              change={change}
              findings={findings}
              revision={newest?.items[0]?.id ?? null}
            />
          )}
        </div>
        <aside className="config-side" aria-label={t('config.apply')}>
          <button
            type="button"
            className="link-button config-back"
            onClick={() => go({ ...withoutRevision, ...(revision === undefined ? {} : { revision }) })}
          >
            {t('config.back_to_file')}
          </button>
          <ApplyPanel
            change={change}
            findings={findings}
            reason={reason}
            onReason={setReason}
            pending={(file?.draft ?? null) !== null}
          />
          <DraftReplays key={file?.key ?? ''} file={file} jail={view.jail ?? null} offer={offerReplay} />
          <RevisionsList
            path={file?.path ?? null}
            view={view}
            onRestore={({ id: of }) => setRestoring({ revision: of, before: false })}
          />
        </aside>
      </div>
      {change.asks === null ? null : (
        <ConfirmDialog
          commands={change.asks.commands.length === 0 ? (change.check?.commands ?? []) : change.asks.commands}
          confirm={confirm}
          onConfirmed={change.asks.again}
          onClose={change.closeAsk}
        />
      )}
      {restoring === null ? null : (
        <RestoreDialog
          {...restoring}
          off={off}
          onClose={() => setRestoring(null)}
          onRestore={(why) => {
            change.restore(restoring.revision, restoring.before, why);
            setRestoring(null);
            go({ ...withoutRevision, pane: 'apply' });
          }}
        />
      )}
    </div>
  );
}

/** The file that the URL names, by itself or as the one that a jail's form writes. */
function useFileId(view: ConfigView): FileId | null {
  const caller = useCaller();
  const jails = useQuery({ ...configJailsQuery(caller), enabled: view.jail !== undefined }).data?.items;
  const kind = kindOfTab[view.tab === undefined || view.tab === 'effective' ? 'jails' : view.tab];
  useQuery(filesQuery(caller, kind));
  const named = view.file;
  const { jail } = view;
  const written = jails?.find(({ name }) => name === jail)?.file;
  const known = jails !== undefined;
  return useMemo(() => {
    if (named !== undefined) return parseFileId(named);
    if (jail === undefined || !known) return null;
    const path = written ?? `jail.d/${jail}.local`;
    return { kind: 'jail', name: path.slice(path.lastIndexOf('/') + 1) };
  }, [named, jail, known, written]);
}
