/** The background job of lists: queues what is due, runs what is queued one after the other, and keeps fail2ban equal. */
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Job } from '../../platform/jobs/job.ts';
import { closeLeftOvers, forgetLost, pruneRuns, queueDue } from './due-runs.ts';
import type { DueDeps } from './due.ts';
import { runOne, type RunDeps } from './run-one.ts';
import { queueRun, type RunRow } from './run-rows.ts';
import { sweepFolder } from './sweep.ts';

interface ImportJobDeps extends RunDeps, DueDeps {
  log: Log;
  now: Clock;
}

/** How soon a run is found that another instance queued, ms. */
const lookEveryMs = 3_000;
/** How often it is looked whether fail2ban enforces what it should, ms; and how soon after a failure. */
const equalEveryMs = 60_000;
const equalAgainMs = 10 * 60_000;
const cleanEveryMs = 86_400_000;

export const importJobName = 'blocklist_import';

export function importJob(deps: ImportJobDeps): Job {
  const { db, hostId, enforcer, isEnforced, now, log } = deps;
  let cleanAt = 0;
  let lookAt = 0;

  /** Whether fail2ban, restarted perhaps, enforces other lists than it should; asked seldom. */
  const isUnequal = async (): Promise<boolean> => {
    if (now() < lookAt || !(await isEnforced())) return false;
    lookAt = now() + equalEveryMs;
    return !(await enforcer.isEqual());
  };

  return {
    name: importJobName,
    everyMs: lookEveryMs,
    async run(tools) {
      const leftOver = await closeLeftOvers(deps, tools.fence);
      if (leftOver > 0) log.warn('blocklist_runs_left_over', { aborted: leftOver });
      if (now() >= cleanAt) {
        cleanAt = now() + cleanEveryMs;
        await sweepFolder(deps);
        await pruneRuns(deps, tools.fence);
      }
      const counts = { completed: 0, unchanged: 0, held: 0, failed: 0, aborted: 0 };
      const runQueued = async (): Promise<void> => {
        while (!tools.ending.aborted && !tools.signal.aborted) {
          const next = await nextQueued(db, hostId);
          if (next === undefined) return;
          const state = await runOne(deps, next, tools);
          if (state !== null) counts[state] += 1;
          await sweepFolder(deps);
        }
      };
      if (await isEnforced()) {
        if (now() >= lookAt) await forgetLost(deps, tools.fence);
        await queueDue(deps, tools.fence);
      }
      await runQueued();
      if (tools.ending.aborted || !(await isUnequal())) return counts;
      lookAt = now() + equalAgainMs;
      await queueRun(db, { hostId, source: null, cause: 'enforcement', actor: null, at: now() });
      await runQueued();
      if (counts.failed === 0) lookAt = now() + equalEveryMs;
      return counts;
    },
  };
}

const nextQueued = (db: Kysely<Database>, hostId: string): Promise<RunRow | undefined> =>
  db
    .selectFrom('blocklist_runs')
    .where('host_id', '=', hostId)
    .where('state', '=', 'queued')
    .selectAll()
    .orderBy('id')
    .executeTakeFirst();
