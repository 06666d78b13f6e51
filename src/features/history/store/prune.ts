/** Deletes what is older than the retention: events with their lines, sums, and addresses that nothing is left of. */
import { sql, type Kysely, type Transaction } from 'kysely';
import { dropPartitions, readPartitions } from '../../../platform/db/partitions.ts';
import type { Database } from '../../../platform/db/schema.ts';
import type { Fence } from '../../../platform/lock/fence.ts';
import { dayMs, dayOf, firstIdAt, hourMs, hourOf, hourOfId, timeOfId } from '../history-id.ts';

import { forgetDays, type DayWatch } from './day-sums.ts';
import type { Addresses } from './known-addresses.ts';
import { sumTables } from './sum-tables.ts';
import { removeLines } from './write-events.ts';

interface PruneOptions {
  db: Kysely<Database>;
  dialect: 'sqlite' | 'postgres';
  hostId: string;
  addresses: Addresses;
  watch: DayWatch;
  /** Called in each transaction that deletes: what is kept in mind may be gone. */
  forget(): void;
}

const batchSize = 500;

interface Doomed {
  id: number;
  ip: string;
  action: string;
}

/**
 * Everything of before the hour of `before` (ms). Each step is one short transaction and answers how many events it
 * deleted. Stopped anywhere, the next run goes on; while the hour that it is at is half deleted, its sums still tell of
 * all of it. The first time of an address stays what it was, its bans are those that are left.
 */
export async function* pruneHistory(
  options: PruneOptions,
  fence: Fence,
  before: number,
): AsyncGenerator<number, void> {
  const { db, dialect, hostId } = options;
  const begun = dialect === 'postgres' ? await uncountedTo(db, hostId) : null;
  // what an earlier run has begun with goes, whatever the retention is now
  const cut = begun === null ? hourOf(before) : Math.max(hourOf(before), hourOf(timeOfId(begun)) + hourMs);
  if (dialect === 'postgres') yield* pruneMonths(options, fence, cut);
  const counted = (await uncountedTo(db, hostId)) ?? Number.MIN_SAFE_INTEGER;
  for (;;) {
    const events = await oldest(db, hostId, { from: Number.MIN_SAFE_INTEGER, to: firstIdAt(cut) });
    const [first] = events;
    if (first === undefined) break;
    const hour = hourOfId(first.id);
    const ofHour = events.filter(({ id }) => hourOfId(id) === hour);
    const whole = ofHour.length < events.length || events.length < batchSize;
    await fence.write(async (trx) => {
      options.forget();
      const ids = ofHour.map(({ id }) => id);
      await trx.deleteFrom('history').where('id', 'in', ids).execute();
      await removeLines({ trx, dialect }, ids);
      await uncount(options, trx, { events: ofHour.filter(({ id }) => id >= counted), cut });
      await forgetDays({ trx, ...options }, [dayOf(hour)]);
      if (whole) await removeSums(options, trx, hour + hourMs);
    });
    yield ofHour.length;
  }
  await fence.write(async (trx) => {
    // of hours that held nothing any more when an earlier run was stopped
    await removeSums(options, trx, cut);
    await forgetUncounted(trx, hostId);
  });
}

async function oldest(
  db: Kysely<Database>,
  hostId: string,
  { from, to }: { from: number; to: number },
): Promise<Doomed[]> {
  return db
    .selectFrom('history')
    .select(['id', 'ip', 'action'])
    .where('id', '>=', from)
    .where('id', '<', to)
    .where('host_id', '=', hostId)
    .orderBy('id')
    .limit(batchSize)
    .execute();
}

/** A month that is past as a whole is not deleted row by row: it is taken out of the sums first, then dropped. */
async function* pruneMonths(options: PruneOptions, fence: Fence, cut: number): AsyncGenerator<number, void> {
  const { db, hostId } = options;
  for (const month of await readPartitions(db)) {
    if (month.to > firstIdAt(cut)) return;
    for (let from = Math.max(month.from, (await uncountedTo(db, hostId)) ?? month.from); ;) {
      const events = await oldest(db, hostId, { from, to: month.to });
      const last = events.at(-1);
      if (last === undefined) break;
      from = last.id + 1;
      await fence.write(async (trx) => {
        options.forget();
        await uncount(options, trx, { events, cut });
        const hour = hourOfId(last.id);
        await forgetDays({ trx, ...options }, [...new Set(events.map(({ id }) => dayOf(hourOfId(id))))]);
        await removeSums(options, trx, hour);
        await remember(trx, hostId, from);
      });
      yield events.length;
    }
    await fence.write(async (trx) => {
      options.forget();
      await dropPartitions(trx, month);
      await forgetUncounted(trx, hostId);
    });
    yield 0;
  }
}

/** Up to where events of a month about to be dropped are no longer counted: they must not be taken away twice. */
const uncountedKey = 'pruned_to';

async function uncountedTo(db: Kysely<Database>, hostId: string): Promise<number | null> {
  const row = await db
    .selectFrom('history_state')
    .select('value')
    .where('host_id', '=', hostId)
    .where('key', '=', uncountedKey)
    .executeTakeFirst();
  return row === undefined ? null : Number(row.value);
}

async function forgetUncounted(trx: Transaction<Database>, hostId: string): Promise<void> {
  await trx
    .deleteFrom('history_state')
    .where('host_id', '=', hostId)
    .where('key', '=', uncountedKey)
    .execute();
}

async function remember(trx: Transaction<Database>, hostId: string, from: number): Promise<void> {
  await trx
    .insertInto('history_state')
    .values({ host_id: hostId, key: uncountedKey, value: String(from) })
    .onConflict((row) => row.columns(['host_id', 'key']).doUpdateSet({ value: String(from) }))
    .execute();
}

/** Sums of hours before `end`, and of the days that had them: one may have been made of what an hour still told. */
async function removeSums(
  { hostId, watch }: PruneOptions,
  trx: Transaction<Database>,
  end: number,
): Promise<void> {
  const changed = watch;
  if (changed.day !== null && changed.day < end) changed.day = null;
  for (const { name } of sumTables)
    await sql`DELETE FROM ${sql.table(name)}
      WHERE host_id = ${hostId} AND grain IN (${hourMs}, ${dayMs}) AND at < ${end}`.execute(trx);
  await trx.deleteFrom('day_packs').where('host_id', '=', hostId).where('at', '<', end).execute();
}

async function uncount(
  { addresses, hostId }: PruneOptions,
  trx: Transaction<Database>,
  { events, cut }: { events: readonly Doomed[]; cut: number },
): Promise<void> {
  const gone = new Map<string, number>();
  for (const { ip, action } of events) gone.set(ip, (gone.get(ip) ?? 0) + (action === 'ban' ? 1 : 0));
  const left = await addresses.uncount(trx, gone);
  if (left.length === 0) return;
  await sql`DELETE FROM addresses WHERE id IN (${sql.join(left)}) AND NOT EXISTS (SELECT 1 FROM history h
    WHERE h.ip = addresses.ip AND h.host_id = ${hostId} AND h.id >= ${firstIdAt(cut)})`.execute(trx);
}
