/** A migrated database of a test's own, in a folder that is gone afterwards. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { migrate } from '../src/platform/db/migrate.ts';
import { openDatabase } from '../src/platform/db/open.ts';
import type { Database } from '../src/platform/db/schema.ts';

export interface TemporaryDatabase {
  db: Kysely<Database>;
  /** The file, so that a second connection can be opened. */
  path: string;
  close(): Promise<void>;
}

export async function temporaryDatabase(): Promise<TemporaryDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'bangui-db-'));
  const database = await openDatabase({ path: join(folder, 'bangui.db'), log: silentLog, now: systemClock });
  await migrate({ database, log: silentLog, now: systemClock });
  return {
    db: database.db,
    path: database.path,
    async close() {
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
}
