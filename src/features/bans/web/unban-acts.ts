/** Unbanning: one, selected, everywhere, all. An undo bans again for the time that was left. */
import { formatCount } from '../../../ui/numbers.ts';
import { problemText } from '../../../ui/problem-note.tsx';
import type * as contract from '../contract.ts';
import { dropAttempts, putAttempts, type Attempt } from './attempts.ts';
import { readListsAgain, type ActDeps } from './ban-acts.ts';
import type { ActiveBan } from './bans-query.ts';

/** Ends these bans, each in its jail. */
export async function unbanRows(deps: ActDeps, rows: readonly ActiveBan[]): Promise<void> {
  const { caller, queryClient } = deps;
  const attempts = rows.map(toAttempt);
  putAttempts(queryClient, attempts);
  let released = 0;
  const done: ActiveBan[] = [];
  let problem: string | null = null;
  for (const [jail, bans] of Map.groupBy(rows, (row) => row.jail)) {
    const result = await caller.call<typeof contract.unban>('DELETE /api/v1/bans', {
      body: { ips: bans.map((row) => row.ip), jail },
    });
    if (result.ok) {
      released += result.value.released;
      done.push(...bans);
      continue;
    }
    const detail = problemText(deps.t, result.problem);
    problem = detail;
    putAttempts(
      queryClient,
      bans.map((row) => ({ ...toAttempt(row), state: 'failed', detail })),
    );
  }
  await readListsAgain(queryClient);
  dropAttempts(queryClient, done);
  tell(deps, { rows, done, released, problem });
}

/** Ends every ban of one address; `held` are the rows it had, for the undo. */
export async function unbanEverywhere(deps: ActDeps, ip: string, held: readonly ActiveBan[]): Promise<void> {
  const { caller, queryClient, toasts, t } = deps;
  putAttempts(queryClient, held.map(toAttempt));
  const result = await caller.call<typeof contract.unban>('DELETE /api/v1/bans', { body: { ips: [ip] } });
  if (!result.ok) {
    const detail = problemText(t, result.problem);
    putAttempts(
      queryClient,
      held.map((row) => ({ ...toAttempt(row), state: 'failed', detail })),
    );
    toasts.show({ tone: 'bad', title: t('act.not_unbanned'), detail });
    return;
  }
  await readListsAgain(queryClient);
  dropAttempts(queryClient, held);
  const { released } = result.value;
  toasts.show({
    tone: released === 0 ? 'warn' : 'ok',
    title: released === 0 ? t('act.was_free', { ip }) : t('act.unbanned_everywhere', { ip }),
    detail: t('act.released', { count: released, n: released }),
    ...(held.length === 0 || released === 0 ? {} : { undo: () => void banAgain(deps, held) }),
  });
}

/** Ends the bans of an address, or of all inside a network, in these jails. */
export async function unbanInJails(deps: ActDeps, entry: string, jails: readonly string[]): Promise<void> {
  const { caller, queryClient, toasts, t } = deps;
  let released = 0;
  for (const jail of jails) {
    const result = await caller.call<typeof contract.unban>('DELETE /api/v1/bans', {
      body: { ips: [entry], jail },
    });
    if (!result.ok) {
      toasts.show({ tone: 'bad', title: t('act.not_unbanned'), detail: problemText(t, result.problem) });
      break;
    }
    released += result.value.released;
  }
  await readListsAgain(queryClient);
  if (released > 0) {
    toasts.show({ tone: 'ok', title: t('act.released', { count: released, n: formatCount(released) }) });
  }
}

interface Outcome {
  rows: readonly ActiveBan[];
  done: readonly ActiveBan[];
  released: number;
  problem: string | null;
}

function tell(deps: ActDeps, { rows, done, released, problem }: Outcome): void {
  const { toasts, t } = deps;
  if (done.length === 0) {
    toasts.show({ tone: 'bad', title: t('act.not_unbanned'), detail: problem });
    return;
  }
  const [only] = rows;
  const single = rows.length === 1 && only !== undefined;
  const title = !single
    ? t('act.unbanned_n', { n: released, count: rows.length })
    : released === 0
      ? t('act.was_free', { ip: only.ip })
      : t('act.unbanned', { ip: only.ip, jail: only.jail });
  toasts.show({
    tone: released < rows.length ? 'warn' : 'ok',
    title,
    ...(problem === null ? {} : { detail: problem }),
    ...(released === 0 ? {} : { undo: () => void banAgain(deps, done) }),
  });
}

/** The remaining time counts from the undo on: an end already passed is not banned again. */
async function banAgain(deps: ActDeps, rows: readonly ActiveBan[]): Promise<void> {
  const { caller, queryClient, toasts, t, times, say } = deps;
  const now = Date.now();
  const left = (row: ActiveBan): number =>
    row.expires_at === null ? -1 : Math.floor((Date.parse(row.expires_at) - now) / 1000);
  const open = rows.filter((row) => row.expires_at === null || left(row) >= 1);
  const groups = Map.groupBy(open, (row) => JSON.stringify([row.jail, left(row), row.reason]));
  let end: string | null = null;
  for (const bans of groups.values()) {
    const [first] = bans;
    if (first === undefined) continue;
    const body = {
      ips: bans.map((row) => row.ip),
      jail: first.jail,
      // it was banned a moment ago: the guard has nothing new to say
      force: true,
      ...(first.reason === null ? {} : { reason: first.reason }),
    };
    let result = await caller.call<typeof contract.ban>('POST /api/v1/bans', {
      body: { ...body, duration: left(first) },
    });
    // a ban that grew beyond the jail's own time cannot be made that long by hand
    if (!result.ok && result.problem.status === 422) {
      result = await caller.call<typeof contract.ban>('POST /api/v1/bans', { body });
    }
    if (!result.ok) {
      toasts.show({ tone: 'bad', title: t('act.undo_failed'), detail: problemText(t, result.problem) });
      return;
    }
    const missed = result.value.results.find(
      (each) => each.outcome === 'refused' || each.outcome === 'failed',
    );
    if (missed !== undefined) {
      toasts.show({
        tone: 'bad',
        title: t('act.undo_failed'),
        detail: `${missed.ip}: ${missed.detail ?? ''}`,
      });
      return;
    }
    end = result.value.results[0]?.expires_at ?? null;
  }
  await readListsAgain(queryClient);
  const [row] = open;
  if (row === undefined) return;
  const wanted = row.expires_at === null ? null : Date.parse(row.expires_at);
  const short = end !== null && (wanted === null || Date.parse(end) < wanted - 60_000);
  const title = short
    ? t('act.again_short', { time: times.moment(Date.parse(end ?? ''), now) })
    : wanted === null
      ? t('act.again_permanent')
      : t('act.again', { left: say(left(row)) });
  const detail =
    open.length === 1 ? t('act.undo_of', { ip: row.ip }) : t('act.undo_of_n', { count: open.length });
  toasts.show({ tone: short ? 'warn' : 'ok', title, detail });
}

const toAttempt = (row: ActiveBan): Attempt => ({
  act: 'unban',
  state: 'pending',
  ip: row.ip,
  jail: row.jail,
  at: Date.now(),
  detail: null,
  input: null,
});
