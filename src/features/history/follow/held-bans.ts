/** The bans that the mirror holds, as events: all that is known where neither log nor database can be read. */
import type { Kysely } from 'kysely';
import type { Database } from '../../../platform/db/schema.ts';
import type { NewEvent } from '../new-event.ts';
import { originOf } from './told-events.ts';

const pageSize = 500;
/** The mirror's mark for a ban without end. */
const farAway = 253_402_300_799_999;

/** Pages of them, as the daemon itself told their times. */
export async function* heldBans(db: Kysely<Database>, hostId: string): AsyncGenerator<NewEvent[]> {
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
    yield rows
      .filter(({ confirmed }) => Number(confirmed) === 1)
      .map(({ jail, ip, banned_at: at, expires_at: end, ban_count: count }) => ({
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
      }));
  }
}
