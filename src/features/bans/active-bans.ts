/** The table of bans in force, written by the mirror alone, in slices short enough for everyone else. */
import type { Kysely } from 'kysely';
import { addressKey } from '../../base/address.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Locate, Place } from '../../platform/geo/place.ts';
import { LockLost, type Fence } from '../../platform/lock/fence.ts';
import { endOf, manualSlackMs, type BanRow } from './ban-row.ts';
import { padded, powerSlices } from './statement-sizes.ts';

export interface KnownRow extends BanRow {
  /** Mark of the last look, or live change, that wrote it. */
  seen: number;
  /** As in `Place`, when it was written. */
  country: string;
  asn: number;
}

export interface ActiveBans {
  /** Counts the rows once; afterwards the counts are kept in memory. Everything is written through the fence. */
  load(fence: Fence): Promise<void>;
  count(jail: string): number;
  total(): number;
  /** Jails that have rows. */
  jails(): string[];
  /** Rows of these addresses in one jail. */
  known(jail: string, ips: readonly string[]): Promise<Map<string, KnownRow>>;
  /**
   * Writes and removes in one transaction; answers the rows as written, with BanGUI's own earlier ends. `known` must
   * hold the rows of all addresses concerned. Throws LockLost once another instance writes the table.
   */
  change(change: Change): Promise<readonly BanRow[]>;
  /** A page of a jail's rows in order of their text, for walking through all of them. */
  walk(jail: string, afterIp: string, limit: number): Promise<KnownRow[]>;
  /** Rows whose end is before `time`, the oldest first. */
  endedBefore(time: number, limit: number): Promise<{ jail: string; ip: string }[]>;
  /** Addresses of a jail whose bans BanGUI keeps alive: fail2ban's database knows nothing of their end. */
  kept(jail: string): Promise<ReadonlySet<string>>;
  /** The jails that hold these addresses. */
  holders(ips: readonly string[]): Promise<{ jail: string; ip: string }[]>;
}

export interface Change {
  jail: string;
  puts: readonly BanRow[];
  removals: readonly string[];
  known: ReadonlyMap<string, KnownRow>;
  seen: number;
}

interface ActiveBansDeps {
  db: Kysely<Database>;
  hostId: string;
  locate: Locate;
}

