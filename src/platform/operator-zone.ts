/** The time zone of the operator, on whose clock days and hours are counted. */
import type { Kysely } from 'kysely';
import { zoneOf, type Zone } from '../base/zone.ts';
import type { Database } from './db/schema.ts';

/** What was chosen at set-up, else this machine's. */
export async function readZone(db: Kysely<Database>): Promise<Zone> {
  const row = await db
    .selectFrom('settings')
    .select('value')
    .where('key', '=', 'timezone')
    .executeTakeFirst();
  return zoneOf(row?.value ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
}
