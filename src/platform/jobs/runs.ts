/** A row for each run of a job that did something, took long, or failed. */
import type { Clock } from '../../base/clock.ts';
import type { Fence } from '../lock/fence.ts';

export type RunState = 'completed' | 'failed' | 'aborted';

/** Each throws LockLost, and writes nothing, once another instance runs the jobs. */
export interface Runs {
  /** Answers the id of a row that says `running`. */
  begin(fence: Fence, run: { job: string; startedAt: number }): Promise<number>;
  /** Closes the row, or writes one when there is none yet. */
  end(fence: Fence, run: EndedRun): Promise<void>;
  /** Closes what an earlier holder left as `running`, this instance included. Answers how many. */
  closeLeftOvers(fence: Fence): Promise<number>;
  /** Removes rows of runs that started before `before` (ms). Answers how many. */
  prune(fence: Fence, before: number): Promise<number>;
}

interface EndedRun {
  id: number | null;
  job: string;
  startedAt: number;
  state: RunState;
  counts: Readonly<Record<string, number>>;
  error: string | null;
}

export function createRuns({ holder, now }: { holder: string; now: Clock }): Runs {
  return {
    async begin(fence, { job, startedAt }) {
      const started = { job, holder, started_at: startedAt, fence: fence.token };
      const row = await fence.write((transaction) =>
        transaction
          .insertInto('job_runs')
          .values({ ...started, state: 'running', ended_at: null, counts: '{}', error: null })
          .returning('id')
          .executeTakeFirstOrThrow(),
      );
      return Number(row.id);
    },
    async end(fence, { id, job, startedAt, state, counts, error }) {
      const outcome = { state, ended_at: now(), counts: JSON.stringify(counts), error };
      await fence.write(async (transaction) => {
        if (id === null) {
          await transaction
            .insertInto('job_runs')
            .values({ job, holder, started_at: startedAt, fence: fence.token, ...outcome })
            .execute();
        } else {
          await transaction.updateTable('job_runs').set(outcome).where('id', '=', id).execute();
        }
      });
    },
    async closeLeftOvers(fence) {
      const { numUpdatedRows } = await fence.write((transaction) =>
        transaction
          .updateTable('job_runs')
          .set({
            state: 'aborted',
            ended_at: now(),
            error: 'BanGUI ended, or lost its lock, during this run.',
          })
          .where('state', '=', 'running')
          .where('fence', '<', fence.token)
          .executeTakeFirst(),
      );
      return Number(numUpdatedRows);
    },
    async prune(fence, before) {
      const { numDeletedRows } = await fence.write((transaction) =>
        transaction
          .deleteFrom('job_runs')
          .where('started_at', '<', before)
          .where('state', '!=', 'running')
          .executeTakeFirst(),
      );
      return Number(numDeletedRows);
    },
  };
}
