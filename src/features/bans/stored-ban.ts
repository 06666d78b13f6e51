/** A row of fail2ban's database read as the ban that the daemon holds. */
import type { StoredBan } from '../../host/bans/ban-database.ts';
import type { JailSnapshot } from '../../host/host.ts';
import { endOf, type BanRow } from './ban-row.ts';

/**
 * A restored ban carries its own duration, cut to the jail's ban time when the jail does not increment
 * (server/jail.py restoreCurrentBans, server/database.py getCurrentBans); an increased one, of a count above 1, its
 * own; every other follows the jail's ban time of the moment.
 */
export function readStored(
  stored: StoredBan,
  { jail, restored }: { jail: JailSnapshot | undefined; restored: boolean },
): BanRow {
  const { ip, bannedAt, count } = stored;
  const jailSeconds = jail?.banSeconds ?? stored.seconds;
  const unknown = stored.seconds < -1;
  const own = !unknown && (restored || count > 1);
  const longest = restored && jail !== undefined && !jail.increments ? jailSeconds : -1;
  const seconds = own ? shorter(stored.seconds, longest) : jailSeconds;
  return {
    jail: stored.jail,
    ip,
    bannedAt,
    expiresAt: endOf(bannedAt, seconds),
    count,
    ownDuration: own,
    confirmed: true,
  };
}

/** Seconds, -1 = without end. */
function shorter(a: number, b: number): number {
  if (a < 0) return b;
  return b < 0 ? a : Math.min(a, b);
}
