/** The counts of the sums apart from their sets of addresses, so that adding up a year does not read past 10 MB of them. */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../schema.ts';

export const name = 'narrow_sums';

export async function up(db: Kysely<Database>): Promise<void> {
  await sql`CREATE INDEX jail_sums_counts ON jail_sums (host_id, grain, at, jail, origin, bans, failures, again, unbans)`.execute(
    db,
  );
}
