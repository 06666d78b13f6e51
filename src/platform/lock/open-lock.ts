/** The scheduler lock in the strongest kind that the settings allow. */
import type { Redis } from 'ioredis';
import type { LockDeps } from './hold-lock.ts';
import type { SchedulerLock } from './lock.ts';
import { createPostgresLock } from './postgres-lock.ts';
import { createRedisLock } from './redis-lock.ts';
import { createSqliteLock } from './sqlite-lock.ts';

interface OpenLockDeps extends Omit<LockDeps, 'times' | 'own'> {
  /** Of the PostgreSQL database that `db` is; null for SQLite. */
  databaseUrl: string | null;
  /** Null when none is set. */
  redis: Redis | null;
}

/** Redis when there is one, else PostgreSQL when the database is one, else a row in SQLite. */
export function openLock({ databaseUrl, redis, ...deps }: OpenLockDeps): SchedulerLock {
  if (redis !== null) return createRedisLock({ ...deps, redis });
  return databaseUrl === null ? createSqliteLock(deps) : createPostgresLock({ ...deps, databaseUrl });
}
