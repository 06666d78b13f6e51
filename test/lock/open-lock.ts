/** A scheduler lock of any kind, with its own connections to the database and the servers it needs, for tests. */
import type { Kysely } from 'kysely';
import { systemClock, type Clock } from '../../src/base/clock.ts';
import { silentLog, type Log } from '../../src/base/log.ts';
import { migrate } from '../../src/platform/db/migrate.ts';
import { openDatabase, type DatabaseAt } from '../../src/platform/db/open.ts';
import type { Database } from '../../src/platform/db/schema.ts';
import type { Gate, LockTimes, SchedulerLock } from '../../src/platform/lock/lock.ts';
import { openLock } from '../../src/platform/lock/open-lock.ts';
import type { ProcessIdentity } from '../../src/platform/lock/process-identity.ts';
import { openRedis } from '../../src/platform/redis.ts';

/** As data, so that a process of its own can be given it. */
export interface LockPlace {
  kind: Gate['kind'];
  at: DatabaseAt;
  /** For `redis`. */
  redisUrl?: string;
}

export interface OpenLock {
  lock: SchedulerLock;
  db: Kysely<Database>;
  close(): Promise<void>;
}

interface LockOptions {
  times?: Partial<LockTimes>;
  log?: Log;
  now?: Clock;
  own?: ProcessIdentity;
}

export async function migrated(at: DatabaseAt): Promise<DatabaseAt> {
  const database = await openDatabase({ ...at, log: silentLog, now: systemClock });
  await migrate({ database, log: silentLog, now: systemClock });
  await database.close();
  return at;
}

export async function lockAt(
  { kind, at, redisUrl = '' }: LockPlace,
  { log = silentLog, now = systemClock, ...options }: LockOptions = {},
): Promise<OpenLock> {
  const { db, dialect, close } = await openDatabase({ ...at, log, now });
  const redis = kind === 'redis' ? openRedis({ url: redisUrl, log }) : null;
  const postgresUrl = kind === 'postgres' && 'url' in at ? at.url : null;
  const lock = await openLock({ ...options, db, dialect, redis, postgresUrl, log, now });
  return {
    lock,
    db,
    async close() {
      try {
        await lock.release();
      } finally {
        redis?.disconnect();
        await close();
      }
    },
  };
}
