/** The jobs that keep the house in order, whatever features there are. */
import type { Clock } from '../../base/clock.ts';
import type { Job } from './job.ts';

interface HousekeepingDeps {
  /** Each answers how many it removed. */
  cleanSessions: () => Promise<number>;
  sweepLimits: () => Promise<number>;
  pruneRuns: (before: number) => Promise<number>;
  probeHost: () => Promise<unknown>;
  now: Clock;
}

const second = 1_000;
const day = 86_400 * second;
const runsKeptMs = 30 * day;

export function housekeepingJobs({
  cleanSessions,
  sweepLimits,
  pruneRuns,
  probeHost,
  now,
}: HousekeepingDeps): Job[] {
  return [
    { name: 'session_cleanup', everyMs: 600 * second, run: async () => ({ removed: await cleanSessions() }) },
    {
      name: 'rate_limiter_cleanup',
      everyMs: 60 * second,
      // Forgetting clients is nothing that anybody looks up: no counts, no row.
      run: async () => {
        await sweepLimits();
        return {};
      },
    },
    {
      name: 'health_probe',
      everyMs: 30 * second,
      run: async () => {
        await probeHost();
        return {};
      },
    },
    {
      name: 'job_runs_cleanup',
      everyMs: day,
      run: async () => ({ removed: await pruneRuns(now() - runsKeptMs) }),
    },
  ];
}
