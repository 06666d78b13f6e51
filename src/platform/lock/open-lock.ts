/** The scheduler lock that fits what is configured: Redis, else PostgreSQL, else the row of the embedded database. */
import type { Redis } from 'ioredis';
import type { LockDeps } from './hold-lock.ts';
import type { SchedulerLock } from './lock.ts';
import { createSqliteLock } from './sqlite-lock.ts';

interface OpenLockDeps extends LockDeps {
  redis: Redis | null;
  postgresUrl: string | null;
}

/** Loads what it uses only: an installation with the embedded database starts sooner. */
export async function openLock({ redis, postgresUrl, ...deps }: OpenLockDeps): Promise<SchedulerLock> {
  if (redis !== null) {
    const { createRedisLock } = await import('./redis-lock.ts');
    return createRedisLock({ ...deps, redis });
  }
  if (postgresUrl !== null) {
    const { createPostgresLock } = await import('./postgres-lock.ts');
    return createPostgresLock({ ...deps, databaseUrl: postgresUrl });
  }
  return createSqliteLock(deps);
}
