/** What the history holds near the events of a batch: all that may turn out to be one of them. */
import { sql, type Transaction } from 'kysely';
import type { Database } from '../../../platform/db/schema.ts';
import { firstIdAt } from '../history-id.ts';
import type { NewEvent } from '../new-event.ts';
import type { Bulk } from './bulk.ts';
import { slackMs } from './join-events.ts';
import type { StoredEvent } from './stored-event.ts';

export type EventRow = Omit<StoredEvent, 'again'> & { again: number };

export const eventColumns = sql`h.id, h.jail, h.ip, h.action, h.at, h.fail2ban_at AS "fail2banAt",
  h.heard_at AS "heardAt", h.seconds, h.ban_count AS count, h.failures, h.origin, h.actor, h.reason, h.again, h.country,
  h.asn`;

/** Bans and unbans of the same jail and address that are looked at before the event, and after it. */
const near = 8;

interface NearOptions {
  trx: Transaction<Database>;
  dialect: 'sqlite' | 'postgres';
  hostId: string;
  bulk: Bulk;
}

/** By `keyOf`, in the order of time. */
export async function loadNear(
  { trx, dialect, hostId, bulk }: NearOptions,
  events: readonly NewEvent[],
): Promise<Map<string, StoredEvent[]>> {
  const known = new Map<string, StoredEvent[]>();
  if (events.length === 0) return known;
  const given = bulk.rows(lookupColumns, events.map(lookup));
  // whatever SQLite thinks of it, a jail holds more than an address
  const of = sql`o.host_id = ${hostId} AND o.ip = k.ip AND o.jail || '' = k.jail`;
  const same = sql`SELECT o.id FROM history o WHERE ${of} AND o.id >= k.same_from
    AND (o.fail2ban_at = k.told OR o.heard_at = k.told) LIMIT 1`;
  const later = sql`SELECT o.id FROM history o WHERE ${of} AND o.id >= k.after ORDER BY o.id LIMIT ${near}`;
  const earlier = sql`SELECT o.id FROM history o WHERE ${of} AND o.id < k.after ORDER BY o.id DESC LIMIT ${near}`;
  const wanted = sql`SELECT id FROM (${same}) AS s UNION SELECT id FROM (${later}) AS l UNION SELECT id FROM (${earlier}) AS e`;
  const query =
    dialect === 'sqlite'
      ? sql<EventRow>`SELECT ${eventColumns} FROM ${given} AS k CROSS JOIN history h ON h.id IN (${wanted})`
      : sql<EventRow>`SELECT ${eventColumns} FROM ${given} AS k CROSS JOIN LATERAL (${wanted}) w JOIN history h ON h.id = w.id`;
  const { rows } = await query.execute(trx);
  const seen = new Set<number>();
  for (const row of rows) {
    if (seen.has(row.id)) continue;
    seen.add(row.id);
    place(known, readEvent(row));
  }
  return known;
}

export const readEvent = (row: EventRow): StoredEvent => ({ ...row, again: row.again === 1 });

/** Puts the event where its time says, after those of the same ms. */
export function place(known: Map<string, StoredEvent[]>, event: StoredEvent): void {
  const key = keyOf(event);
  const list = known.get(key);
  if (list === undefined) known.set(key, [event]);
  else list.splice(list.findLastIndex(({ at }) => at <= event.at) + 1, 0, event);
}

export const keyOf = ({ jail, ip }: { jail: string; ip: string }): string => `${ip}\0${jail}`;

const lookupColumns = {
  ip: 'text',
  jail: 'text',
  /** The same event told of again is looked for from this id on, however far its jail and address have gone on since. */
  same_from: 'bigint',
  told: 'bigint',
  /** What lies next to the event: ids from `after` on, and below. */
  after: 'bigint',
} as const;

/** Between the row's time and its log line there are seconds; what is near is looked at anyway. */
const sameMs = 600_000;

function lookup(event: NewEvent): (string | number)[] {
  const { ip, jail, at } = event;
  if (event.action === 'unban') return [ip, jail, firstIdAt(at), at, firstIdAt(at)];
  if (event.fail2banAt === null) return [ip, jail, firstIdAt(at - sameMs), at, firstIdAt(at)];
  const from = firstIdAt(event.fail2banAt * 1000 - slackMs);
  return [ip, jail, from, event.fail2banAt, from];
}
