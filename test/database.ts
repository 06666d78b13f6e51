/** A migrated database of a test's own, of the kind the run is on, gone afterwards. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { migrate } from '../src/platform/db/migrate.ts';
import { openDatabase, type DatabaseAt } from '../src/platform/db/open.ts';
import type { Database } from '../src/platform/db/schema.ts';
import { createFence, type Fence } from '../src/platform/lock/fence.ts';
import { databaseOf, dropDatabaseOf, onPostgres } from './servers/test-databases.ts';

export interface TemporaryDatabase {
  db: Kysely<Database>;
  /** So that a second connection can be opened. */
  at: DatabaseAt;
  /** The file, for tests that are about SQLite; empty on PostgreSQL. */
  path: string;
  /** To write as the holder of the scheduler lock that has taken it so many times. */
  fence(token?: number): Fence;
  close(): Promise<void>;
}

export async function temporaryDatabase(): Promise<TemporaryDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'bangui-db-'));
  const at = onPostgres()
    ? { url: await databaseOf(folder, { migrated: true }) }
    : { path: join(folder, 'bangui.db') };
  const database = await openDatabase({ ...at, log: silentLog, now: systemClock });
  await migrate({ database, log: silentLog, now: systemClock });
  return {
    db: database.db,
    at,
    path: database.path ?? '',
    fence: (token = 0) => createFence({ db: database.db, dialect: database.dialect, token }),
    async close() {
      await database.close();
      if (onPostgres()) await dropDatabaseOf(folder);
      await rm(folder, { recursive: true });
    },
  };
}
