/** Completes bans known from a log line only: exact time, duration and count from fail2ban's database. */
import type { StoredBan } from '../../host/bans/ban-database.ts';
import type { JailSnapshot } from '../../host/host.ts';
import type { KnownRow } from './active-bans.ts';
import { banKey, type BanRow } from './ban-row.ts';
import type { Incomplete } from './fold-events.ts';
import type { MirrorTools } from './mirror-parts.ts';
import { readStored } from './stored-ban.ts';
import { slices } from './turns.ts';

interface Wanted {
  jail: string;
  ip: string;
  /** Of the log line, ms. */
  at: number;
  why: Incomplete;
}

export interface MirrorComplete {
  add(wanted: Wanted): void;
  /** Reads what is there by now. fail2ban writes its database after the log, seconds later in a burst. */
  run(options: { quiet: boolean; stopped: () => boolean }): Promise<void>;
}

const sliceSize = 120;
/** More than this waits until a burst is over, so as not to stand in the way of fail2ban's writer. */
const hurriedBelow = 500;
/** fail2ban loses rows when its database stays locked, so not every row comes. */
const givenUpMs = 10 * 60_000;
/** More than this are not remembered one by one but found again in the table. */
const rememberedAtMost = 2000;
const walkAgainMs = 5000;

export function createMirrorComplete({
  host,
  feed,
  bans,
  takeTurn,
  looks,
  now,
}: MirrorTools): MirrorComplete {
  const queue = new Map<string, Wanted>();
  /** Jails whose table holds incomplete bans that the queue does not. */
  const overflown = new Set<string>();
  let walkedAt = 0;

  async function read(jail: string, wanted: readonly Wanted[]): Promise<number> {
    const ips = wanted.map(({ ip }) => ip);
    const stored = await feed.rowsOf(jail, ips);
    if (stored === null) return 0;
    const byIp = new Map(stored.map((row) => [row.ip, row]));
    const snapshot = host.status().jails.find((one) => one.name === jail);
    return takeTurn(async () => {
      const known = await bans.known(jail, ips);
      const puts: BanRow[] = [];
      let found = 0;
      for (const one of wanted) {
        const key = banKey(jail, one.ip);
        if ((queue.get(key) ?? one) !== one) continue;
        const row = known.get(one.ip);
        const found1 = byIp.get(one.ip);
        const fits = row !== undefined && found1 !== undefined && ofThisBan(found1, one.at);
        // Asked again at the end of the queue: a row that never comes must not hold up the others.
        const queued = queue.delete(key);
        if (fits) {
          puts.push(completed({ row, stored: found1, why: one.why, jail: snapshot }));
          found += 1;
        } else if (queued && row !== undefined && now() - one.at < givenUpMs) queue.set(key, one);
      }
      await bans.change({ jail, puts, removals: [], known, seen: looks.mark() });
      return found;
    });
  }

  /** One pass over a jail's rows. True when no incomplete one is worth another. */
  async function walk(jail: string, stopped: () => boolean): Promise<boolean> {
    let done = true;
    for (let after = ''; ;) {
      if (stopped()) return false;
      const rows = await takeTurn(() => bans.walk(jail, after, sliceSize));
      const last = rows.at(-1);
      if (last === undefined) return done;
      after = last.ip;
      const open = rows.filter((row) => !row.confirmed && now() - row.bannedAt < givenUpMs);
      if (open.length === 0) continue;
      const wanted = open.map(({ ip, bannedAt, ownDuration }): Wanted => {
        return { jail, ip, at: bannedAt, why: ownDuration ? 'restored' : 'banned' };
      });
      if ((await read(jail, wanted)) < wanted.length) done = false;
    }
  }

  return {
    add(wanted) {
      const key = banKey(wanted.jail, wanted.ip);
      if (queue.size < rememberedAtMost || queue.has(key)) queue.set(key, wanted);
      else overflown.add(wanted.jail);
    },
    async run({ quiet, stopped }) {
      if (quiet && overflown.size > 0 && now() - walkedAt > walkAgainMs) {
        for (const jail of overflown) if (await walk(jail, stopped)) overflown.delete(jail);
        walkedAt = now();
      }
      if (queue.size === 0 || (queue.size > hurriedBelow && !quiet)) return;
      for (const [jail, wanted] of Map.groupBy(queue.values(), (one) => one.jail)) {
        for (const slice of slices(wanted, sliceSize)) {
          if (stopped()) return;
          // The writer works in order: once a slice is mostly missing, the rest is too.
          if ((await read(jail, slice)) * 2 < slice.length) break;
        }
      }
    },
  };
}

/**
 * An address's row may still be that of its ban before, which had ended by the time of this one's log line; the row
 * of this ban ends after that line. fail2ban rounds to seconds.
 */
const ofThisBan = (stored: StoredBan, loggedAt: number): boolean =>
  stored.seconds < 0 || stored.bannedAt + stored.seconds * 1000 > loggedAt + 500;

function completed({
  row,
  stored,
  why,
  jail,
}: {
  row: KnownRow;
  stored: StoredBan;
  why: Incomplete;
  jail: JailSnapshot | undefined;
}): BanRow {
  const read = readStored(stored, { jail, restored: why === 'restored' });
  // Prolonged since: the database keeps the old end, the daemon has the new one.
  const prolonged = why !== 'restored' && row.ownDuration && row.expiresAt > read.expiresAt;
  return {
    ...read,
    expiresAt: prolonged ? row.expiresAt : read.expiresAt,
    count: Math.max(row.count, read.count),
    ownDuration: row.ownDuration || read.ownDuration,
  };
}
