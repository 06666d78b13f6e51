/** Banning: shown at once as pending, settled in place, taken back for ten seconds. */
import type { QueryClient } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import type { EndpointOutput } from '../../../base/endpoint.ts';
import type { Caller } from '../../../ui/call.ts';
import { problemText } from '../../../ui/problem-note.tsx';
import type { Times } from '../../../ui/times.ts';
import type { Toasts } from '../../../ui/toasts.ts';
import type * as contract from '../contract.ts';
import { dropAttempts, putAttempts, type Attempt, type BanInput } from './attempts.ts';

export interface ActDeps {
  caller: Caller;
  queryClient: QueryClient;
  toasts: Toasts;
  t: TFunction;
  times: Times;
  say: (seconds: number) => string;
}

type Results = EndpointOutput<typeof contract.ban>['results'];

/** Bans in one jail. Failures stay as red rows; what was banned can be undone from the toast. */
export async function banAddresses(deps: ActDeps, input: BanInput): Promise<void> {
  const { caller, queryClient } = deps;
  const attempts = input.ips.map((ip): Attempt => {
    const again = { ...input, ips: [ip] };
    return { act: 'ban', state: 'pending', ip, jail: input.jail, at: Date.now(), detail: null, input: again };
  });
  putAttempts(queryClient, attempts);
  const result = await caller.call<typeof contract.ban>('POST /api/v1/bans', { body: input });
  if (!result.ok) {
    const detail = problemText(deps.t, result.problem);
    putAttempts(
      queryClient,
      attempts.map((attempt) => ({ ...attempt, state: 'failed', detail })),
    );
    return tellFailure(deps, input, detail);
  }
  const { results } = result.value;
  const failed = results.filter((each) => each.outcome === 'refused' || each.outcome === 'failed');
  await readListsAgain(queryClient);
  dropAttempts(queryClient, attempts);
  putAttempts(
    queryClient,
    failed.map((each) => ({
      act: 'ban',
      state: 'failed',
      ip: each.ip,
      jail: each.jail,
      at: Date.now(),
      detail: each.detail,
      input: { ...input, ips: [each.ip] },
    })),
  );
  tellOutcome(deps, input, results);
}

/** Rows that an act has changed, read again before the pending ones go: nothing flickers. */
export const readListsAgain = (queryClient: QueryClient): Promise<unknown> =>
  Promise.all(
    ['list', 'newest', 'repeated', 'ending', 'of'].map((name) =>
      queryClient.invalidateQueries({ queryKey: ['bans', name] }),
    ),
  );

function tellFailure({ toasts, t }: ActDeps, { ips, jail }: BanInput, detail: string): void {
  const [ip] = ips;
  const title =
    ips.length === 1 && ip !== undefined
      ? t('act.not_banned', { ip, jail })
      : t('act.not_banned_n', { count: ips.length, jail });
  toasts.show({ tone: 'bad', title, detail });
}

function tellOutcome(deps: ActDeps, input: BanInput, results: Results): void {
  const { toasts, t, times } = deps;
  const { jail } = input;
  const made = results.filter((each) => each.outcome === 'banned');
  const held = results.filter((each) => each.outcome === 'already_banned');
  const [only] = results;
  const until = (at: string | null): string =>
    at === null ? t('act.permanent') : t('act.until', { time: times.moment(Date.parse(at), Date.now()) });
  if (made.length + held.length === 0) {
    return tellFailure(deps, { ...input, ips: results.map((each) => each.ip) }, only?.detail ?? '');
  }
  const undo = made.length === 0 ? {} : { undo: () => void undoBans(deps, made) };
  if (results.length === 1 && only !== undefined) {
    const title =
      made.length === 1 ? t('act.banned', { ip: only.ip, jail }) : t('act.already', { ip: only.ip, jail });
    toasts.show({
      tone: made.length === 1 ? 'ok' : 'warn',
      title,
      detail: only.detail ?? until(only.expires_at),
      ...undo,
    });
    return;
  }
  const whole = made.length + held.length === results.length;
  const first = results.find((each) => each.outcome !== 'banned');
  toasts.show({
    tone: whole ? 'ok' : 'warn',
    title: t('act.banned_n', { n: made.length, count: results.length, jail }),
    detail:
      first === undefined
        ? until(made[0]?.expires_at ?? null)
        : `${first.ip}: ${first.detail ?? first.outcome}`,
    ...undo,
  });
}

async function undoBans(deps: ActDeps, made: Results): Promise<void> {
  const { caller, queryClient, toasts, t } = deps;
  const [only] = made;
  if (only === undefined) return;
  const result = await caller.call<typeof contract.unban>('DELETE /api/v1/bans', {
    body: { ips: made.map((each) => each.ip), jail: only.jail },
  });
  if (!result.ok) {
    toasts.show({ tone: 'bad', title: t('act.undo_failed'), detail: problemText(t, result.problem) });
    return;
  }
  await readListsAgain(queryClient);
  const title =
    made.length === 1 ? t('act.undone', { ip: only.ip }) : t('act.undone_n', { count: made.length });
  toasts.show({ tone: 'ok', title, detail: t('act.undo_of_ban') });
}
