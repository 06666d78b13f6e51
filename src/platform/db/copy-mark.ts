/** The mark in a database that a copy goes into: nobody starts on half a copy, and the copy knows it again. */
import { sql } from 'kysely';
import { StartError } from '../../base/start-error.ts';
import type { OpenDatabase } from './open.ts';
import { readTables } from './tables.ts';

export const markTable = 'unfinished_copy';

export interface Mark {
  /** Names the installation that is copied; see `copy.ts`. */
  source: string;
  /** 1: nothing but copied rows is in the tables. */
  cleared: number;
}

/** Null when no copy into this database is under way. */
export async function readMark(database: OpenDatabase): Promise<Mark | null> {
  const tables = await readTables(database);
  if (!tables.some(({ name }) => name === markTable)) return null;
  const { rows } = await sql<Mark>`SELECT source, cleared FROM ${sql.table(markTable)}`.execute(database.db);
  return rows[0] ?? null;
}

export async function setMark({ db }: OpenDatabase, { source, cleared }: Mark): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await sql`CREATE TABLE IF NOT EXISTS ${sql.table(markTable)} (
      source text PRIMARY KEY, cleared integer NOT NULL)`.execute(transaction);
    await sql`DELETE FROM ${sql.table(markTable)}`.execute(transaction);
    await sql`INSERT INTO ${sql.table(markTable)} VALUES (${source}, ${cleared})`.execute(transaction);
  });
}

export async function removeMark({ db }: OpenDatabase): Promise<void> {
  await sql`DROP TABLE ${sql.table(markTable)}`.execute(db);
}

/** Throws StartError `database_copy_unfinished`. */
export async function refuseUnfinishedCopy(database: OpenDatabase): Promise<void> {
  if ((await readMark(database)) === null) return;
  throw new StartError(
    'database_copy_unfinished',
    'A copy into this database did not come to its end. Run the same `bangui database copy` again; it goes on where ' +
      `it stopped. ${database.place}`,
  );
}
