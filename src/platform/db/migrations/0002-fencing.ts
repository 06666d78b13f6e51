/** A number that grows with each change of the scheduler's holder, and the bans that BanGUI keeps alive. */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../schema.ts';

export const name = 'fencing';

export async function up(db: Kysely<Database>): Promise<void> {
  const statements = [
    // written by platform/lock: one row that stays, whatever is deleted from scheduler_lock
    sql`CREATE TABLE scheduler_fence (id integer PRIMARY KEY CHECK (id = 1), token bigint NOT NULL)`,
    sql`INSERT INTO scheduler_fence (id, token) VALUES (1, 0)`,
    sql`ALTER TABLE scheduler_lock ADD COLUMN kind text NOT NULL DEFAULT 'sqlite'`,
    sql`ALTER TABLE job_runs ADD COLUMN fence bigint NOT NULL DEFAULT 0`,
    // bans that last longer than the jail's own ban time
    sql`ALTER TABLE manual_bans ADD COLUMN renewed_at bigint`,
    sql`ALTER TABLE manual_bans ADD COLUMN renew_at bigint`,
    sql`CREATE INDEX manual_bans_by_renewal ON manual_bans (renew_at)`,
  ];
  for (const statement of statements) await statement.execute(db);
}
