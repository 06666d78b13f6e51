/** What a run of log events does to the bans of one jail: pure, so that every order of lines can be tried. */
import type { LogEvent } from '../../host/bans/log-follow.ts';
import { endOf, permanentEnd, type BanRow } from './ban-row.ts';

export type JailEvent = Extract<LogEvent, { jail: string }>;

/** Why a row's times are still to be read from fail2ban's database. */
export type Incomplete = 'banned' | 'restored' | 'again';

export interface Folded {
  puts: BanRow[];
  removals: string[];
  /** New to a person: bans that were not there before and are now, the other way around. */
  banned: BanRow[];
  unbanned: { ip: string; at: number }[];
  incomplete: { ip: string; at: number; why: Incomplete }[];
}

interface FoldOptions {
  events: readonly JailEvent[];
  /** Rows of the addresses concerned, by address. */
  known: ReadonlyMap<string, BanRow>;
  /** The jail's ban time now, seconds, -1 = permanent. */
  banSeconds: number;
}

/** The same ban is often heard of twice: from the answer to our own command and from the log. */
const sameBanMs = 10_000;
/** fail2ban's database rounds to whole seconds. */
const roundingMs = 600;

export function foldEvents({ events, known, banSeconds }: FoldOptions): Folded {
  const now = new Map<string, BanRow | null>();
  const incomplete = new Map<string, { at: number; why: Incomplete }>();
  const unbannedAt = new Map<string, number>();
  const quiet = new Set<string>();
  const put = (row: BanRow, at: number, why: Incomplete | null): void => {
    now.set(row.ip, row);
    if (why !== null) incomplete.set(row.ip, { at, why });
  };

  for (const event of events) {
    const { ip, at } = event;
    const pending = now.get(ip);
    const row = pending === undefined ? known.get(ip) : (pending ?? undefined);
    const fresh = { jail: event.jail, ip, bannedAt: at, count: 1, ownDuration: false, confirmed: false };
    const jailEnd = endOf(at, banSeconds);
    switch (event.type) {
      case 'ban':
        if (event.restored) {
          quiet.add(ip);
          if (row === undefined) put({ ...fresh, expiresAt: jailEnd, ownDuration: true }, at, 'restored');
          else if (!row.ownDuration) put({ ...row, ownDuration: true }, at, null);
        } else if (row === undefined || Math.abs(row.bannedAt - at) > sameBanMs) {
          put({ ...fresh, expiresAt: jailEnd }, at, 'banned');
        }
        break;
      case 'again':
        if (row === undefined) put({ ...fresh, expiresAt: jailEnd, ownDuration: true }, at, 'again');
        else if (jailEnd > row.expiresAt) put({ ...row, expiresAt: jailEnd, ownDuration: true }, at, null);
        break;
      case 'increase': {
        const expiresAt = event.endsAt ?? permanentEnd;
        put({ ...(row ?? fresh), expiresAt, count: event.count, ownDuration: true }, at, 'banned');
        break;
      }
      case 'unban':
        // A line that arrives late must not end a ban that began after it.
        if (row === undefined || row.bannedAt > at + roundingMs) break;
        now.set(ip, null);
        incomplete.delete(ip);
        unbannedAt.set(ip, at);
        break;
    }
  }

  const folded: Folded = { puts: [], removals: [], banned: [], unbanned: [], incomplete: [] };
  for (const [ip, row] of now) {
    const before = known.get(ip);
    if (row === null) {
      if (before === undefined) continue;
      folded.removals.push(ip);
      folded.unbanned.push({ ip, at: unbannedAt.get(ip) ?? 0 });
    } else {
      folded.puts.push(row);
      const isNew = before === undefined || Math.abs(before.bannedAt - row.bannedAt) > sameBanMs;
      if (isNew && !quiet.has(ip)) folded.banned.push(row);
    }
  }
  for (const [ip, { at, why }] of incomplete) folded.incomplete.push({ ip, at, why });
  return folded;
}
