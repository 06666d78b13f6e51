/** The bans that the mirror holds: what is known of unbans without the log, and of bans without the database as well. */
import type { Kysely } from 'kysely';
import type { TableBan } from '../../../host/bans/ban-table.ts';
import type { Database } from '../../../platform/db/schema.ts';
import type { NewBan, NewUnban } from '../new-event.ts';
import { originOf } from './told-events.ts';

export interface HeldBans {
  /**
   * One look at all of them. `onPage` gets them a page at a time, and answers false to stop. Answers the unbans of those
   * that the look before has seen and this one has not, at their end or, when that is not over, now.
   */
  look(now: number, onPage: (bans: NewBan[]) => Promise<boolean>): Promise<NewUnban[]>;
  /** Bans that the database told of: the mirror holds them soon, or they are over. */
  expect(bans: readonly TableBan[], now: number): void;
  /** The next look has nothing to compare with. */
  forget(): void;
}

const pageSize = 500;
/** So long the mirror takes to notice a ban that no log tells of. */
const mirrorMs = 15_000;
/** The mirror's mark for a ban without end. */
const farAway = 253_402_300_799_999;

export function createHeldBans(db: Kysely<Database>, hostId: string): HeldBans {
  /** By jail and address, ms. */
  let before = new Map<string, Expected>();
  return {
    async look(now, onPage) {
      const held = new Map<string, Expected>();
      for await (const rows of pages(db, hostId)) {
        for (const { jail, ip, expires_at: end } of rows)
          held.set(keyOf(jail, ip), { end: Number(end), since: 0 });
        const confirmed = rows.filter((row) => Number(row.confirmed) === 1);
        if (!(await onPage(confirmed.map(banOf)))) return [];
      }
      const gone = [...before].filter(([key]) => !held.has(key));
      const ended = gone.filter(([, { since }]) => now - since > mirrorMs);
      for (const [key, { end, since }] of gone) if (now - since <= mirrorMs) held.set(key, { end, since });
      before = held;
      return ended.map(([key, { end }]) => unbanOf(key, Math.min(end, now)));
    },
    expect(bans, now) {
      for (const { jail, ip, at, seconds } of bans) {
        const end = seconds === null || seconds < 0 ? farAway : (at + seconds) * 1000;
        if (end > now) before.set(keyOf(jail, ip), { end, since: now });
      }
    },
    forget() {
      before = new Map();
    },
  };
}

interface Expected {
  end: number;
  since: number;
}

type Row = Pick<
  Database['active_bans'],
  'jail' | 'ip' | 'banned_at' | 'expires_at' | 'ban_count' | 'confirmed'
>;

async function* pages(db: Kysely<Database>, hostId: string): AsyncGenerator<Row[]> {
  for (let after = { jail: '', ip: '' }; ;) {
    const rows = await db
      .selectFrom('active_bans')
      .select(['jail', 'ip', 'banned_at', 'expires_at', 'ban_count', 'confirmed'])
      .where('host_id', '=', hostId)
      .where((eb) =>
        eb.or([eb('jail', '>', after.jail), eb.and([eb('jail', '=', after.jail), eb('ip', '>', after.ip)])]),
      )
      .orderBy('jail')
      .orderBy('ip')
      .limit(pageSize)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last;
    yield rows;
  }
}

/** With the daemon's own times: its database has the same seconds. */
function banOf({ jail, ip, banned_at: at, expires_at: end, ban_count: count }: Row): NewBan {
  return {
    action: 'ban',
    jail,
    ip,
    at: Number(at),
    origin: originOf(jail),
    actor: null,
    reason: null,
    fail2banAt: Math.round(Number(at) / 1000),
    seconds: Number(end) >= farAway ? -1 : Math.round((Number(end) - Number(at)) / 1000),
    count: Number(count),
    failures: 0,
    lines: [],
  };
}

function unbanOf(key: string, at: number): NewUnban {
  const [jail = '', ip = ''] = key.split('\n');
  return { action: 'unban', jail, ip, at, origin: originOf(jail), actor: null, reason: null };
}

const keyOf = (jail: string, ip: string): string => `${jail}\n${ip}`;
