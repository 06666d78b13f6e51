/** Opens BanGUI's database: a file of SQLite, or a database of a PostgreSQL server. */
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { openSqlite } from './open-sqlite.ts';
import type { Database } from './schema.ts';

/** A file, or a `postgres://` URL. */
export type DatabaseAt = { path: string } | { url: string };

export interface OpenDatabase {
  db: Kysely<Database>;
  dialect: 'sqlite' | 'postgres';
  /** The file, absolute. Null on PostgreSQL. */
  path: string | null;
  /** Where it is, for a person; never with a password. */
  place: string;
  /** Opens it anew, reads and closes it. Null when all is well, else a sentence. */
  probe(): Promise<string | null>;
  close(): Promise<void>;
}

/** Throws StartError with a code of `failure.ts` when it cannot be used. */
export async function openDatabase(
  at: DatabaseAt & {
    log: Log;
    now: Clock;
    /** The connection of a thread that does nothing but write. */
    writesMuch?: boolean;
  },
): Promise<OpenDatabase> {
  const { log, now, writesMuch = false } = at;
  if ('path' in at) return openSqlite({ path: at.path, log, writesMuch });
  // loaded when it is used: an installation without PostgreSQL starts sooner
  const { openPostgres } = await import('./open-postgres.ts');
  return openPostgres({ url: at.url, log, now });
}

export function databaseAt(config: { databasePath: string; databaseUrl: string | null }): DatabaseAt {
  return config.databaseUrl === null ? { path: config.databasePath } : { url: config.databaseUrl };
}
