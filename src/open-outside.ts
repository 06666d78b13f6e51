/** Opens what lies outside this process, in order: geo data, the practice fail2ban, the database, Redis, the lock. */
import type { Redis } from 'ioredis';
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { Closers } from './closers.ts';
import type { ReadConfig } from './config.ts';
import { openPractice, type OpenPractice } from './host/practice/open-practice.ts';
import { connectRedis } from './platform/connect-redis.ts';
import { migrate } from './platform/db/migrate.ts';
import { databaseAt, openDatabase, type OpenDatabase } from './platform/db/open.ts';
import { openGeo, type Geo } from './platform/geo/geo.ts';
import type { SchedulerLock } from './platform/lock/lock.ts';
import { openLock } from './platform/lock/open-lock.ts';

interface OutsideDeps extends Pick<ReadConfig, 'config' | 'configured'> {
  log: Log;
  now: Clock;
  /** What is opened is put here, also when a later part fails. */
  closers: Closers;
}

export interface Outside {
  /** Still being read; see `ready`. */
  geo: Geo;
  practice: Pick<OpenPractice, 'socketPath' | 'configDir' | 'startCommand'> | null;
  /** Migrated. */
  database: OpenDatabase;
  redis: Redis | null;
  /** Null on the embedded database. */
  postgresUrl: string | null;
  /** Started: held, or standing by. */
  lock: SchedulerLock;
}

/** Throws StartError when one of them cannot be had. */
export async function openOutside({ config, configured, log, now, closers }: OutsideDeps): Promise<Outside> {
  const geo = openGeo({
    files: { country: config.geoipCountryDb, network: config.geoipAsnDb, city: config.geoipCityDb },
    log,
  });
  closers.add('geo', geo.close);
  const practice = await openPractice({
    setting: config.practice,
    socketConfigured: configured.has('fail2banSocket'),
    socketPath: config.fail2banSocket,
    databasePath: config.databasePath,
    log,
  });
  if (practice !== null) closers.add('practice', practice.stop);
  const at = practice === null ? databaseAt(config) : { path: practice.databasePath };
  const database = await openDatabase({ ...at, log, now });
  closers.add('database', database.close);
  await migrate({ database, log, now });
  const { db, dialect } = database;

  const redis = await connectRedis({ url: config.redisUrl, log });
  closers.add('redis', async () => redis?.disconnect());
  const postgresUrl = dialect === 'postgres' ? config.databaseUrl : null;

  const lock = await openLock({ db, dialect, redis, postgresUrl, log, now });
  closers.add('scheduler_lock', async () => {
    const held = await lock.release();
    log.info('scheduler_lock_released', { held });
  });
  await lock.start(config.schedulerLockMode);
  return { geo, practice, database, redis, postgresUrl, lock };
}
