/** One process at a time changes the schema: a transaction that waits for its turn, on either database. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql, type Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { describeDatabaseFailure } from './failure.ts';
import type { OpenDatabase } from './open.ts';
import type { Database } from './schema.ts';

export interface Turn {
  database: OpenDatabase;
  log: Log;
  now: Clock;
  /** How long another process that migrates is waited for, ms. */
  patienceMs: number;
}

/** Ours alone in the server: "bangui" as a number. */
const advisoryLock = 0x62616e677569;

/** Rolled back when `work` throws. Throws `database_locked` of `failure.ts` when the wait was in vain. */
export async function inTurn(
  { database, log, now, patienceMs }: Turn,
  work: (connection: Kysely<Database>) => Promise<void>,
): Promise<void> {
  if (database.dialect === 'postgres') {
    await database.db.transaction().execute(async (transaction) => {
      await sql.raw(`SET LOCAL lock_timeout = ${patienceMs}`).execute(transaction);
      await sql`SELECT pg_advisory_xact_lock(${advisoryLock})`.execute(transaction);
      await sql`SET LOCAL statement_timeout = 0`.execute(transaction);
      await work(transaction);
    });
    return;
  }
  await database.db.connection().execute(async (connection) => {
    await beginImmediate(connection, now() + patienceMs, now);
    try {
      await work(connection);
      await sql`COMMIT`.execute(connection);
    } catch (error) {
      await rollBack(connection, log);
      throw error;
    }
  });
}

async function beginImmediate(connection: Kysely<Database>, deadline: number, now: Clock): Promise<void> {
  for (;;) {
    try {
      await sql`BEGIN IMMEDIATE`.execute(connection);
      return;
    } catch (error) {
      if (describeDatabaseFailure(error)?.code !== 'database_locked' || now() >= deadline) throw error;
      await sleep(100);
    }
  }
}

async function rollBack(connection: Kysely<Database>, log: Log): Promise<void> {
  try {
    await sql`ROLLBACK`.execute(connection);
  } catch (error) {
    // SQLite rolls back by itself on a full disk or an I/O error; there is then nothing left to roll back.
    log.debug('database_rollback_unneeded', { error });
  }
}
