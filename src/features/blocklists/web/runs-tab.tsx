/** Every run that is remembered, the newest first; of one list or of one outcome only when wanted. */
import IconSelector from '@tabler/icons-react/dist/esm/icons/IconSelector.mjs';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { LogText } from '../../../ui/log-text.tsx';
import { useTimes } from '../../../ui/page-context.tsx';
import { problemOf } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { useDurations } from '../../../ui/use-durations.ts';
import { useNow } from '../../../ui/use-now.ts';
import { runsQuery, type Run, type Source } from './blocklists-query.ts';
import { readBlocklistsView, runStates, type BlocklistsView } from './blocklists-view.ts';
import { RunIcon, RunOutcome } from './run-state.tsx';

interface RunsTabProps {
  view: BlocklistsView;
  sources: readonly Source[];
}

export function RunsTab({ view, sources }: RunsTabProps) {
  const { t } = useTranslation();
  const { source, state } = view;
  const query = useInfiniteQuery({
    ...runsQuery(useCaller(), {
      ...(source === undefined ? {} : { source_id: Number(source) }),
      ...(state === undefined ? {} : { state }),
    }),
    placeholderData: (before) => before,
  });
  const runs = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const filtered = source !== undefined || state !== undefined;
  return (
    <>
      <RunsFilter view={view} sources={sources} />
      {query.error === null ? null : (
        <div className="page-note">
          <ProblemNote
            problem={problemOf(query.error)}
            title={t('lists.runs_unread')}
            acts={<Button onClick={() => void query.refetch()}>{t('ui.retry')}</Button>}
          />
        </div>
      )}
      {query.isPending ? <p className="page-note quiet">{t('ui.loading')}</p> : null}
      {query.isSuccess && runs.length === 0 ? (
        <EmptyState
          kind={filtered ? 'nothing-matches' : 'nothing-yet'}
          title={t(filtered ? 'lists.no_runs_match' : 'lists.no_runs')}
        >
          {t(filtered ? 'lists.no_runs_match_text' : 'lists.no_run_text')}
        </EmptyState>
      ) : null}
      {runs.length === 0 ? null : <RunsTable runs={runs} stale={query.isPlaceholderData} />}
      {query.hasNextPage ? (
        <div className="page-note">
          <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('lists.more_runs')}
          </Button>
        </div>
      ) : null}
    </>
  );
}

function RunsFilter({ view, sources }: RunsTabProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const set = (change: Record<string, string | undefined>): void =>
    void navigate({
      to: '/blocklists',
      search: readBlocklistsView({ ...view, ...change }),
      replace: true,
    });
  return (
    <div className="filter lists-filter">
      <span className="select-frame">
        <select
          className="input"
          aria-label={t('lists.filter_source')}
          value={view.source ?? ''}
          onChange={(event) => set({ source: event.target.value })}
        >
          <option value="">{t('lists.all_sources')}</option>
          {sources.map(({ id, name }) => (
            <option key={id} value={String(id)}>
              {name}
            </option>
          ))}
        </select>
        <Icon of={IconSelector} />
      </span>
      <span className="select-frame">
        <select
          className="input"
          aria-label={t('lists.filter_state')}
          value={view.state ?? ''}
          onChange={(event) => set({ state: event.target.value })}
        >
          <option value="">{t('lists.all_states')}</option>
          {runStates.map((state) => (
            <option key={state} value={state}>
              {t(`lists.state.${state}`)}
            </option>
          ))}
        </select>
        <Icon of={IconSelector} />
      </span>
    </div>
  );
}

function RunsTable({ runs, stale }: { runs: readonly Run[]; stale: boolean }) {
  const { t } = useTranslation();
  return (
    <table
      className={stale ? 'lists-table lists-runs stale' : 'lists-table lists-runs'}
      aria-label={t('lists.runs')}
    >
      <thead>
        <tr>
          <th scope="col" className="lists-run-id">
            {t('lists.run')}
          </th>
          <th scope="col" className="lists-name">
            {t('lists.source')}
          </th>
          <th scope="col" className="lists-run-at">
            {t('lists.began')}
          </th>
          <th scope="col" className="lists-run-took number">
            {t('lists.took_head')}
          </th>
          <th scope="col" className="lists-run-cause">
            {t('lists.cause_head')}
          </th>
          <th scope="col" className="lists-outcome">
            {t('lists.outcome')}
          </th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <RunRow key={run.id} run={run} />
        ))}
      </tbody>
    </table>
  );
}

function RunRow({ run }: { run: Run }) {
  const { t } = useTranslation();
  const times = useTimes();
  const now = useNow(30_000);
  const say = useDurations();
  const { started_at: started, ended_at: ended } = run;
  const at = Date.parse(started ?? run.queued_at);
  const took = started === null || ended === null ? null : (Date.parse(ended) - at) / 1000;
  return (
    <tr className="lists-row">
      <th scope="row" className="lists-run-id">
        <Link
          to="/blocklists"
          search={{
            ...(run.source_id === null ? {} : { source: String(run.source_id) }),
            run: String(run.id),
          }}
        >
          {t('lists.run_n', { id: run.id })}
        </Link>
      </th>
      <td className="lists-name">
        <span className="lists-cut">
          {run.source_id === null ? t('lists.all_lists') : <LogText text={run.source_name} />}
        </span>
      </td>
      <td className="lists-run-at soft" title={times.full(at)}>
        {times.exact(at, now)}
      </td>
      <td className="lists-run-took number soft">
        {took === null ? '' : took < 1 ? t('lists.under_a_second') : say(took)}
      </td>
      <td className="lists-run-cause soft">
        {run.cause === 'person' && run.actor !== null
          ? t('lists.by', { name: run.actor })
          : t(`lists.cause.${run.cause}`)}
      </td>
      <td className="lists-outcome">
        <span className="lists-with-icon">
          <RunIcon run={run} />
          <RunOutcome run={run} before={null} />
        </span>
      </td>
    </tr>
  );
}
