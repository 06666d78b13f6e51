/** Makes the files what they were before a change, and the daemon with them. */
import { AppError } from '../../base/errors.ts';
import { bytesOf } from './file-now.ts';
import type { JournalFile, Plan } from './journal.ts';
import { look, runningJails, takeUp, type TakeUpDeps } from './take-up.ts';
import { writeFile } from './write-file.ts';

export interface PutBackEnd {
  ok: boolean;
  said: string;
}

/** `plan`: what the change did, or was about to do, to the daemon; null when it did nothing. Never throws AppError. */
export async function putBack(
  deps: TakeUpDeps,
  files: readonly JournalFile[],
  plan: Plan | null,
): Promise<PutBackEnd> {
  for (const { file, before } of files.toReversed()) {
    const content = before === null ? null : { bytes: bytesOf(before), rights: before };
    const failure = await said(() => writeFile(deps.configDir, file, content));
    if (typeof failure === 'string') return { ok: false, said: failure };
  }
  if (plan === null || plan.running === null) return { ok: true, said: 'The files are as before.' };
  const { running } = plan;
  const ended = await said(async () => {
    if ((await runningJails(deps.host)) === null)
      return {
        ok: true,
        said: 'The files are as before; fail2ban does not run and reads them when it starts.',
      };
    const back = inverse(plan, running);
    const taken = await takeUp(deps, back);
    // Whether a jail runs counts; what it says of itself it said before as well.
    const seen = await look(deps, back, { errors: async () => [], readable: false });
    if (seen.ok) return { ok: true, said: 'The files are as before, and so are the jails.' };
    const why = taken.ok ? seen.said : `${seen.said} ${taken.said}`;
    return { ok: false, said: `The files are as before, the jails are not: ${why}` };
  });
  return typeof ended === 'string' ? { ok: false, said: `The files are as before. ${ended}` } : ended;
}

/** A jail that did not run before is stopped: a reload does not take it away. */
function inverse(plan: Plan, running: NonNullable<Plan['running']>): Plan {
  const ran = (jail: (typeof running)[number]): boolean => running.includes(jail);
  const again = plan.starts.filter(ran);
  return {
    starts: plan.stops.filter(ran),
    reloads: [...plan.reloads, ...again],
    restarts: [...plan.restarts, ...again],
    stops: plan.starts.filter((jail) => !ran(jail)),
    running,
    whole: plan.whole,
  };
}

/** What it answers, or the sentence of the AppError that it throws. */
async function said<T>(work: () => Promise<T>): Promise<T | string> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}
