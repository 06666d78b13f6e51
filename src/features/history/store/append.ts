/** Writes a batch of events with all that hangs on them, in the caller's transaction. */
import { sql, type Transaction } from 'kysely';
import { ensurePartitions } from '../../../platform/db/partitions.ts';
import type { Database } from '../../../platform/db/schema.ts';
import { dayOf, firstIdAt, hourMs, hourOfId } from '../history-id.ts';
import type { NewEvent } from '../new-event.ts';
import { judgeAll, type Batch } from './batch.ts';
import type { Bulk } from './bulk.ts';
import { cleanEvent } from './clean-event.ts';
import type { EventIds } from './event-ids.ts';
import { createHourSums, type NewestHour } from './hour-sums.ts';
import { slackMs } from './join-events.ts';
import type { Addresses, KnownAddress } from './known-addresses.ts';
import { eventColumns, loadNear, readEvent, type EventRow } from './known-events.ts';
import { forgetDays, type DayWatch } from './day-sums.ts';
import type { Appended, StoredEvent } from './stored-event.ts';
import { sumTables, type SumTable } from './sum-tables.ts';
import { readFirstBan, readLines, writeEvents } from './write-events.ts';

export interface AppendContext {
  dialect: 'sqlite' | 'postgres';
  hostId: string;
  bulk: Bulk;
  ids: EventIds;
  addresses: Addresses;
  /** Months whose partitions are there. */
  partitions: Set<string>;
  watch: DayWatch;
  newest: NewestHour;
}

export async function appendEvents(
  context: AppendContext,
  trx: Transaction<Database>,
  events: readonly NewEvent[],
): Promise<Appended> {
  const { ids, addresses } = context;
  const clean = events.map(cleanEvent);
  const places = await addresses.load(trx, clean);
  const near = await loadNear(
    { ...context, trx },
    clean.filter((event) => mayBeKnown(event, places.get(event.ip))),
  );
  await ids.prepare(
    trx,
    clean.map(({ at }) => at),
  );
  const batch = await judgeAll(clean, {
    near,
    addresses: places,
    nextId: (at) => ids.take(trx, at),
    firstBan: ({ ip }) => readFirstBan({ ...context, trx }, ip),
    storedLines: (id) => readLines(trx, id),
  });
  await ensurePartitions(
    { trx, ...context },
    [...batch.fresh].map(({ id }) => id),
  );
  await writeEvents({ ...context, trx }, batch);
  await addresses.write(
    trx,
    [...places.values()].filter((one) => one.stored === 0 || batch.banned.has(one)),
  );
  await writeSums({ context, trx, batch, places });
  const told = (event: StoredEvent) => ({ ...event, lines: batch.lines.get(event) ?? [] });
  return {
    added: [...batch.fresh].map(told),
    completed: [...batch.completed].filter((event) => !batch.fresh.has(event)).map(told),
    heard: batch.heard,
    known: batch.known,
  };
}

/** A row later than all bans of its address is not known yet; no need to look. */
function mayBeKnown(event: NewEvent, address: KnownAddress | undefined): boolean {
  if (address === undefined || address.stored === 0) return false;
  if (event.action === 'unban' || event.fail2banAt === null) return true;
  return address.bans > 0 && address.lastAt >= event.fail2banAt * 1000 - slackMs;
}

interface SumOptions {
  context: AppendContext;
  trx: Transaction<Database>;
  batch: Batch;
  places: ReadonlyMap<string, KnownAddress>;
}

async function writeSums({ context, trx, batch, places }: SumOptions): Promise<void> {
  const sums = createHourSums(context);
  const addressOf = ({ ip }: StoredEvent): number => {
    const address = places.get(ip);
    if (address === undefined) throw new Error('an address of the batch was not loaded');
    return address.id;
  };
  for (const event of batch.fresh) sums.add(event, addressOf(event));
  for (const [after, before] of batch.changed) {
    sums.subtract(before);
    sums.add(after, addressOf(after));
    if (after.origin === before.origin) continue;
    for (const table of sumTables)
      if (!(await staysIn({ context, trx, batch, places }, table, before)))
        sums.leave(table, before, addressOf(before));
  }
  await sums.write(trx);
  await forgetDays({ trx, ...context }, [...new Set([...sums.hours()].map(dayOf))]);
}

/** Whether another ban of the address counts in the sum that this event has left. */
async function staysIn(
  { context, trx, batch }: SumOptions,
  table: SumTable,
  event: StoredEvent,
): Promise<boolean> {
  const hour = hourOfId(event.id);
  const { rows } = await sql<EventRow>`SELECT ${eventColumns} FROM history h
    WHERE h.ip = ${event.ip} AND h.host_id = ${context.hostId} AND h.action = 'ban'
      AND h.id >= ${firstIdAt(hour)} AND h.id < ${firstIdAt(hour + hourMs)}`.execute(trx);
  const same = (one: StoredEvent): boolean => table.of.every(({ read }) => read(one) === read(event));
  return (
    rows.some((row) => same(readEvent(row))) ||
    [...batch.fresh].some((one) => one.ip === event.ip && same(one))
  );
}
