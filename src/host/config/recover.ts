/** Finishes or undoes what a process that was killed left half done. */
import type { Log } from '../../base/log.ts';
import { hashOfKept, isSame } from './apply-change.ts';
import { fileNow } from './file-now.ts';
import type { Journal, JournalFile, LeftChange, Plan } from './journal.ts';
import { putBack } from './put-back.ts';
import { createSteps } from './steps.ts';
import { look, markDaemonLog, runningJails, takeUp, type TakeUpDeps } from './take-up.ts';
import { clearDraft } from './write-file.ts';

export interface RecoverDeps extends TakeUpDeps {
  journal: Journal;
  log: Log;
}

/**
 * Finished when the new files are all there, the daemon takes them up and every jail runs; else the old ones are put
 * back. A file that is neither the old nor the new one was changed by somebody since, and is left to them.
 */
export async function recover(deps: RecoverDeps): Promise<void> {
  const left = await deps.journal.left();
  if (left === null) return;
  try {
    await settle(deps, left);
  } catch (error) {
    // Tried again later.
    left.abandon();
    throw error;
  }
}

async function settle(deps: RecoverDeps, left: LeftChange): Promise<void> {
  for (const { file } of left.files) await clearDraft(deps.configDir, file);
  const now = await Promise.all(left.files.map(({ file }) => fileNow(deps.configDir, file)));
  const holds = left.files.map(({ before, after }, index) => {
    const kept = now[index] ?? null;
    if (isSame({ before: kept, after })) return 'new' as const;
    return hashOfKept(kept) === hashOfKept(before) ? ('old' as const) : ('other' as const);
  });
  const steps = createSteps(() => {});
  const plan = left.plan === null ? null : await planNow(deps, left.plan);
  const untouched = plan === null || (left.at === 'write' && holds.every((one) => one === 'old'));
  const finished = !untouched && holds.every((one) => one === 'new') && (await finish(deps, plan));
  let ok = true;
  if (!untouched && !finished) {
    steps.begin('put_back');
    const mine = left.files.filter((_, index) => holds[index] !== 'other');
    const back = await putBack(deps, mine, plan);
    ok = back.ok;
    if (ok) steps.done(back.said);
    else steps.failed(back.said);
  }
  const result = finished ? 'finished' : ok ? 'undone' : 'broken';
  await left.end(result, steps.list());
  deps.log.warn('config_change_recovered', { ...summary(left, holds), result });
}

const summary = ({ revision, at, files }: LeftChange, holds: readonly string[]) => ({
  revision,
  step: at,
  files: files.map(({ file }: JournalFile, index) => `${file.path}: ${holds[index] ?? ''}`),
});

/** Jails that are not concerned and were stopped since need not run. */
async function planNow({ host }: RecoverDeps, plan: Plan): Promise<Plan> {
  const running = await runningJails(host);
  if (running === null || plan.running === null) return { ...plan, running: null };
  const touched = [...plan.starts, ...plan.reloads, ...plan.stops];
  return {
    ...plan,
    running: plan.running.filter((jail) => touched.includes(jail) || running.includes(jail)),
  };
}

async function finish(deps: RecoverDeps, plan: Plan): Promise<boolean> {
  // Nobody can say yet how the daemon does with it.
  if (plan.running === null) return false;
  const mark = await markDaemonLog(deps.host);
  const taken = await takeUp(deps, plan);
  return taken.ok && (await look(deps, plan, mark)).ok;
}
