/** One page of what is banned now: sorted, searched, filtered, from the mirror. */
import { sql, type Kysely, type SelectQueryBuilder } from 'kysely';
import type { EndpointInput, EndpointOutput } from '../../base/endpoint.ts';
import { blocklistJailName } from '../../host/blocklist/names.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Locate } from '../../platform/geo/place.ts';
import { endOrNull, manualSlackMs } from './ban-row.ts';
import type { listActive } from './contract.ts';
import { readCursor, viewOf, writeCursor } from './cursor.ts';
import { inCountry } from './in-country.ts';
import type { Mirror } from './mirror.ts';
import { matching } from './search.ts';

interface ListDeps {
  db: Kysely<Database>;
  hostId: string;
  mirror: Mirror;
  locate: Locate;
}

type Query = EndpointInput<typeof listActive>['query'];
type Filtered = SelectQueryBuilder<Database, 'active_bans', unknown>;

const columns = {
  expires_at: 'expires_at',
  banned_at: 'banned_at',
  ip: 'ip_key',
  ban_count: 'ban_count',
} as const;
type SortName = keyof typeof columns;

/** Throws 422 for a cursor of another list. */
export async function listActiveBans(
  { db, hostId, mirror, locate }: ListDeps,
  query: Query,
): Promise<EndpointOutput<typeof listActive>> {
  const { sort, jail, search, country, origin } = query;
  const down = sort.startsWith('-');
  const name = sortName(sort);
  const column = columns[name];
  const view = viewOf([sort, jail, search, country, origin]);
  const place =
    query.cursor === undefined ? null : readCursor(query.cursor, view, name === 'ip' ? 'string' : 'number');
  const asOf = mirror.state().asOf;

  let filtered: Filtered = db.selectFrom('active_bans').where('active_bans.host_id', '=', hostId);
  if (jail !== undefined) filtered = filtered.where('active_bans.jail', '=', jail);
  if (search !== undefined && search.trim() !== '') filtered = filtered.where(matching(search));
  if (country !== undefined) filtered = filtered.where(inCountry(country));
  if (origin !== 'all') {
    const manual = sql<boolean>`EXISTS (SELECT 1 FROM manual_bans WHERE manual_bans.host_id = active_bans.host_id
      AND manual_bans.jail = active_bans.jail AND manual_bans.ip = active_bans.ip
      AND active_bans.banned_at <= manual_bans.banned_at + ${manualSlackMs})`;
    filtered = filtered.where(origin === 'manual' ? manual : sql<boolean>`NOT ${manual}`);
    if (origin !== 'manual')
      filtered = filtered.where('active_bans.jail', origin === 'own' ? '!=' : '=', blocklistJailName);
  }

  let page = filtered.selectAll('active_bans');
  // Inside one jail its name is no part of the order: only then does the jail's own index hold the rows in order.
  const within = jail === undefined ? (['jail', 'ip'] as const) : (['ip'] as const);
  if (place !== null) {
    const sign = sql.raw(down ? '<' : '>');
    const keys = sql.join([column, ...within].map((one) => sql.ref(one)));
    const values = sql.join([place.value, ...within.map((one) => place[one])]);
    page = page.where(sql<boolean>`(${keys}) ${sign} (${values})`);
  }
  const direction = down ? 'desc' : 'asc';
  let ordered = page.orderBy(column, direction);
  for (const one of within) ordered = ordered.orderBy(one, direction);
  const rows = await ordered.limit(query.page_size + 1).execute();
  const shown = rows.slice(0, query.page_size);
  const last = shown.at(-1);
  const more = rows.length > query.page_size && last !== undefined;

  const whole = (search === undefined || search.trim() === '') && origin === 'all' && country === undefined;
  const total = (whole ? mirror.count(jail ?? null) : null) ?? (await count(filtered));
  const manual = await manualOf(db, hostId, shown);
  return {
    items: shown.map((row) => {
      const entry = manual.get(`${row.jail}\n${row.ip}`);
      const byHand = entry !== undefined && row.banned_at <= entry.banned_at + manualSlackMs ? entry : null;
      return {
        ip: row.ip,
        jail: row.jail,
        banned_at: new Date(row.banned_at).toISOString(),
        expires_at: instant(endOrNull(row.expires_at)),
        ban_count: row.ban_count,
        origin: byHand === null ? originOf(row.jail) : ('manual' as const),
        country: row.country,
        asn: row.asn === 0 ? null : row.asn,
        as_name: nameOf(row, locate),
        reason: byHand === null || byHand.reason === '' ? null : byHand.reason,
        banned_by: byHand?.banned_by ?? null,
        ends_early:
          byHand !== null &&
          byHand.ends_at !== null &&
          byHand.renew_at === null &&
          byHand.ends_at === row.expires_at,
      };
    }),
    next_cursor: more ? writeCursor(view, { value: last[column], jail: last.jail, ip: last.ip }) : null,
    total,
    as_of: instant(asOf),
  };
}

const originOf = (jail: string): 'own' | 'blocklist' => (jail === blocklistJailName ? 'blocklist' : 'own');

/** The row holds the number only; its name is that of today's data, if that still says the same network. */
function nameOf({ ip, asn }: { ip: string; asn: number }, locate: Locate): string | null {
  const place = locate(ip);
  return place.asn === asn ? place.asName : null;
}

function sortName(sort: Query['sort']): SortName {
  switch (sort) {
    case 'expires_at':
    case '-expires_at':
      return 'expires_at';
    case 'banned_at':
    case '-banned_at':
      return 'banned_at';
    case 'ip':
    case '-ip':
      return 'ip';
    case 'ban_count':
    case '-ban_count':
      return 'ban_count';
  }
}

async function count(filtered: Filtered): Promise<number> {
  const row = await filtered.select((eb) => eb.fn.countAll<number>().as('bans')).executeTakeFirst();
  return row?.bans ?? 0;
}

async function manualOf(
  db: Kysely<Database>,
  hostId: string,
  rows: readonly { ip: string }[],
): Promise<Map<string, Database['manual_bans']>> {
  if (rows.length === 0) return new Map();
  const entries = await db
    .selectFrom('manual_bans')
    .selectAll()
    .where('host_id', '=', hostId)
    .where(
      'ip',
      'in',
      rows.map((row) => row.ip),
    )
    .execute();
  return new Map(entries.map((entry) => [`${entry.jail}\n${entry.ip}`, entry]));
}

const instant = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
