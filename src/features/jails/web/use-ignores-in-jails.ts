/** Putting an entry on the ignore lists of several jails, or of all, and taking it off, each with its way back. */
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { EndpointCall } from '../../../base/endpoint.ts';
import { useCaller } from '../../../ui/app-context.tsx';
import type { NewEntry } from '../../../ui/entry-form.tsx';
import type { Problem } from '../../../ui/problem.ts';
import { problemText } from '../../../ui/problem-note.tsx';
import { useToasts } from '../../../ui/toast.tsx';
import type * as ignore from '../ignore-contract.ts';
import type { IgnoredInJails } from './jails-query.ts';
import { reasonOf } from './use-ignore-acts.ts';
import { useJailWords } from './use-jail-words.ts';

type Body = NonNullable<EndpointCall<typeof ignore.addIgnoredToJails>['body']>;

interface IgnoresInJails {
  /** Null when it is in; else why not. */
  add: (entry: NewEntry, jails: Body['jails']) => Promise<Problem | null>;
  drop: (item: IgnoredInJails) => Promise<void>;
}

/** `onBanned` is told of bans that are in the way of an entry. */
export function useIgnoresInJails(onBanned: (entry: string, jails: string[]) => void): IgnoresInJails {
  const { t } = useTranslation();
  const caller = useCaller();
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const words = useJailWords();
  const readAgain = async (): Promise<void> => {
    await Promise.all(['jails', 'address'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
  };
  const failed = (problem: Problem): void =>
    toasts.show({ tone: 'bad', title: t('jails.ignore.failed'), detail: problemText(t, problem) });
  /** Why it did not go in some of them; null when it did. */
  const failureOf = (results: readonly { jail: string; outcome: string; detail: string | null }[]) => {
    const some = results.filter(({ outcome }) => outcome === 'failed');
    const names = words.list(some.map(({ jail }) => jail));
    return some.length === 0
      ? null
      : t('jails.ignored.not_in', { jails: names, reason: some[0]?.detail ?? '' });
  };
  const remove = (entry: string, jails: Body['jails']) =>
    caller.call<typeof ignore.dropIgnoredInJails>('DELETE /api/v1/ignoreip', { body: { entry, jails } });

  async function put(body: Body): Promise<Problem | null> {
    const result = await caller.call<typeof ignore.addIgnoredToJails>('POST /api/v1/ignoreip', { body });
    if (!result.ok) return result.problem;
    await readAgain();
    const { entry, warning, banned_in: banned, results } = result.value;
    const jailsOf = (...wanted: string[]): string[] =>
      results.filter(({ outcome }) => wanted.includes(outcome)).map(({ jail }) => jail);
    const failure = failureOf(results);
    const added = jailsOf('added');
    const before = jailsOf('already_ignored');
    const ignoring = jailsOf('added', 'changed', 'already_ignored');
    if (banned.length > 0) onBanned(entry, banned);
    toasts.show({
      tone: ignoring.length === 0 ? 'bad' : failure === null && warning === null ? 'ok' : 'warn',
      title:
        ignoring.length === 0
          ? t('jails.ignore.failed')
          : t('jails.ignored.added', {
              entry,
              where: words.where(ignoring, ignoring.length === results.length && body.jails === 'all'),
            }),
      detail: [
        failure,
        warning,
        before.length === 0 ? null : t('jails.ignored.added_before', { jails: words.list(before) }),
        banned.length === 0 ? null : t('jails.ignored.still_banned', { jails: words.list(banned) }),
      ]
        .filter((text) => text !== null)
        .join(' '),
      ...(added.length === 0
        ? {}
        : {
            undo: () =>
              void remove(entry, added).then(async (taken) => {
                await readAgain();
                if (!taken.ok) failed(taken.problem);
              }),
          }),
    });
    return null;
  }

  return {
    add: ({ entry, reason, seconds }, jails) =>
      put({ entry, jails, ...reasonOf(reason), ...(seconds === null ? {} : { duration: seconds }) }),
    async drop({ entry, jails, everywhere, reason, expires_at: expires }) {
      const result = await remove(entry, jails);
      await readAgain();
      if (!result.ok) return failed(result.problem);
      const { results, comes_back: back } = result.value;
      const dropped = results.filter(({ outcome }) => outcome === 'dropped').map(({ jail }) => jail);
      const failure = failureOf(results);
      toasts.show({
        tone: failure === null ? 'ok' : 'warn',
        title: t('jails.ignored.dropped', { entry, where: words.where(jails, everywhere) }),
        detail: [
          failure,
          back.length === 0 ? null : t('jails.ignored.comes_back', { jails: words.list(back) }),
        ]
          .filter((text) => text !== null)
          .join(' '),
        ...(dropped.length === 0
          ? {}
          : {
              undo: () =>
                void put({
                  entry,
                  jails: dropped,
                  ...reasonOf(reason),
                  ...(expires === null ? {} : { expires_at: expires }),
                }).then((problem) => (problem === null ? undefined : failed(problem))),
            }),
      });
    },
  };
}
