/** The sources, and under them the run and the simulation that are looked at. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { useShortcut } from '../../../ui/use-shortcut.ts';
import { runQuery, type Source } from './blocklists-query.ts';
import type { BlocklistsView } from './blocklists-view.ts';
import { isOpen } from './run-progress.ts';
import { RunPanel } from './run-panel.tsx';
import { SimulationPanel } from './simulation-panel.tsx';
import { SourcesTable } from './sources-table.tsx';
import type { Dialogs } from './use-dialogs.tsx';
import type { SourceActs } from './use-source-acts.ts';

interface SourcesTabProps {
  view: BlocklistsView;
  sources: readonly Source[];
  acts: SourceActs;
  dialogs: Dialogs;
}

export function SourcesTab({ view, sources, acts, dialogs }: SourcesTabProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const chosen = sources.find(({ id }) => String(id) === view.source) ?? null;
  const ran = chosen ?? newestRun(sources);
  useShortcut(
    {
      keys: 'Escape',
      group: 'list',
      label: t('shortcuts.close'),
      run: () => void navigate({ to: '/blocklists', search: {}, replace: true }),
    },
    view.source !== undefined || view.run !== undefined,
  );
  if (sources.length === 0) {
    return (
      <EmptyState
        kind="nothing-yet"
        title={t('lists.none_title')}
        act={
          <>
            <Button onClick={dialogs.catalogue}>{t('lists.open_catalogue')}</Button>
            <Button kind="ghost" onClick={dialogs.add}>
              {t('lists.add_source')}
            </Button>
          </>
        }
        foot={t('lists.none_foot')}
      >
        {t('lists.none_text')}
      </EmptyState>
    );
  }
  const simulated = chosen ?? newestSimulation(sources) ?? ran ?? sources[0] ?? null;
  return (
    <>
      <SourcesTable
        sources={sources}
        chosen={chosen?.id ?? (view.run === undefined ? (ran?.id ?? null) : null)}
        acts={acts}
        dialogs={dialogs}
      />
      <div className="lists-panes">
        <RunPane view={view} source={ran} sources={sources} acts={acts} />
        {simulated === null ? null : (
          <SimulationPanel
            key={simulated.id}
            source={simulated}
            acts={acts}
            onEdit={() => dialogs.edit(simulated)}
          />
        )}
      </div>
    </>
  );
}

interface RunPaneProps {
  view: BlocklistsView;
  /** The one whose last run is shown when the URL names none. */
  source: Source | null;
  sources: readonly Source[];
  acts: SourceActs;
}

function RunPane({ view, source, sources, acts }: RunPaneProps) {
  const { t } = useTranslation();
  const named = view.run === undefined ? null : Number(view.run);
  const query = useQuery({ ...runQuery(useCaller(), named ?? 0), enabled: named !== null });
  const run = named === null ? (source?.last_run ?? null) : (query.data ?? null);
  if (run !== null) {
    const of = sources.find(({ id }) => id === run.source_id) ?? null;
    return <RunPanel key={run.id} run={run} source={of} acts={acts} />;
  }
  return (
    <section className="lists-pane" aria-label={t('lists.run')}>
      {named !== null && query.error !== null ? (
        <ProblemNote problem={problemOf(query.error)} title={t('lists.run_unread')} />
      ) : named !== null ? (
        <p className="quiet">{t('ui.loading')}</p>
      ) : source === null ? (
        <EmptyState kind="nothing-yet" title={t('lists.no_run')}>
          {t('lists.no_run_text')}
        </EmptyState>
      ) : (
        <EmptyState
          kind="nothing-yet"
          title={t('lists.no_run')}
          act={<Button onClick={() => void acts.run(source)}>{t('lists.run_now')}</Button>}
        >
          {t('lists.no_run_of', { name: source.name })}
        </EmptyState>
      )}
    </section>
  );
}

/** The one that runs now, else the one that ran last. */
function newestRun(sources: readonly Source[]): Source | null {
  const ran = sources.filter(({ last_run: run }) => run !== null);
  const age = ({ last_run: run }: Source): number =>
    run === null
      ? 0
      : run.state === 'running'
        ? Number.POSITIVE_INFINITY
        : isOpen(run)
          ? run.id + 1e12
          : run.id;
  return ran.toSorted((a, b) => age(b) - age(a))[0] ?? null;
}

/** Of those that are off first: about them there is something to decide. */
function newestSimulation(sources: readonly Source[]): Source | null {
  const simulated = sources.filter(({ simulated_at: at }) => at !== null);
  return (
    simulated.toSorted(
      (a, b) =>
        Number(a.enabled) - Number(b.enabled) ||
        Date.parse(b.simulated_at ?? '') - Date.parse(a.simulated_at ?? ''),
    )[0] ?? null
  );
}
