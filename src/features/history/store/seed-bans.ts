/**
 * The short way into a history that holds nothing but what this way brought: bans of fail2ban's table, the earliest
 * first or nearly so. There are no log lines to join and no ends of bans, so a ban is known when its row was taken over
 * before; and nothing is written that lies all over the file: `seeding.ts` does that afterwards, in one go.
 */
import { sql, type Transaction } from 'kysely';
import type { Database } from '../../../platform/db/schema.ts';
import type { Locate, Place } from '../../../platform/geo/place.ts';
import { firstIdAt, timeOfId } from '../history-id.ts';
import type { SeedBan } from '../new-event.ts';
import type { AppendContext } from './append.ts';
import { createHourSums, type HourSums } from './hour-sums.ts';
import type { KnownAddress } from './known-addresses.ts';
import { eventColumns, readEvent, type EventRow } from './known-events.ts';
import { readSeedMemory, type SeedMemory } from './seed-memory.ts';
import type { StoredEvent } from './stored-event.ts';
import { eventShape, lineShape, pushRow, writeChanged } from './write-events.ts';

export interface SeedContext extends AppendContext {
  locate: Locate;
  /** Null before the first batch, and after one that was not stored. */
  kept: { memory: SeedMemory | null };
}

interface Batch {
  context: SeedContext;
  trx: Transaction<Database>;
  memory: SeedMemory;
  bans: StoredEvent[];
  lines: [id: number, json: string][];
  changed: KnownAddress[];
  places: Place[];
  /** Of hours that are stored already. */
  earlier: HourSums;
}

/** How many of them are new, and the id of the last of these. */
export async function seedBans(
  context: SeedContext,
  trx: Transaction<Database>,
  given: readonly SeedBan[],
): Promise<{ added: number; last: number | null }> {
  const { ids, kept } = context;
  const memory = (kept.memory ??= await readSeedMemory(trx, context));
  const news = { bans: [], lines: [], changed: [], places: [] };
  const batch: Batch = { context, trx, memory, ...news, earlier: createHourSums(context) };
  const stored = timeOfId(memory.newestId);
  const doubtful = given.filter(({ at }) => at <= stored);
  const known = await readKnown(batch, doubtful);
  await ids.prepare(
    trx,
    doubtful.map(({ at }) => at),
  );
  for (const ban of given) {
    if (isTwice(batch, ban) || (known.size > 0 && known.has(keyOf(ban)))) continue;
    const found = memory.addresses.find(ban.ip);
    const again = found >= 0 && ban.at >= memory.addresses.firstAt(found);
    if (found >= 0 && !again) await makeSecond(batch, ban, found);
    const place = found < 0 ? addAddress(batch, ban) : found;
    add(batch, ban, { id: nextId(memory, ban) ?? (await idBetween(batch, ban)), place, again });
  }
  await write(batch);
  return { added: batch.bans.length, last: batch.bans.at(-1)?.id ?? null };
}

/** Whether the batch has brought it. */
function isTwice({ memory, bans }: Batch, { jail, ip, at }: SeedBan): boolean {
  if (at > timeOfId(memory.newestId)) return false;
  return bans.some((ban) => ban.at === at && ban.ip === ip && ban.jail === jail);
}

/** Null: there may be events of that time, and behind it. */
function nextId({ newestId, newestAt }: SeedMemory, { at }: SeedBan): number | null {
  if (at > timeOfId(newestId)) return firstIdAt(at);
  return at === newestAt ? newestId + 1 : null;
}

async function idBetween({ context, trx, bans }: Batch, { at }: SeedBan): Promise<number> {
  for (;;) {
    const id = await context.ids.take(trx, at);
    if (!bans.some((ban) => ban.id === id)) return id;
  }
}

