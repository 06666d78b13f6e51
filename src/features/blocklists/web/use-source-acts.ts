/** What can be done with a source and its runs, each with its outcome in a toast. */
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import type { Problem } from '../../../ui/problem.ts';
import { problemText } from '../../../ui/problem-note.tsx';
import { useToasts } from '../../../ui/toast.tsx';
import type * as contract from '../contract.ts';
import type * as runs from '../runs-contract.ts';
import type * as simulation from '../simulation-contract.ts';
import { blocklistsKey, sourcesQuery, type Run, type Source } from './blocklists-query.ts';

export interface SourceActs {
  enable: (source: Source, on: boolean) => Promise<void>;
  run: (source: Source) => Promise<void>;
  /** Takes the version that was held. */
  take: (source: Source) => Promise<void>;
  /** Forgets the version that was held. */
  keep: (source: Source) => Promise<void>;
  /** Without `fetch` the version that was read last is looked at. */
  simulate: (source: Pick<Source, 'id'>, fetch?: boolean) => Promise<void>;
  cancel: (run: Pick<Run, 'id'>) => Promise<void>;
  remove: (source: Source) => Promise<Problem | null>;
}

export function useSourceActs(): SourceActs {
  const { t } = useTranslation();
  const caller = useCaller();
  const toasts = useToasts();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const { queryKey } = sourcesQuery(caller);
  const readAgain = (): Promise<void> => queryClient.invalidateQueries({ queryKey: [blocklistsKey] });
  const failed = (title: string, problem: Problem): void =>
    toasts.show({ tone: 'bad', title, detail: problemText(t, problem) });
  const show = (source: Pick<Source, 'id'>, run: number): Promise<void> =>
    navigate({ to: '/blocklists', search: { source: String(source.id), run: String(run) } });

  async function enable(source: Source, on: boolean, undone = false): Promise<void> {
    queryClient.setQueryData(queryKey, (before) =>
      before === undefined
        ? before
        : {
            ...before,
            items: before.items.map((item) => (item.id === source.id ? { ...item, enabled: on } : item)),
          },
    );
    const result = await caller.call<typeof contract.updateSource>('PUT /api/v1/blocklists/{id}', {
      params: { id: source.id },
      body: { enabled: on },
    });
    await readAgain();
    if (!result.ok) return failed(t('lists.not_changed', { name: source.name }), result.problem);
    const { entries } = result.value;
    toasts.show({
      tone: 'ok',
      title: t(on ? 'lists.switched_on' : 'lists.switched_off', { name: source.name }),
      ...(entries === null
        ? {}
        : { detail: t(on ? 'lists.enter_force' : 'lists.leave_force', { n: formatCount(entries) }) }),
      ...(undone ? {} : { undo: () => void enable(source, !on, true) }),
    });
  }

  async function start(source: Source, accept: boolean): Promise<void> {
    const result = await caller.call<typeof runs.importLists>('POST /api/v1/blocklists/import', {
      body: { id: source.id, accept_change: accept },
    });
    if (!result.ok) return failed(t('lists.not_run', { name: source.name }), result.problem);
    await show(source, result.value.run_id);
    await readAgain();
  }

  return {
    enable: (source, on) => enable(source, on),
    run: (source) => start(source, false),
    take: (source) => start(source, true),
    async keep(source) {
      const result = await caller.call<typeof contract.keepSource>('POST /api/v1/blocklists/{id}/keep', {
        params: { id: source.id },
      });
      await readAgain();
      if (!result.ok) return failed(t('lists.not_changed', { name: source.name }), result.problem);
      toasts.show({ tone: 'ok', title: t('lists.kept', { name: source.name }) });
    },
    async simulate(source, fetch = true) {
      const result = await caller.call<typeof simulation.simulate>('POST /api/v1/blocklists/{id}/simulate', {
        params: { id: source.id },
        body: { fetch },
      });
      if (!result.ok) return failed(t('lists.not_simulated_act'), result.problem);
      await show(source, result.value.run_id);
      await readAgain();
    },
    async cancel(run) {
      const result = await caller.call<typeof runs.cancelRun>('POST /api/v1/blocklists/runs/{id}/cancel', {
        params: { id: run.id },
      });
      await readAgain();
      if (!result.ok && result.problem.code !== 'run_over') failed(t('lists.not_cancelled'), result.problem);
    },
    async remove(source) {
      const result = await caller.call<typeof contract.deleteSource>('DELETE /api/v1/blocklists/{id}', {
        params: { id: source.id },
      });
      if (!result.ok) return result.problem;
      await navigate({ to: '/blocklists', search: {}, replace: true });
      await readAgain();
      toasts.show({ tone: 'ok', title: t('lists.deleted', { name: source.name }) });
      return null;
    },
  };
}
