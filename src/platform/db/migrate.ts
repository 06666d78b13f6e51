/** Brings the database to the newest schema: numbered steps, each with its version row in one transaction. */
import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { sql, type Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { StartError } from '../../base/start-error.ts';
import { compareBytewise } from './collation.ts';
import { refuseUnfinishedCopy } from './copy-mark.ts';
import { describeDatabaseFailure, reasonOf } from './failure.ts';
import { inTurn, type Turn } from './migration-turn.ts';
import * as start from './migrations/0001-start.ts';
import * as fencing from './migrations/0002-fencing.ts';
import * as sharedLimits from './migrations/0003-shared-limits.ts';
import * as history from './migrations/0004-history.ts';
import * as configuration from './migrations/0005-configuration.ts';
import * as blocklists from './migrations/0006-blocklists.ts';
import * as narrowSums from './migrations/0007-narrow-sums.ts';
import * as addressIndex from './migrations/0008-address-index.ts';
import type { OpenDatabase } from './open.ts';
import type { Database } from './schema.ts';

export interface Migration {
  name: string;
  up(db: Kysely<Database>, dialect: 'sqlite' | 'postgres'): Promise<void>;
}

/** The place in the list is the version: the first is 1. Only ever append. */
export const migrations: readonly Migration[] = [
  start,
  fencing,
  sharedLimits,
  history,
  configuration,
  blocklists,
  narrowSums,
  addressIndex,
];

interface MigrateOptions {
  database: OpenDatabase;
  log: Log;
  now: Clock;
  /** Other than the real list in tests only. */
  list?: readonly Migration[];
  /** How long another process that migrates is waited for, ms. */
  patienceMs?: number;
  /** Also a database that holds half a copy: for the copy itself. */
  copying?: boolean;
}

/**
 * Applies what is missing and answers the version reached. A failure rolls back and throws StartError; the next
 * start tries the same step again. Throws StartError `database_from_newer_version` for a database of a later release.
 */
export async function migrate({
  database,
  log,
  now,
  list = migrations,
  patienceMs = 30_000,
  copying = false,
}: MigrateOptions) {
  try {
    if (!copying) await refuseUnfinishedCopy(database);
    await prepareVersions({ database, log, now, patienceMs });
    const before = await readVersion(database.db);
    refuseNewer(before, list.length);
    if (before > 0 && before < list.length) await backUp(database, before + 1, log);
    for (const [index, migration] of list.entries()) {
      if (index < before) continue;
      await apply({ database, migration, version: index + 1, log, now, patienceMs });
    }
    return Math.max(before, list.length);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const failure = describeDatabaseFailure(error);
    if (failure === null) throw error;
    throw new StartError(failure.code, `${failure.message} ${database.place}`, { cause: error });
  }
}

/** `MAX(version)` of `schema_migrations`; 0 for an empty database. */
export async function readVersion(db: Kysely<Database>): Promise<number> {
  const row = await db
    .selectFrom('schema_migrations')
    .select((eb) => eb.fn.max('version').as('version'))
    .executeTakeFirst();
  return row?.version ?? 0;
}

/** Every column but the version has a default: an operator may have to insert a row by hand. */
async function prepareVersions(turn: Turn): Promise<void> {
  const { db, dialect } = turn.database;
  const nowMs =
    dialect === 'sqlite'
      ? sql.raw("(CAST(strftime('%s', 'now') AS integer) * 1000)")
      : sql.raw('((extract(epoch from now()) * 1000)::bigint)');
  const create = sql`CREATE TABLE IF NOT EXISTS schema_migrations (
    version integer PRIMARY KEY, name text NOT NULL DEFAULT '', applied_at bigint NOT NULL DEFAULT ${nowMs})`;
  if (dialect === 'sqlite') await create.execute(db);
  // of two that create it at once, PostgreSQL fails one, whatever IF NOT EXISTS says
  else await inTurn(turn, async (connection) => void (await create.execute(connection)));
}

function refuseNewer(version: number, newest: number): void {
  if (version <= newest) return;
  throw new StartError(
    'database_from_newer_version',
    `The database is at schema version ${version}, this BanGUI knows versions up to ${newest}. ` +
      'Start the newer BanGUI again, or put the backup in place that it made before it migrated.',
  );
}

interface ApplyOptions {
  database: OpenDatabase;
  migration: Migration;
  version: number;
  log: Log;
  now: Clock;
  patienceMs: number;
}

async function apply({ database, migration, version, log, now, patienceMs }: ApplyOptions): Promise<void> {
  log.info('migrating_database_schema', { version, name: migration.name });
  let begun = false;
  try {
    await inTurn({ database, log, now, patienceMs }, async (connection) => {
      begun = true;
      // Another instance may have applied it while this one waited.
      if ((await readVersion(connection)) >= version) return;
      await migration.up(connection, database.dialect);
      if (database.dialect === 'postgres') await compareBytewise(connection);
      await connection
        .insertInto('schema_migrations')
        .values({ version, name: migration.name, applied_at: now() })
        .execute();
    });
  } catch (error) {
    if (!begun) throw error;
    const reason = describeDatabaseFailure(error)?.message ?? reasonOf(error);
    log.error('database_migration_failed', { version, name: migration.name, error });
    throw new StartError(
      'database_migration_failed',
      `Migration ${version} (${migration.name}) failed and was rolled back: ${reason} The next start tries it again. ` +
        database.place,
      { cause: error },
    );
  }
}

/**
 * One copy per version, beside the database: `bangui.db.before-migration-2`. Complete or absent, never half. A
 * database in PostgreSQL is no file of ours: its backup is made with the server's own tools.
 */
async function backUp({ db, path }: OpenDatabase, version: number, log: Log): Promise<void> {
  if (path === null) {
    log.warn('database_backup_is_yours', { version, hint: 'Before an update, make a backup with pg_dump.' });
    return;
  }
  const copy = `${path}.before-migration-${version}`;
  const partial = `${copy}.partial`;
  rmSync(partial, { force: true });
  closeSync(openSync(partial, 'wx', 0o600));
  await sql`VACUUM INTO ${partial}`.execute(db);
  renameSync(partial, copy);
  log.info('database_backed_up', { path: copy, version });
}
