/**
 * Taking over a million bans at once. What serves reading only is built afterwards, in one go and many times as fast:
 * most indexes while the history was empty, and the full-text index. SQLite only: each of them writes pages there that
 * are spread all over the file, again for every transaction.
 */
import { sql, type Kysely, type Transaction } from 'kysely';
import { searchLines } from '../../../platform/db/history-search.ts';
import { historyIndexes } from '../../../platform/db/migrations/0004-history.ts';
import type { Database } from '../../../platform/db/schema.ts';
import type { Fence } from '../../../platform/lock/fence.ts';
import type { Appended } from './stored-event.ts';

interface SeedingOptions {
  db: Kysely<Database>;
  dialect: 'sqlite' | 'postgres';
  hostId: string;
}

/** Lines of this id and later ones may not be in the full-text index. */
export const unsearchedKey = 'unsearched_from';

/** By its address an event is recognised again: that index stays. */
const kept = 'history_by_address';

export async function startSeeding({ db, dialect }: SeedingOptions, fence: Fence): Promise<void> {
  if (dialect === 'postgres') return;
  if ((await db.selectFrom('history').select('id').limit(1).executeTakeFirst()) !== undefined) return;
  await fence.write(async (trx) => {
    for (const { name } of historyIndexes)
      if (name !== kept) await sql`DROP INDEX IF EXISTS ${sql.ref(name)}`.execute(trx);
  });
}

/** Lines of these events were not put into the full-text index. */
export async function leaveUnsearched(
  { hostId }: SeedingOptions,
  trx: Transaction<Database>,
  { added, completed }: Appended,
): Promise<void> {
  const told = [...added, ...completed].filter(({ lines }) => lines.length > 0);
  if (told.length === 0) return;
  const least = told.reduce((low, { id }) => Math.min(low, id), Number.MAX_SAFE_INTEGER);
  const from = await unsearchedFrom(trx, hostId);
  if (from === null || least < from) await setUnsearched(trx, hostId, least);
}

/** Builds what seeding left out. Each step is one transaction, short but for the indexes: about a second for a million events. */
export async function* settle(
  { db, dialect, hostId }: SeedingOptions,
  fence: Fence,
): AsyncGenerator<number, void> {
  if (dialect === 'postgres') return;
  const found = await sql<{ name: string }>`SELECT name FROM sqlite_schema WHERE type = 'index'`.execute(db);
  const there = new Set(found.rows.map(({ name }) => name));
  for (const { name, create } of historyIndexes) {
    if (there.has(name)) continue;
    await fence.write(async (trx) => void (await create.execute(trx)));
    yield 0;
  }
  for (;;) {
    const indexed = await fence.write(async (trx) => {
      const from = await unsearchedFrom(trx, hostId);
      if (from === null) return null;
      const { lines, next } = await searchLines(trx, from);
      if (next === null) await trx.deleteFrom('history_state').where('key', '=', unsearchedKey).execute();
      else await setUnsearched(trx, hostId, next);
      return lines;
    });
    if (indexed === null) return;
    yield indexed;
  }
}

async function unsearchedFrom(db: Kysely<Database>, hostId: string): Promise<number | null> {
  const row = await db
    .selectFrom('history_state')
    .select('value')
    .where('host_id', '=', hostId)
    .where('key', '=', unsearchedKey)
    .executeTakeFirst();
  return row === undefined ? null : Number(row.value);
}

async function setUnsearched(trx: Transaction<Database>, hostId: string, from: number): Promise<void> {
  await trx
    .insertInto('history_state')
    .values({ host_id: hostId, key: unsearchedKey, value: String(from) })
    .onConflict((row) => row.columns(['host_id', 'key']).doUpdateSet({ value: String(from) }))
    .execute();
}
