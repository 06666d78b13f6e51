/** Putting entries on a jail's ignore list and taking them off, each with its way back. */
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { EndpointCall } from '../../../base/endpoint.ts';
import { useCaller } from '../../../ui/app-context.tsx';
import type { NewEntry } from '../../../ui/entry-form.tsx';
import type { Problem } from '../../../ui/problem.ts';
import { problemText } from '../../../ui/problem-note.tsx';
import { useToasts } from '../../../ui/toast.tsx';
import type * as ignore from '../ignore-contract.ts';
import type { IgnoreItem } from './jails-query.ts';

type Body = NonNullable<EndpointCall<typeof ignore.addIgnored>['body']>;

export interface IgnoreActs {
  /** Null when it is in; else why not. */
  add: (entry: NewEntry) => Promise<Problem | null>;
  drop: (item: IgnoreItem) => Promise<void>;
}

/** `onBanned` ends the bans that are in the way of an entry. */
export function useIgnoreActs(jail: string, onBanned: (entry: string, jails: string[]) => void): IgnoreActs {
  const { t } = useTranslation();
  const caller = useCaller();
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const params = { name: jail };
  const readAgain = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['jails'] });
  const failed = (problem: Problem): void =>
    toasts.show({ tone: 'bad', title: t('jails.ignore.failed'), detail: problemText(t, problem) });

  const remove = (entry: string) =>
    caller.call<typeof ignore.dropIgnored>('DELETE /api/v1/jails/{name}/ignoreip', {
      params,
      query: { entry },
    });

  async function put(body: Body): Promise<Problem | null> {
    const result = await caller.call<typeof ignore.addIgnored>('POST /api/v1/jails/{name}/ignoreip', {
      params,
      body,
    });
    if (!result.ok) return result.problem;
    await readAgain();
    const { entry, warning, banned_in: banned } = result.value;
    if (banned.length > 0) onBanned(entry, banned);
    toasts.show({
      tone: warning === null ? 'ok' : 'warn',
      title: t('jails.ignore.added', { entry, jail }),
      ...(warning === null ? {} : { detail: warning }),
      undo: () =>
        void remove(entry).then(async (taken) => {
          await readAgain();
          if (!taken.ok) failed(taken.problem);
        }),
    });
    return null;
  }

  return {
    add: ({ entry, reason, seconds }) =>
      put({ entry, ...reasonOf(reason), ...(seconds === null ? {} : { duration: seconds }) }),
    async drop({ entry, reason, expires_at: expires }) {
      const result = await remove(entry);
      await readAgain();
      if (!result.ok) return failed(result.problem);
      toasts.show({
        tone: 'ok',
        title: t('jails.ignore.dropped', { entry, jail }),
        ...(result.value.comes_back ? { detail: t('jails.ignore.comes_back') } : {}),
        undo: () =>
          void put({
            entry,
            ...reasonOf(reason),
            ...(expires === null ? {} : { expires_at: expires }),
          }).then((problem) => (problem === null ? undefined : failed(problem))),
      });
    },
  };
}

export const reasonOf = (reason: string | null): { reason?: string } => (reason === null ? {} : { reason });
