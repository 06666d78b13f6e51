/** Names of networks by their numbers. */
import type { Kysely } from 'kysely';
import type { Database } from '../../platform/db/schema.ts';

/** At most some hundred numbers at once. */
export async function namesOf(
  db: Kysely<Database>,
  numbers: readonly number[],
): Promise<Map<number, string>> {
  const wanted = [...new Set(numbers)].filter((one) => one !== 0);
  if (wanted.length === 0) return new Map();
  const rows = await db.selectFrom('networks').selectAll().where('asn', 'in', wanted).execute();
  return new Map(rows.map((row) => [row.asn, row.name]));
}
