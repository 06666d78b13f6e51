/** A row for each run of a job that did something, took long, or failed. */
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Database } from '../db/schema.ts';

export type RunState = 'completed' | 'failed' | 'aborted';

export interface Runs {
  /** Answers the id of a row that says `running`. */
  begin(job: string, startedAt: number): Promise<number>;
  /** Closes the row, or writes one when there is none yet. */
  end(run: EndedRun): Promise<void>;
  /** Closes what an instance that is no more left as `running`. Answers how many. */
  closeLeftOvers(): Promise<number>;
  /** Removes rows of runs that started before `before` (ms). Answers how many. */
  prune(before: number): Promise<number>;
}

interface EndedRun {
  id: number | null;
  job: string;
  startedAt: number;
  state: RunState;
  counts: Readonly<Record<string, number>>;
  error: string | null;
}

export function createRuns({ db, holder, now }: { db: Kysely<Database>; holder: string; now: Clock }): Runs {
  return {
    async begin(job, startedAt) {
      const row = await db
        .insertInto('job_runs')
        .values({
          job,
          holder,
          state: 'running',
          started_at: startedAt,
          ended_at: null,
          counts: '{}',
          error: null,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return Number(row.id);
    },
    async end({ id, job, startedAt, state, counts, error }) {
      const outcome = { state, ended_at: now(), counts: JSON.stringify(counts), error };
      if (id === null) {
        await db
          .insertInto('job_runs')
          .values({ job, holder, started_at: startedAt, ...outcome })
          .execute();
      } else {
        await db.updateTable('job_runs').set(outcome).where('id', '=', id).execute();
      }
    },
    async closeLeftOvers() {
      const { numUpdatedRows } = await db
        .updateTable('job_runs')
        .set({ state: 'aborted', ended_at: now(), error: 'BanGUI ended during this run.' })
        .where('state', '=', 'running')
        .where('holder', '!=', holder)
        .executeTakeFirst();
      return Number(numUpdatedRows);
    },
    async prune(before) {
      const { numDeletedRows } = await db
        .deleteFrom('job_runs')
        .where('started_at', '<', before)
        .where('state', '!=', 'running')
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}
