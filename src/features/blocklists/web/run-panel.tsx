/** One run: what it counts, how far it is, its steps, and what was left out and why. */
import IconLink from '@tabler/icons-react/dist/esm/icons/IconLink.mjs';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { copyText } from '../../../ui/copy-text.ts';
import { LogText } from '../../../ui/log-text.tsx';
import { Note } from '../../../ui/note.tsx';
import { useTimes } from '../../../ui/page-context.tsx';
import { useToasts } from '../../../ui/toast.tsx';
import { useNow } from '../../../ui/use-now.ts';
import type { Run, Source } from './blocklists-query.ts';
import { HeldNote } from './held-note.tsx';
import { LeftOut } from './left-out.tsx';
import { RunCounts } from './run-counts.tsx';
import { isOpen } from './run-progress.ts';
import { RunSteps } from './run-steps.tsx';
import type { SourceActs } from './use-source-acts.ts';

interface RunPanelProps {
  run: Run;
  /** What it reads; null when that was deleted, or of all lists together. */
  source: Source | null;
  acts: SourceActs;
}

export function RunPanel({ run, source, acts }: RunPanelProps) {
  const { t } = useTranslation();
  const open = isOpen(run);
  const held = source?.held?.run_id === run.id ? source.held : null;
  return (
    <section className="lists-pane" aria-labelledby="run-title">
      <header className="lists-pane-head">
        <h2 id="run-title" className="section-title">
          {t('lists.run_n', { id: run.id })}
        </h2>
        <span className="lists-pane-sub small soft">
          <Beginning run={run} />
        </span>
        <span className="lists-pane-acts">
          <CopyLink run={run} />
          {open ? <Button onClick={() => void acts.cancel(run)}>{t('ui.cancel')}</Button> : null}
        </span>
      </header>
      <div className="sr-only" role="status">
        {t(`lists.state.${run.state}`)}
      </div>
      {source !== null && held !== null ? <HeldNote source={source} held={held} acts={acts} /> : null}
      {run.error === null || held !== null ? null : (
        <Note kind={run.state === 'failed' ? 'bad' : 'warn'}>
          <strong>{t(`lists.state.${run.state}`)}</strong> <LogText text={run.error.message} />
          <div className="mono quiet">{run.error.code}</div>
        </Note>
      )}
      <RunCounts run={run} before={source?.entries ?? null} />
      <RunSteps steps={run.steps} over={!open} />
      <LeftOut run={run} />
    </section>
  );
}

function Beginning({ run }: { run: Run }) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(60_000);
  const { started_at: started, queued_at: queued } = run;
  const by = run.cause === 'person' && run.actor !== null ? run.actor : null;
  return (
    <>
      {run.source_id === null ? t('lists.all_lists') : <LogText text={run.source_name} />}
      {', '}
      {started === null
        ? t('lists.queued_at', { time: times.exact(Date.parse(queued), now) })
        : t('lists.started_at', { time: times.exact(Date.parse(started), now) })}{' '}
      {by === null ? t(`lists.cause.${run.cause}`) : t('lists.by', { name: by })}
    </>
  );
}

function CopyLink({ run }: { run: Run }) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const copy = async (): Promise<void> => {
    const url = new URL('/blocklists', location.href);
    if (run.source_id !== null) url.searchParams.set('source', String(run.source_id));
    url.searchParams.set('run', String(run.id));
    const done = await copyText(url.href);
    toasts.show({
      tone: done ? 'ok' : 'warn',
      title: done ? t('lists.link_copied', { id: run.id }) : t('lists.link_not_copied'),
    });
  };
  return (
    <Button kind="ghost" icon={IconLink} onClick={() => void copy()}>
      {t('lists.copy_link')}
    </Button>
  );
}
