/** What several instances on one database share: limits where there is no Redis, and how the mirror of the bans is. */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../schema.ts';

export const name = 'shared-limits';

export async function up(db: Kysely<Database>, dialect: 'sqlite' | 'postgres'): Promise<void> {
  // Emptied by a crash of PostgreSQL, which forgives everybody and costs no write-ahead log.
  const kind = sql.raw(dialect === 'postgres' ? 'UNLOGGED TABLE' : 'TABLE');
  const statements = [
    // written by platform/limits
    sql`CREATE ${kind} shared_limits (
      key text PRIMARY KEY, full_at double precision NOT NULL, tries integer NOT NULL,
      tried_at double precision NOT NULL, answer integer NOT NULL)`,
    // written by features/bans (mirror): one row a host, for the instances that do not run it
    sql`CREATE TABLE mirror_state (
      host_id text PRIMARY KEY, state text NOT NULL, bans bigint NOT NULL, as_of bigint, limits text NOT NULL,
      written_at bigint NOT NULL)`,
  ];
  for (const statement of statements) await statement.execute(db);
}
