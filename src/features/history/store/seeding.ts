/**
 * Taking over a million bans at once, into a history that is empty. What serves reading only is built afterwards, in one
 * go and many times as fast: indexes, how often each address was banned, the full-text index. SQLite only: each of them
 * writes pages there that are spread all over the file, again for every transaction.
 */
import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely';
import { searchLines } from '../../../platform/db/history-search.ts';
import { indexesAfterSeeding } from '../../../platform/db/migrations/0008-address-index.ts';
import type { Database } from '../../../platform/db/schema.ts';
import type { Fence } from '../../../platform/lock/fence.ts';
import { firstIdAt } from '../history-id.ts';

interface SeedingOptions {
  db: Kysely<Database>;
  dialect: 'sqlite' | 'postgres';
  hostId: string;
}

/** Lines of this id and later ones may not be in the full-text index. */
export const unsearchedKey = 'unsearched_from';
/** A seeding has begun; addresses do not know all of their bans until it is settled, the first of its steps. */
const seedingKey = 'seeding';

const addressesAtOnce = 2_000;

/** True when one has begun now, or was begun and killed. */
export async function startSeeding({ db, dialect, hostId }: SeedingOptions, fence: Fence): Promise<boolean> {
  if ((await readNumber(db, hostId, seedingKey)) !== null) return true;
  if (dialect === 'postgres') return false;
  if ((await db.selectFrom('history').select('id').limit(1).executeTakeFirst()) !== undefined) return false;
  await fence.write(async (trx) => {
    for (const { name } of indexesAfterSeeding) await sql`DROP INDEX IF EXISTS ${sql.ref(name)}`.execute(trx);
    await setNumber(trx, { hostId, key: seedingKey, value: 1 });
    await setNumber(trx, { hostId, key: unsearchedKey, value: 0 });
  });
  return true;
}

/** Whether `settle` has something to do before anything but a seeding may be written. */
export const isSeeding = async ({ db, hostId }: SeedingOptions): Promise<boolean> =>
  (await readNumber(db, hostId, seedingKey)) !== null;

/**
 * Builds the indexes, each in one transaction that takes about a second for a million events, and counts the bans of the
 * addresses. Then the history is like any other.
 */
export async function* settle(options: SeedingOptions, fence: Fence): AsyncGenerator<number, void> {
  const { db, dialect, hostId } = options;
  if (!(await isSeeding(options))) return;
  if (dialect === 'sqlite') {
    const found = await sql<{
      name: string;
    }>`SELECT name FROM sqlite_schema WHERE type = 'index'`.execute(db);
    const there = new Set(found.rows.map(({ name }) => name));
    for (const { name, create } of indexesAfterSeeding) {
      if (there.has(name)) continue;
      await fence.write(async (trx) => void (await create.execute(trx)));
      yield 0;
    }
  }
  await countBans(db, hostId);
  for (let after: number | null = 0; after !== null;) {
    yield 0;
    after = await fence.write((trx) => writeCounts(trx, after ?? 0));
  }
  await sql`DROP TABLE temp.counted`.execute(db);
  await fence.write((trx) => removeNumber(trx, hostId, seedingKey));
}

/** Puts what `settle` left into the full-text index, in short transactions. Answers lines. */
export async function* indexLines(
  { db, dialect, hostId }: SeedingOptions,
  fence: Fence,
): AsyncGenerator<number, void> {
  if (dialect === 'postgres') return;
  while ((await readNumber(db, hostId, unsearchedKey)) !== null) {
    yield await fence.write(async (trx) => {
      const { lines, next } = await searchLines(trx, (await readNumber(trx, hostId, unsearchedKey)) ?? 0);
      if (next === null) await removeNumber(trx, hostId, unsearchedKey);
      else await setNumber(trx, { hostId, key: unsearchedKey, value: next });
      return lines;
    });
  }
}

/**
 * How often the addresses that came again were banned, in a table of this connection's own: read in the order of
 * addresses, in which the index has them, and told in that of their numbers, in which they are written.
 */
async function countBans(db: Kysely<Database>, hostId: string): Promise<void> {
  await sql`DROP TABLE IF EXISTS temp.counted`.execute(db);
  await sql`CREATE TEMP TABLE counted (id integer PRIMARY KEY, bans integer, first integer, last integer)`.execute(
    db,
  );
  await sql`INSERT INTO temp.counted SELECT a.id, k.bans, k.first, k.last
    FROM (SELECT ip, count(*) AS bans, min(id) AS first, max(id) AS last FROM history GROUP BY ip HAVING count(*) > 1) k
    CROSS JOIN addresses a WHERE a.host_id = ${hostId} AND a.ip = k.ip ORDER BY a.id`.execute(db);
}

/** For some addresses after this number; null when there are no more. In a history that holds bans from rows only. */
async function writeCounts(trx: Transaction<Database>, after: number): Promise<number | null> {
  const { rows } = await sql<{ last: number | null }>`SELECT max(id) AS last FROM (
    SELECT id FROM temp.counted WHERE id > ${after} ORDER BY id LIMIT ${addressesAtOnce})`.execute(trx);
  const last = rows[0]?.last ?? null;
  await sql`UPDATE addresses SET bans = k.bans, first_at = ${secondOf(sql.ref('k.first'))},
      last_at = ${secondOf(sql.ref('k.last'))}
    FROM (SELECT * FROM temp.counted WHERE id > ${after} AND id <= ${last}) k WHERE addresses.id = k.id`.execute(
    trx,
  );
  return last;
}

/** ms. A number of JavaScript's would be bound as one with a fraction, and divide like one. */
const secondOf = (id: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`${id} / ${sql.raw(String(firstIdAt(1_000)))} * 1000`;

async function readNumber(db: Kysely<Database>, hostId: string, key: string): Promise<number | null> {
  const row = await db
    .selectFrom('history_state')
    .select('value')
    .where('host_id', '=', hostId)
    .where('key', '=', key)
    .executeTakeFirst();
  return row === undefined ? null : Number(row.value);
}

interface Entry {
  hostId: string;
  key: string;
  value: number;
}

async function setNumber(trx: Transaction<Database>, { hostId, key, value }: Entry): Promise<void> {
  await trx
    .insertInto('history_state')
    .values({ host_id: hostId, key, value: String(value) })
    .onConflict((row) => row.columns(['host_id', 'key']).doUpdateSet({ value: String(value) }))
    .execute();
}

async function removeNumber(trx: Transaction<Database>, hostId: string, key: string): Promise<void> {
  await trx.deleteFrom('history_state').where('host_id', '=', hostId).where('key', '=', key).execute();
}