export function createActiveBans({ db, hostId, locate }: ActiveBansDeps): ActiveBans {
  const counts = new Map<string, number>();
  let fence: Fence | null = null;

  const rowsOf = (jail: string) =>
    db.selectFrom('active_bans').selectAll().where('host_id', '=', hostId).where('jail', '=', jail);

  /** BanGUI ends some bans before fail2ban would, and keeps others alive for longer; the mirror shows that end. */
  async function withOwnEnds(jail: string, rows: readonly BanRow[]): Promise<readonly BanRow[]> {
    if (rows.length === 0) return rows;
    const notes = await db
      .selectFrom('manual_bans')
      .select(['ip', 'ends_at', 'banned_at', 'renew_at'])
      .where('host_id', '=', hostId)
      .where('jail', '=', jail)
      .where('ends_at', 'is not', null)
      .where('ip', 'in', padded(rows.map((row) => row.ip)))
      .execute();
    if (notes.length === 0) return rows;
    const byIp = new Map(notes.map((entry) => [entry.ip, entry]));
    return rows.map((row) => {
      const entry = byIp.get(row.ip);
      if (entry === undefined || entry.ends_at === null) return row;
      const { ends_at: endsAt } = entry;
      // Whoever banned it anew, the ban does not end before the one that is kept alive.
      const later = entry.renew_at !== null && endsAt > row.expiresAt;
      const earlier = row.bannedAt <= entry.banned_at + manualSlackMs && endsAt < row.expiresAt;
      return later || earlier ? { ...row, expiresAt: endsAt, ownDuration: true } : row;
    });
  }

  return {
    async load(given) {
      fence = given;
      counts.clear();
      const rows = await db
        .selectFrom('active_bans')
        .select((eb) => ['jail', eb.fn.countAll<number>().as('bans')])
        .where('host_id', '=', hostId)
        .groupBy('jail')
        .execute();
      for (const row of rows) counts.set(row.jail, row.bans);
    },
    count: (jail) => counts.get(jail) ?? 0,
    total: () => [...counts.values()].reduce((sum, count) => sum + count, 0),
    jails: () => [...counts].filter(([, count]) => count > 0).map(([jail]) => jail),
    async known(jail, ips) {
      if (ips.length === 0) return new Map();
      const rows = await rowsOf(jail).where('ip', 'in', padded(ips)).execute();
      return new Map(rows.map((row) => [row.ip, toKnown(row)]));
    },
    async change({ jail, puts, removals, known, seen }) {
      if (puts.length === 0 && removals.length === 0) return [];
      if (fence === null) throw new LockLost('The mirror does not run in this instance.');
      const rows = await withOwnEnds(jail, puts);
      await fence.write(async (trx) => {
        if (removals.length > 0) {
          await trx
            .deleteFrom('active_bans')
            .where('host_id', '=', hostId)
            .where('jail', '=', jail)
            .where('ip', 'in', padded(removals))
            .execute();
        }
        for (const slice of powerSlices(rows)) {
          await trx
            .insertInto('active_bans')
            .values(slice.map((row) => toColumns(hostId, row, { seen, ...placed(locate(row.ip)) })))
            .onConflict((conflict) =>
              conflict.columns(['host_id', 'jail', 'ip']).doUpdateSet((eb) => ({
                banned_at: eb.ref('excluded.banned_at'),
                expires_at: eb.ref('excluded.expires_at'),
                ban_count: eb.ref('excluded.ban_count'),
                own_duration: eb.ref('excluded.own_duration'),
                confirmed: eb.ref('excluded.confirmed'),
                seen: eb.ref('excluded.seen'),
                country: eb.ref('excluded.country'),
                asn: eb.ref('excluded.asn'),
              })),
            )
            .execute();
        }
      });
      const added = puts.filter((row) => !known.has(row.ip)).length;
      const removed = removals.filter((ip) => known.has(ip)).length;
      counts.set(jail, (counts.get(jail) ?? 0) + added - removed);
      return rows;
    },
    async walk(jail, afterIp, limit) {
      const rows = await rowsOf(jail).where('ip', '>', afterIp).orderBy('ip').limit(limit).execute();
      return rows.map(toKnown);
    },
    endedBefore: (time, limit) =>
      db
        .selectFrom('active_bans')
        .select(['jail', 'ip'])
        .where('host_id', '=', hostId)
        .where('expires_at', '<', time)
        .orderBy('expires_at')
        .limit(limit)
        .execute(),
    async kept(jail) {
      const rows = await db
        .selectFrom('manual_bans')
        .select('ip')
        .where('host_id', '=', hostId)
        .where('jail', '=', jail)
        .where('renew_at', 'is not', null)
        .execute();
      return new Set(rows.map(({ ip }) => ip));
    },
    holders: (ips) =>
      db
        .selectFrom('active_bans')
        .select(['jail', 'ip'])
        .where('host_id', '=', hostId)
        .where('ip_key', 'in', padded(ips.map(addressKey)))
        .where('ip', 'in', padded(ips))
        .execute(),
  };
}

/** The row with the end that follows from the jail's ban time, when it has none of its own. */
export const following = (row: KnownRow, banSeconds: number): KnownRow =>
  row.ownDuration ? row : { ...row, expiresAt: endOf(row.bannedAt, banSeconds) };

type Row = Database['active_bans'];

const placed = ({ country, asn }: Place): Pick<Row, 'country' | 'asn'> => ({ country, asn });

const toColumns = (hostId: string, row: BanRow, more: Pick<Row, 'seen' | 'country' | 'asn'>): Row => ({
  host_id: hostId,
  jail: row.jail,
  ip: row.ip,
  ip_key: addressKey(row.ip),
  banned_at: row.bannedAt,
  expires_at: row.expiresAt,
  ban_count: row.count,
  own_duration: row.ownDuration ? 1 : 0,
  confirmed: row.confirmed ? 1 : 0,
  ...more,
});

const toKnown = (row: Row): KnownRow => ({
  jail: row.jail,
  ip: row.ip,
  bannedAt: row.banned_at,
  expiresAt: row.expires_at,
  count: row.ban_count,
  ownDuration: row.own_duration === 1,
  confirmed: row.confirmed === 1,
  seen: row.seen,
  country: row.country,
  asn: row.asn,
});
