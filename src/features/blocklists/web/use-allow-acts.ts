/** Putting entries on the allow-list and taking them off, each with its way back. */
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { EndpointInput } from '../../../base/endpoint.ts';
import { useCaller } from '../../../ui/app-context.tsx';
import type { NewEntry } from '../../../ui/entry-form.tsx';
import type { Problem } from '../../../ui/problem.ts';
import { problemText } from '../../../ui/problem-note.tsx';
import { useToasts } from '../../../ui/toast.tsx';
import type * as allow from '../allow-contract.ts';
import { blocklistsKey, type Allowed } from './blocklists-query.ts';

type NewAllowed = EndpointInput<typeof allow.addAllowed>['body'];

export interface AllowActs {
  /** Null when it is on; else why not. */
  add: (entry: NewEntry) => Promise<Problem | null>;
  remove: (item: Allowed) => Promise<void>;
}

export function useAllowActs(): AllowActs {
  const { t } = useTranslation();
  const caller = useCaller();
  const toasts = useToasts();
  const queryClient = useQueryClient();
  const readAgain = (): Promise<void> => queryClient.invalidateQueries({ queryKey: [blocklistsKey] });
  const failed = (problem: Problem): void =>
    toasts.show({ tone: 'bad', title: t('lists.allow_failed'), detail: problemText(t, problem) });
  const drop = (id: number) =>
    caller.call<typeof allow.removeAllowed>('DELETE /api/v1/blocklists/allowed/{id}', { params: { id } });

  async function put(body: NewAllowed): Promise<Problem | null> {
    const result = await caller.call<typeof allow.addAllowed>('POST /api/v1/blocklists/allowed', { body });
    if (!result.ok) return result.problem;
    await readAgain();
    const { id, entry, in_lists: lists } = result.value;
    toasts.show({
      tone: 'ok',
      title: t('lists.allowed_now', { entry }),
      ...(lists.length === 0 ? {} : { detail: t('lists.left_out_of', { names: lists.join(', ') }) }),
      undo: () =>
        void drop(id).then(async (taken) => {
          await readAgain();
          if (!taken.ok) failed(taken.problem);
        }),
    });
    return null;
  }

  return {
    add: ({ entry, reason, seconds }) =>
      put({
        entry,
        reason,
        expires_at: seconds === null ? null : new Date(Date.now() + seconds * 1000).toISOString(),
      }),
    async remove({ id, entry, reason, expires_at: expires, in_lists: lists }) {
      const result = await drop(id);
      await readAgain();
      if (!result.ok) return failed(result.problem);
      toasts.show({
        tone: 'ok',
        title: t('lists.allowed_no_longer', { entry }),
        ...(lists.length === 0 ? {} : { detail: t('lists.blocked_by', { names: lists.join(', ') }) }),
        undo: () =>
          void put({ entry, reason, expires_at: expires }).then((problem) =>
            problem === null ? undefined : failed(problem),
          ),
      });
    },
  };
}
