/** Lets those who measure follow each run of each job. */
import type { Job } from './job.ts';
import type { Scheduler } from './scheduler.ts';

/** Answers `run` with something around it. */
export type WatchRun = (job: string, run: Job['run']) => Job['run'];

/** The scheduler, with every job added from here on watched. */
export function watchRuns(scheduler: Scheduler, watchers: readonly WatchRun[]): Scheduler {
  return {
    ...scheduler,
    add(job) {
      const bare: Job['run'] = (tools) => job.run(tools);
      scheduler.add({ ...job, run: watchers.reduce((run, watch) => watch(job.name, run), bare) });
    },
  };
}
