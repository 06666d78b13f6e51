/**
 * The short way into a history that holds nothing but what this way brought: bans of fail2ban's table, the earliest
 * first or nearly so. There are no log lines to join and no ends of bans, so a ban is known when its row was taken over
 * before; and nothing is written that lies all over the file: `seeding.ts` does that afterwards, in one go.
 */
import { sql, type Transaction } from 'kysely';
import type { Database } from '../../../platform/db/schema.ts';
import { firstIdAt, timeOfId } from '../history-id.ts';
import type { NewBan } from '../new-event.ts';
import type { AppendContext } from './append.ts';
import { cleanBan } from './clean-event.ts';
import { createHourSums, type HourSums } from './hour-sums.ts';
import type { KnownAddress } from './known-addresses.ts';
import { eventColumns, readEvent, type EventRow } from './known-events.ts';
import type { StoredEvent } from './stored-event.ts';
import { writeChanged, writeSeeded } from './write-events.ts';

export interface SeedContext extends AppendContext {
  /** The latest time of a stored ban, ms; null while it has not been looked up. */
  frontier: { at: number | null };
}

/** How many of them are new, and the id of the last of these. */
export async function seedBans(
  context: SeedContext,
  trx: Transaction<Database>,
  given: readonly NewBan[],
): Promise<{ added: number; last: number | null }> {
  const { ids, addresses, hostId, frontier } = context;
  const bans = given.map(cleanBan);
  frontier.at ??= await latest(trx, hostId);
  const known = await readKnown(context, trx, bans);
  const places = await addresses.load(trx, bans);
  const times = bans.map(({ at }) => at);
  await ids.prepare(trx, times);

  const sums = createHourSums(context);
  const fresh: StoredEvent[] = [];
  const lines: [id: number, lines: readonly string[]][] = [];
  const changed = new Set<KnownAddress>();
  for (const ban of bans) {
    const key = keyOf(ban);
    if (known.has(key)) continue;
    known.add(key);
    const address = places.get(ban.ip);
    if (address === undefined) throw new Error('an address of the batch was not loaded');
    if (ban.at < address.firstAt && address.bans > 0)
      await makeSecond({ context, trx, sums, fresh }, address);
    const event = { ...storedOf(ban, address), id: await ids.take(trx, ban.at) };
    if (address.stored === 0 || ban.at < address.firstAt) changed.add(address);
    count(address, ban.at);
    fresh.push(event);
    sums.add(event, address.id);
    if (ban.lines.length > 0) lines.push([event.id, ban.lines]);
  }
  await writeSeeded({ ...context, trx }, fresh, lines);
  await addresses.write(trx, changed);
  await sums.write(trx);
  frontier.at = times.reduce((most, at) => Math.max(most, at), frontier.at);
  return { added: fresh.length, last: fresh.at(-1)?.id ?? null };
}

const keyOf = ({ jail, ip, at }: { jail: string; ip: string; at: number }): string => `${ip}\0${jail}\0${at}`;

async function latest(trx: Transaction<Database>, hostId: string): Promise<number> {
  const row = await trx
    .selectFrom('history')
    .select('id')
    .where('host_id', '=', hostId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? Number.NEGATIVE_INFINITY : timeOfId(row.id);
}

/** Which of them are stored: only those can be that are not later than everything that is. */
async function readKnown(
  { hostId, bulk, frontier }: SeedContext,
  trx: Transaction<Database>,
  bans: readonly NewBan[],
): Promise<Set<string>> {
  const doubtful = bans.filter(({ at }) => at <= (frontier.at ?? 0));
  if (doubtful.length === 0) return new Set();
  const wanted = bulk.rows(
    { jail: 'text', ip: 'text', at: 'bigint', from_id: 'bigint', to_id: 'bigint' },
    doubtful.map(({ jail, ip, at }) => [jail, ip, at, firstIdAt(at), firstIdAt(at + spreadMs)]),
  );
  const { rows } = await sql<{ jail: string; ip: string; at: number }>`
    SELECT h.jail, h.ip, h.at FROM ${wanted} AS k CROSS JOIN history h
    WHERE h.id >= k.from_id AND h.id < k.to_id AND h.ip = k.ip AND h.jail = k.jail AND h.at = k.at
      AND h.host_id = ${hostId}`.execute(trx);
  return new Set(rows.map(keyOf));
}

/** Rows have whole seconds, and their ids spread over the ms after it when there are more than a thousand. */
const spreadMs = 1_000;

interface Making {
  context: SeedContext;
  trx: Transaction<Database>;
  sums: HourSums;
  fresh: readonly StoredEvent[];
}

/** An earlier ban of the address comes later: the one that was its first is no longer. */
async function makeSecond({ context, trx, sums, fresh }: Making, address: KnownAddress): Promise<void> {
  const { ip, firstAt, id } = address;
  const here = fresh.find((event) => event.ip === ip && event.at === firstAt && !event.again);
  if (here !== undefined) {
    sums.subtract(here);
    here.again = true;
    sums.add(here, id);
    return;
  }
  const { rows } = await sql<EventRow>`SELECT ${eventColumns} FROM history h
    WHERE h.id >= ${firstIdAt(firstAt)} AND h.id < ${firstIdAt(firstAt + spreadMs)} AND h.ip = ${ip}
      AND h.host_id = ${context.hostId} AND h.again = 0 ORDER BY h.id LIMIT 1`.execute(trx);
  const first = rows[0] === undefined ? null : readEvent(rows[0]);
  if (first === null) return;
  sums.subtract(first);
  const second = { ...first, again: true };
  sums.add(second, id);
  await writeChanged({ ...context, trx }, [second]);
}

function storedOf(ban: NewBan, { bans, firstAt, country, asn }: KnownAddress): Omit<StoredEvent, 'id'> {
  const { jail, ip, at, origin, actor, reason, fail2banAt, seconds, count: bansSoFar, failures } = ban;
  const told = { jail, ip, at, origin, actor, reason, fail2banAt, seconds, failures, country, asn };
  return { ...told, action: 'ban', heardAt: null, count: bansSoFar, again: bans > 0 && at >= firstAt };
}

function count(known: KnownAddress, at: number): void {
  const address = known;
  address.firstAt = address.bans === 0 ? at : Math.min(address.firstAt, at);
  address.lastAt = address.bans === 0 ? at : Math.max(address.lastAt, at);
  address.bans += 1;
}
