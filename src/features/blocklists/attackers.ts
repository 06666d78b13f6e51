/** Addresses of the history that own jails, or operators, have banned, page by page. */
import { sql, type Kysely } from 'kysely';
import { parseAddress, type Address } from '../../base/address.ts';
import { blocklistJailName } from '../../host/blocklist/names.ts';
import type { Database } from '../../platform/db/schema.ts';

export interface Attacker {
  /** Or a network. */
  ip: Address;
  /** As in `Place`. */
  country: string;
  /** Since `since`; bans of blocklists are not counted. */
  bans: number;
  /** ms: of the first and the last of them. */
  first: number;
  last: number;
}

interface HistoryDeps {
  /** One that reads off the main thread: each page is a join. */
  db: Kysely<Database>;
  hostId: string;
}

const idsAtOnce = 10_000;

/**
 * Each address once, at most 10,000 a page, none when it has no such ban since `since` (ms). What fail2ban banned
 * without its being an address is left out.
 */
export async function* attackersSince(
  { db, hostId }: HistoryDeps,
  since: number,
): AsyncGenerator<Attacker[]> {
  const newest = await sql<{ id: number | null }>`SELECT max(id) AS id FROM addresses`.execute(db);
  const last = newest.rows[0]?.id ?? 0;
  for (let after = 0; after < last; after += idsAtOnce) {
    // An id of the history holds its time. CROSS JOIN keeps SQLite to this order, few addresses and each by its index;
    // were the host compared as it is, its index would lead, and every page would go through all addresses.
    const { rows } = await sql<Omit<Attacker, 'ip'> & { ip: string }>`
      SELECT a.ip, a.country, count(*) AS bans, min(h.at) AS first, max(h.at) AS last
      FROM addresses a CROSS JOIN history h
      WHERE a.id > ${after} AND a.id <= ${after + idsAtOnce} AND a.host_id || '' = ${hostId} AND a.bans > 0
        AND a.last_at >= ${since} AND h.ip = a.ip AND h.id >= ${since * 1024} AND h.host_id = ${hostId}
        AND h.action = 'ban' AND h.origin <> 'blocklist'
      GROUP BY a.id, a.ip, a.country`.execute(db);
    const page = rows.flatMap((row) => {
      const ip = parseAddress(row.ip);
      return ip === null ? [] : [{ ...row, ip }];
    });
    if (page.length > 0) yield page;
  }
}

const bansAtOnce = 5_000;

/** Addresses that jails of ours ban at `now` (ms), each once. */
export async function* bannedAt({ db, hostId }: HistoryDeps, now: number): AsyncGenerator<Address[]> {
  let after = '';
  for (;;) {
    const rows = await db
      .selectFrom('active_bans')
      .select(({ fn }) => ['ip_key', fn.min('ip').as('ip')])
      .where('host_id', '=', hostId)
      .where('ip_key', '>', after)
      .where('jail', '!=', blocklistJailName)
      .where('expires_at', '>', now)
      .groupBy('ip_key')
      .orderBy('ip_key')
      .limit(bansAtOnce)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.flatMap(({ ip }) => parseAddress(ip) ?? []);
    after = last.ip_key;
  }
}