/** Waits for nothing: that, a million times, would be a good part of the work. */
function add(
  { memory, bans, lines, earlier }: Batch,
  ban: SeedBan,
  { id, place, again }: { id: number; place: number; again: boolean },
): void {
  const { addresses, sums } = memory;
  const { jail, ip, action, at, origin, actor, reason, fail2banAt, seconds, count, failures } = ban;
  const stored: StoredEvent = {
    id,
    jail,
    ip,
    action,
    at,
    fail2banAt,
    heardAt: null,
    seconds,
    count,
    failures,
    origin,
    actor,
    reason,
    again,
    country: addresses.country(place),
    asn: addresses.asn(place),
  };
  bans.push(stored);
  (sums.holds(id) ? sums : earlier).add(stored, addresses.id(place));
  if (ban.lines !== null) lines.push([id, ban.lines]);
  if (id < memory.newestId) return;
  memory.newestId = id;
  memory.newestAt = at;
}

function addAddress({ context, memory, changed, places }: Batch, { ip, at }: SeedBan): number {
  const place = context.locate(ip);
  const { country, asn } = place;
  const id = memory.nextAddress;
  memory.nextAddress += 1;
  places.push(place);
  changed.push(addressOf(id, { ip, country, asn, at }));
  return memory.addresses.put(ip, { id, country, asn, firstAt: at });
}

/** How many bans it has is counted when all are there. */
const addressOf = (
  id: number,
  { at, ...rest }: { ip: string; country: string; asn: number; at: number },
): KnownAddress => ({ id, ...rest, firstAt: at, lastAt: at, bans: 1, stored: 0 });

async function write({ context, trx, memory, bans, lines, changed, places, earlier }: Batch): Promise<void> {
  const { bulk, hostId, newest } = context;
  await bulk.insertEach(trx, eventShape, bans, (values, ban) => pushRow(values, hostId, ban));
  await bulk.insertEach(trx, lineShape, lines, (values, [id, told]) => values.push(id, told));
  await context.addresses.write(trx, changed);
  await context.addresses.name(trx, places);
  await earlier.write(trx);
  newest.at = Math.max(newest.at ?? Number.NEGATIVE_INFINITY, await memory.sums.write(trx));
}

const keyOf = ({ jail, ip, at }: { jail: string; ip: string; at: number }): string => `${ip}\0${jail}\0${at}`;

/** Which of them are stored. */
async function readKnown(
  { context: { hostId, bulk }, trx }: Batch,
  doubtful: readonly SeedBan[],
): Promise<Set<string>> {
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

/** An earlier ban of the address has come: the one that was its first is no longer. */
async function makeSecond(
  { context, trx, memory, bans, changed, earlier }: Batch,
  { ip, at }: SeedBan,
  place: number,
): Promise<void> {
  const { addresses, sums } = memory;
  const [id, firstAt] = [addresses.id(place), addresses.firstAt(place)];
  addresses.setFirstAt(place, at);
  const known = changed.find((one) => one.id === id);
  if (known === undefined)
    changed.push(addressOf(id, { ip, at, country: addresses.country(place), asn: addresses.asn(place) }));
  else known.firstAt = at;
  const here = bans.find((ban) => ban.ip === ip && ban.at === firstAt && !ban.again);
  const first = here ?? (await readFirst(context, trx, { ip, firstAt }));
  if (first === null) return;
  const second = { ...first, again: true };
  if (sums.holds(first.id)) sums.makeAgain(second);
  else {
    earlier.subtract(first);
    earlier.add(second, id);
  }
  if (here === undefined) await writeChanged({ ...context, trx }, [second]);
  else here.again = true;
}

async function readFirst(
  { hostId }: SeedContext,
  trx: Transaction<Database>,
  { ip, firstAt }: { ip: string; firstAt: number },
): Promise<StoredEvent | null> {
  const { rows } = await sql<EventRow>`SELECT ${eventColumns} FROM history h
    WHERE h.id >= ${firstIdAt(firstAt)} AND h.id < ${firstIdAt(firstAt + spreadMs)} AND h.ip = ${ip}
      AND h.host_id = ${hostId} AND h.again = 0 ORDER BY h.id LIMIT 1`.execute(trx);
  return rows[0] === undefined ? null : readEvent(rows[0]);
}
