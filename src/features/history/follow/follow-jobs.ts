/** The history's background jobs: each is a task of the writing thread. */
import type { Job, JobTools } from '../../../platform/jobs/job.ts';
import type { Counts, TaskName } from './messages.ts';

interface JobsDeps {
  run: (task: TaskName, tools: Pick<JobTools, 'signal' | 'ending'>) => Promise<Counts>;
}

const minute = 60_000;
const hour = 60 * minute;

export function historyJobs({ run }: JobsDeps): Job[] {
  const job = (name: string, everyMs: number, task: TaskName): Job => ({
    name,
    everyMs,
    run: ({ signal, ending }) => run(task, { signal, ending }),
  });
  return [
    /** Waits until everything fail2ban tells is in the history; at first contact that is all it remembers. */
    job('history_sync', minute, 'sync'),
    job('history_retention', hour, 'retention'),
    job('history_rollup', hour, 'rollup'),
    /** Gives old events the places of new country and network data. */
    job('geo_cache_resolution', hour, 'resolution'),
  ];
}
