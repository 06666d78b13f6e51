/** Set-up of the tests on PostgreSQL: one private server for all of them, with a migrated database to copy. */
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { migrate } from '../../src/platform/db/migrate.ts';
import { openDatabase } from '../../src/platform/db/open.ts';
import { startPostgres } from './postgres.ts';
import { serverVariable, templateName } from './test-databases.ts';

export async function setup(): Promise<() => Promise<void>> {
  const server = await startPostgres();
  const url = await server.database(templateName);
  const database = await openDatabase({ url, log: silentLog, now: systemClock });
  await migrate({ database, log: silentLog, now: systemClock });
  await database.close();
  // inherited by the processes that run the tests
  process.env[serverVariable] = url;
  return server.stop;
}
