/** Backup and restore of a database in PostgreSQL: the same file as from the embedded one, made and read by rows. */
import { sql, type Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { StartError } from '../../base/start-error.ts';
import { judgeHolder } from '../lock/judge-holder.ts';
import { transient } from './backup-file.ts';
import { batchesAfter, insertRows, sumOf } from './copy-rows.ts';
import { empty, setIdentities } from './copy.ts';
import { rebuildSearch } from './history-search.ts';
import { migrate, migrations, readVersion } from './migrate.ts';
import { openSqlite } from './open-sqlite.ts';
import type { OpenDatabase } from './open.ts';
import type { Database } from './schema.ts';
import { readTables, type Table } from './tables.ts';

/** The schema version that brought the history and its search index. */
const searchedSince = 4;

/** Writes one moment's contents of the server's database into the empty file, while BanGUI runs. */
export async function copyPostgres(from: OpenDatabase, file: string, now: Clock): Promise<void> {
  if (!(await isOurs(from))) {
    throw new StartError('no_database', `There is nothing of BanGUI in the database. ${from.place}`);
  }
  const version = await readVersion(from.db);
  if (version > migrations.length) {
    throw new StartError(
      'database_from_newer_version',
      `The database is at schema version ${version}, this BanGUI knows versions up to ${migrations.length}. ` +
        `Make the backup with the newer BanGUI. ${from.place}`,
    );
  }
  const to = openSqlite({ path: file, log: silentLog });
  try {
    await migrate({ database: to, log: silentLog, now, list: migrations.slice(0, version) });
    const tables = (await readTables(to)).filter(({ name }) => !transient.includes(name));
    // What migrations put there themselves comes with the copy.
    await empty(to, tables);
    await inSnapshot(from, async (db) => {
      for (const table of tables) {
        for await (const rows of batchesAfter({ ...from, db }, table, null))
          await insertRows(to, table, rows);
      }
    });
    if (version >= searchedSince) await rebuildSearch(to.db);
  } finally {
    await to.close();
  }
}

/** Everything is read as it was when the first statement began. */
async function inSnapshot(from: OpenDatabase, work: (db: Kysely<Database>) => Promise<void>): Promise<void> {
  await from.db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work);
}

interface RestoreOptions {
  /** A backup that was checked, made a plain database at our schema version. */
  from: OpenDatabase;
  to: OpenDatabase;
  now: Clock;
}

/** One transaction: all rows are replaced, or none. Throws StartError when the rows differ in the end. */
export async function restorePostgres({ from, to, now }: RestoreOptions): Promise<void> {
  await migrate({ database: to, log: silentLog, now });
  // The server's own fence goes on growing: a holder that it has fenced off stays so.
  const kept = ['schema_migrations', 'scheduler_fence'];
  const tables = (await readTables(to)).filter(({ name }) => !kept.includes(name));
  const { token } = await from.db.selectFrom('scheduler_fence').select('token').executeTakeFirstOrThrow();
  const copied = tables.filter(({ name }) => !transient.includes(name));
  await to.db.transaction().execute(async (db) => {
    await sql`SET LOCAL statement_timeout = 0`.execute(db);
    const target = { ...to, db };
    await empty(target, tables);
    for (const table of copied) {
      for await (const rows of batchesAfter(from, table, null)) await insertRows(target, table, rows);
    }
    for (const table of copied) await assertSame(from, target, table);
    await setIdentities(target, tables);
    await db.updateTable('scheduler_fence').set({ token }).where('token', '<', token).execute();
  });
}

async function assertSame(from: OpenDatabase, to: OpenDatabase, table: Table): Promise<void> {
  const [ours, theirs] = [await sumOf(from, table), await sumOf(to, table)];
  if (ours.rows === theirs.rows && ours.checksum === theirs.checksum) return;
  const message = `Nothing was restored: table ${table.name} came out different. ${to.place}`;
  throw new StartError('restore_failed', message);
}

/** False for a database that no BanGUI has started on yet. */
export async function isOurs(database: OpenDatabase): Promise<boolean> {
  return (await readTables(database)).some(({ name }) => name === 'schema_migrations');
}

/** Call it first: it takes every other connection of a BanGUI for an instance. Throws StartError `database_in_use`. */
export async function refuseInUse(database: OpenDatabase, now: Clock): Promise<void> {
  const { db, place } = database;
  const { rows } = await sql<{ pid: number; address: string | null }>`
    SELECT pid, host(client_addr) AS address FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'bangui%' AND pid <> pg_backend_pid()`.execute(
    db,
  );
  const [other] = rows;
  const ours = await isOurs(database);
  const row = ours ? await db.selectFrom('scheduler_lock').selectAll().executeTakeFirst() : undefined;
  const holder = row === undefined ? null : judgeHolder({ ...row }, now());
  const who =
    holder?.state === 'alive'
      ? `process ${holder.pid} on ${holder.hostname} works with it`
      : other === undefined
        ? null
        : `a BanGUI is connected from ${other.address ?? 'this machine'}`;
  if (who === null) return;
  throw new StartError(
    'database_in_use',
    `The database is in use: ${who}. End every BanGUI first; a restore replaces the data under it. ${place}`,
  );
}
