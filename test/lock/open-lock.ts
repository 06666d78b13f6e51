/** A scheduler lock of any kind, with the database and the servers it needs, for tests. */
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { systemClock, type Clock } from '../../src/base/clock.ts';
import { silentLog, type Log } from '../../src/base/log.ts';
import { migrations } from '../../src/platform/db/migrate.ts';
import { openDatabase } from '../../src/platform/db/open.ts';
import type { Database } from '../../src/platform/db/schema.ts';
import type { LockTimes, SchedulerLock } from '../../src/platform/lock/lock.ts';
import { createPostgresLock } from '../../src/platform/lock/postgres-lock.ts';
import type { ProcessIdentity } from '../../src/platform/lock/process-identity.ts';
import { createRedisLock } from '../../src/platform/lock/redis-lock.ts';
import { createSqliteLock } from '../../src/platform/lock/sqlite-lock.ts';
import { openRedis } from '../../src/platform/redis.ts';

/** Where it lives: JSON, so that a process of its own can be given it. */
export interface LockPlace {
  kind: 'sqlite' | 'postgres' | 'redis';
  /** Of a migrated SQLite database. */
  file?: string;
  /** Of a migrated PostgreSQL database. */
  databaseUrl?: string;
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

export function openPostgres(databaseUrl: string): Kysely<Database> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });
  pool.on('error', () => {});
  // A session that the server ends inside a transaction is no idle one: unheard, its error would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}

export async function migratePostgres(databaseUrl: string): Promise<void> {
  const db = openPostgres(databaseUrl);
  for (const migration of migrations) await migration.up(db, 'postgres');
  await db.destroy();
}

export async function openLock(
  { kind, file = '', databaseUrl = '', redisUrl = '' }: LockPlace,
  { times = {}, log = silentLog, now = systemClock, own }: LockOptions = {},
): Promise<OpenLock> {
  const common = { log, now, times, ...(own === undefined ? {} : { own }) };
  if (kind === 'sqlite') {
    const { db, close } = await openDatabase({ path: file, log, now });
    const lock = createSqliteLock({ ...common, db });
    return { lock, db, close: () => lock.release().then(close, close) };
  }
  const db = openPostgres(databaseUrl);
  if (kind === 'postgres') {
    const lock = createPostgresLock({ ...common, db, databaseUrl });
    const close = () => db.destroy();
    return { lock, db, close: () => lock.release().then(close, close) };
  }
  const redis = openRedis({ url: redisUrl, log });
  const lock = createRedisLock({ ...common, db, dialect: 'postgres', redis });
  const close = async (): Promise<void> => {
    redis.disconnect();
    await db.destroy();
  };
  return { lock, db, close: () => lock.release().then(close, close) };
}
