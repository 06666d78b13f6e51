/** The jobs that keep the house in order, whatever features there are. */
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Database } from '../db/schema.ts';
import type { Fence } from '../lock/fence.ts';
import type { Job } from './job.ts';

interface HousekeepingDeps {
  /** Each answers how many it removed. */
  cleanSessions: (db: Kysely<Database>) => Promise<number>;
  sweepLimits: () => Promise<number>;
  pruneRuns: (fence: Fence, before: number) => Promise<number>;
  pruneRevisions: (fence: Fence, before: number) => Promise<number>;
  /** ms. */
  revisionsKept: number;
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
  pruneRevisions,
  revisionsKept,
  probeHost,
  now,
}: HousekeepingDeps): Job[] {
  return [
    {
      name: 'session_cleanup',
      everyMs: 600 * second,
      run: async ({ fence }) => ({ removed: await fence.write(cleanSessions) }),
    },
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
      run: async ({ fence }) => ({ removed: await pruneRuns(fence, now() - runsKeptMs) }),
    },
    {
      name: 'config_revisions_cleanup',
      everyMs: day,
      run: async ({ fence }) => ({ removed: await pruneRevisions(fence, now() - revisionsKept) }),
    },
  ];
}
