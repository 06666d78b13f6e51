/** One change of before: what it did to each file, step by step, and the way back to before it or after it. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { useTimes } from '../../../ui/page-context.tsx';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { revisionQuery } from './config-query.ts';
import { diffLines } from './diff-lines.ts';
import { DiffView } from './diff-view.tsx';
import { StepsList } from './steps-list.tsx';

interface RevisionPaneProps {
  id: number;
  onRestore: (before: boolean) => void;
  onClose: () => void;
}

export function RevisionPane({ id, onRestore, onClose }: RevisionPaneProps) {
  const { t } = useTranslation();
  const times = useTimes();
  const { data, error } = useQuery(revisionQuery(useCaller(), id));
  return (
    <section className="revision" aria-label={t('config.revision_n', { n: id })}>
      <header className="pane-head">
        <h2 className="section-title">{t('config.revision_n', { n: id })}</h2>
        <span className="small quiet">
          {data === undefined
            ? null
            : `${times.full(Date.parse(data.at))}, ${data.actor}${data.reason === null ? '' : `: ${data.reason}`}`}
        </span>
        <span className="pane-acts">
          <Button onClick={onClose}>{t('ui.close')}</Button>
        </span>
      </header>
      {error === null ? null : (
        <div className="page-note">
          <ProblemNote problem={problemOf(error)} title={t('config.revision_failed', { n: id })} />
        </div>
      )}
      {data === undefined ? (
        <p className="page-note quiet">{error === null ? t('ui.loading') : null}</p>
      ) : (
        <div className="revision-body">
          <div className="revision-acts">
            <Button onClick={() => onRestore(true)}>{t('config.restore_before')}</Button>
            <Button onClick={() => onRestore(false)}>{t('config.restore_after')}</Button>
            <span className="small soft">{t(`config.result_${data.result}`)}</span>
          </div>
          {data.contents.map(({ kind, name, before, after }) => (
            <FileDiff
              key={`${kind}/${name}`}
              name={data.files.find((file) => file.kind === kind && file.name === name)?.path ?? name}
              before={before}
              after={after}
            />
          ))}
          {data.steps.length === 0 ? null : <StepsList steps={data.steps} />}
        </div>
      )}
    </section>
  );
}

interface FileDiffProps {
  name: string;
  /** Null: there was no such file. */
  before: string | null;
  after: string | null;
}

export function FileDiff({ name, before, after }: FileDiffProps) {
  const { t } = useTranslation();
  const lines = useMemo(() => diffLines(before ?? '', after ?? ''), [before, after]);
  const same = before === after;
  return (
    <div className="file-diff">
      <h3 className="mono strong">{name}</h3>
      {before === null && after !== null ? <p className="small soft">{t('config.file_created')}</p> : null}
      {after === null && before !== null ? <p className="small soft">{t('config.file_deleted')}</p> : null}
      {same ? (
        <p className="small soft">{t('config.file_same')}</p>
      ) : (
        <DiffView lines={lines} label={t('config.diff_of', { name })} sides={false} />
      )}
    </div>
  );
}
