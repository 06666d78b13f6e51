/** The middle: one file as form or as text, both versions when they part, and the changes under it. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { Segments } from '../../../ui/segments.tsx';
import { ChangesPane } from './changes-pane.tsx';
import { configJailsQuery, type Finding } from './config-query.ts';
import type { ConfigView, Tab } from './config-view.ts';
import { ConflictPane } from './conflict-pane.tsx';
import type { LineFinding } from './editor-findings.ts';
import { FileHead } from './file-head.tsx';
import { FileForm } from './file-form.tsx';
import { TextEditor } from './text-editor.tsx';
import type { Change } from './use-change.ts';
import { isOpen, type OpenFile, type Opening } from './use-open-file.ts';

interface FilePaneProps {
  tab: Exclude<Tab, 'effective'>;
  view: ConfigView;
  opening: OpenFile | Opening;
  change: Change;
  findings: readonly Finding[];
  /** The newest revision of the file. */
  revision: number | null;
}

export function FilePane({ tab, view, opening, change, findings, revision }: FilePaneProps) {
  const { t } = useTranslation();
  if (!isOpen(opening)) {
    if (opening.state === 'failed') {
      return (
        <div className="page-note">
          <ProblemNote
            problem={opening.problem}
            title={t('config.file_failed')}
            acts={<Button onClick={opening.retry}>{t('ui.try_now')}</Button>}
          />
        </div>
      );
    }
    if (opening.state === 'reading' || view.jail !== undefined) {
      return <p className="page-note quiet">{t('ui.loading')}</p>;
    }
    return <NoFile tab={tab} />;
  }
  return <Opened view={view} file={opening} change={change} findings={findings} revision={revision} />;
}

function NoFile({ tab }: { tab: Exclude<Tab, 'effective'> }) {
  const { t } = useTranslation();
  const jails = useQuery({ ...configJailsQuery(useCaller()), enabled: tab === 'jails' }).data?.items;
  const active = jails?.filter((jail) => jail.active).length ?? 0;
  return (
    <EmptyState kind="nothing-yet" title={t(`config.choose_${tab}`)} foot={t('config.choose_foot')}>
      {jails === undefined
        ? t('config.choose_text')
        : t('config.choose_jails_text', { active, off: jails.length - active })}
    </EmptyState>
  );
}

interface OpenedProps {
  view: ConfigView;
  file: OpenFile;
  change: Change;
  findings: readonly Finding[];
  revision: number | null;
}

function Opened({ view, file, change, findings, revision }: OpenedProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const lines = useMemo(() => lineFindings(findings, file.path), [findings, file.path]);
  const hasForm = view.jail !== undefined || file.id.kind === 'filter' || file.id.kind === 'action';
  const shown = hasForm ? (view.view ?? (view.jail === undefined ? 'text' : 'form')) : 'text';
  const shows = (next: 'form' | 'text'): void => {
    const { line: _, ...rest } = view;
    void navigate({ to: '/config', search: { ...rest, view: next }, replace: true });
  };
  return (
    <section className="file" aria-label={file.path}>
      <FileHead file={file} view={view} change={change}>
        {hasForm ? (
          <Segments
            label={t('config.shown_as')}
            options={[
              { value: 'form', label: t('config.form') },
              { value: 'text', label: t('config.text') },
            ]}
            value={shown}
            onChange={shows}
          />
        ) : null}
        <Link
          to="/config"
          search={{ ...view, pane: 'apply' }}
          className="button config-forward"
          activeOptions={{ exact: true }}
          activeProps={{}}
        >
          {t('config.to_steps')}
        </Link>
      </FileHead>
      {file.stale ? (
        <ConflictPane key={`${file.key} ${file.disk?.etag ?? ''}`} file={file} />
      ) : shown === 'form' ? (
        <FileForm file={file} jail={view.jail ?? null} findings={findings} busy={change.busy === 'apply'} />
      ) : (
        <>
          <TextEditor
            key={file.key}
            path={file.path}
            text={file.text}
            disk={file.disk?.content ?? ''}
            readOnly={file.locked !== null}
            findings={lines}
            line={view.line === undefined ? null : Number(view.line)}
            onChange={file.edit}
          />
          <p className="editor-hint small quiet">{t('config.editor_hint')}</p>
        </>
      )}
      {file.draft === null || file.stale ? null : (
        <ChangesPane before={file.disk?.content ?? ''} after={file.text} revision={revision} />
      )}
    </section>
  );
}

/** Those that stand at a line of this file. */
const lineFindings = (findings: readonly Finding[], path: string): LineFinding[] =>
  findings.flatMap((finding) =>
    finding.line !== null && finding.file === path
      ? [
          {
            severity: finding.severity,
            message: finding.message,
            code: finding.code,
            line: finding.line,
            suggestion: finding.suggestion,
          },
        ]
      : [],
  );
