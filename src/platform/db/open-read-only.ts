/** The embedded database for a thread that only reads it. */
import { DatabaseSync } from 'node:sqlite';
import { Kysely, SqliteDialect } from 'kysely';
import { adaptSqlite } from './adapt-sqlite.ts';
import type { Database } from './schema.ts';

/** Throws SQLite's error when the file cannot be opened. */
export function openReadOnly(path: string): Kysely<Database> {
  const sqlite = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  sqlite.exec('PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000');
  return new Kysely<Database>({ dialect: new SqliteDialect({ database: adaptSqlite(sqlite) }) });
}
