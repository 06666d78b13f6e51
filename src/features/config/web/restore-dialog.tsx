/** Before a revision is brought back: what that changes in the files as they are now. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { fileQuery, revisionQuery } from './config-query.ts';
import { FileDiff } from './revision-pane.tsx';

interface RestoreDialogProps {
  revision: number;
  /** To what the files were before it, instead of after it. */
  before: boolean;
  /** Why nothing can be applied now; null when it can. */
  off: string | null;
  onRestore: (reason: string) => void;
  onClose: () => void;
}

export function RestoreDialog({ revision, before, off, onRestore, onClose }: RestoreDialogProps) {
  const { t } = useTranslation();
  const caller = useCaller();
  const [reason, setReason] = useState('');
  const { data, error } = useQuery(revisionQuery(caller, revision));
  const contents = data?.contents ?? [];
  const files = useQueries({ queries: contents.map((file) => fileQuery(caller, file)) });
  const ready = data !== undefined && files.every((file) => file.data !== undefined);
  const failure = error ?? files.find((file) => file.error !== null)?.error ?? null;
  const same =
    ready && contents.every((file, at) => wanted(file, before) === (files[at]?.data?.content ?? null));
  return (
    <Dialog
      wide
      title={t(before ? 'config.restore_before_title' : 'config.restore_title', { n: revision })}
      onClose={onClose}
      foot={
        <>
          {off === null ? null : <span className="small soft foot-reason">{off}</span>}
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button kind="primary" disabled={!ready || same || off !== null} onClick={() => onRestore(reason)}>
            {t('config.restore')}
          </Button>
        </>
      }
    >
      <p className="soft">{t('config.restore_text')}</p>
      {failure === null ? null : (
        <ProblemNote problem={problemOf(failure)} title={t('config.revision_failed', { n: revision })} />
      )}
      {ready
        ? contents.map((file, at) => (
            <FileDiff
              key={`${file.kind}/${file.name}`}
              name={
                data.files.find(({ kind, name }) => kind === file.kind && name === file.name)?.path ??
                file.name
              }
              before={files[at]?.data?.content ?? null}
              after={wanted(file, before)}
            />
          ))
        : null}
      <label className="field">
        <span className="field-label">{t('config.reason')}</span>
        <input
          className="input"
          value={reason}
          maxLength={1000}
          placeholder={t('config.reason_hint')}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
    </Dialog>
  );
}

const wanted = (file: { before: string | null; after: string | null }, before: boolean): string | null =>
  before ? file.before : file.after;
