/** Puts events and sums of addresses where newer files say that these are. */
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Database } from '../../../platform/db/schema.ts';
import type { Locate, Place } from '../../../platform/geo/place.ts';
import type { Fence } from '../../../platform/lock/fence.ts';
import { dayOf, hourOfId } from '../history-id.ts';
import type { Bulk } from './bulk.ts';
import { forgetDays, type DayWatch } from './day-sums.ts';
import { createHourSums, type NewestHour } from './hour-sums.ts';
import { eventColumns, readEvent, type EventRow } from './known-events.ts';
import type { StoredEvent } from './stored-event.ts';
import { countrySums, networkSums } from './sum-tables.ts';

interface RelocateOptions {
  db: Kysely<Database>;
  hostId: string;
  bulk: Bulk;
  watch: DayWatch;
  newest: NewestHour;
  locate: Locate;
  /** Names of networks as the addresses are written again. */
  nameNetworks(trx: Transaction<Database>, places: readonly Place[]): Promise<void>;
  forget(): void;
}

export interface Relocated {
  /** Addresses up to this id are where they belong: where to go on. */
  after: number;
  seen: number;
  moved: number;
}

const addressesAtOnce = 500;
/** Of one address, moved in one transaction; the events of an hour stay together. */
const eventsAtOnce = 300;

/** From the address after `after`; each step is one short transaction at most. */
export async function* relocateAddresses(
  options: RelocateOptions,
  fence: Fence,
  after: number,
): AsyncGenerator<Relocated, void> {
  const { db, hostId, locate } = options;
  let last = after;
  for (;;) {
    const addresses = await db
      .selectFrom('addresses')
      .select(['id', 'ip', 'country', 'asn'])
      .where('id', '>', last)
      .where('host_id', '=', hostId)
      .orderBy('id')
      .limit(addressesAtOnce)
      .execute();
    if (addresses.length === 0) return;
    let seen = 0;
    for (const address of addresses) {
      const place = locate(address.ip);
      seen += 1;
      if (place.country === address.country && place.asn === address.asn) continue;
      yield* moveEvents(options, fence, { address, place, after: last });
      last = address.id;
      yield { after: last, seen, moved: 1 };
      seen = 0;
    }
    last = addresses.at(-1)?.id ?? last;
    yield { after: last, seen, moved: 0 };
  }
}

interface Move {
  address: { id: number; ip: string };
  place: Place;
  /** The address before it. */
  after: number;
}

/** The address itself comes last: one that is half moved when the run is stopped is found again. */
async function* moveEvents(
  options: RelocateOptions,
  fence: Fence,
  move: Move,
): AsyncGenerator<Relocated, void> {
  for (let from = Number.MIN_SAFE_INTEGER; ;) {
    const next = await fence.write(async (trx) => {
      options.forget();
      const { events, more } = await readSome(options, trx, { ip: move.address.ip, from });
      await moveSome(options, trx, { ...move, events });
      const last = events.at(-1);
      if (more && last !== undefined) return last.id + 1;
      const { country, asn } = move.place;
      await options.nameNetworks(trx, [move.place]);
      await trx.updateTable('addresses').set({ country, asn }).where('id', '=', move.address.id).execute();
      return null;
    });
    if (next === null) return;
    from = next;
    yield { after: move.after, seen: 0, moved: 0 };
  }
}

async function readSome(
  { hostId }: RelocateOptions,
  trx: Transaction<Database>,
  { ip, from }: { ip: string; from: number },
): Promise<{ events: StoredEvent[]; more: boolean }> {
  const read = async (limit: number): Promise<StoredEvent[]> => {
    const { rows } = await sql<EventRow>`SELECT ${eventColumns} FROM history h
      WHERE h.ip = ${ip} AND h.host_id = ${hostId} AND h.id >= ${from} ORDER BY h.id LIMIT ${limit}`.execute(
      trx,
    );
    return rows.map(readEvent);
  };
  for (let limit = eventsAtOnce; ; limit *= 4) {
    const events = await read(limit);
    const last = events.at(-1);
    if (events.length < limit || last === undefined) return { events, more: false };
    const whole = events.filter(({ id }) => hourOfId(id) !== hourOfId(last.id));
    if (whole.length > 0) return { events: whole, more: true };
  }
}

async function moveSome(
  { hostId, bulk, watch, newest }: RelocateOptions,
  trx: Transaction<Database>,
  { address, place, events }: Move & { events: readonly StoredEvent[] },
): Promise<void> {
  const sums = createHourSums({ hostId, bulk, newest });
  const { country, asn } = place;
  for (const event of events) {
    if (event.action === 'unban' || (event.country === country && event.asn === asn)) continue;
    sums.subtract(event);
    // all bans of the address in this hour move with it
    if (event.country !== country) sums.leave(countrySums, event, address.id);
    if (event.asn !== asn) sums.leave(networkSums, event, address.id);
    sums.add({ ...event, country, asn }, address.id);
  }
  const [first, last] = [events[0], events.at(-1)];
  if (first !== undefined && last !== undefined)
    await trx
      .updateTable('history')
      .set({ country, asn })
      .where('ip', '=', address.ip)
      .where('host_id', '=', hostId)
      .where('id', '>=', first.id)
      .where('id', '<=', last.id)
      .execute();
  await sums.write(trx);
  await forgetDays({ trx, hostId, watch }, [...new Set([...sums.hours()].map(dayOf))]);
}
