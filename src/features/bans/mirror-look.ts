/** Looks at whole jails and makes the mirror equal: at the start, after a restart, and when the counters disagree. */
import type { StoredBan } from '../../host/bans/ban-database.ts';
import type { HeldBan, JailSnapshot } from '../../host/host.ts';
import type { KnownRow } from './active-bans.ts';
import { endOf, type BanRow } from './ban-row.ts';
import type { MirrorTools } from './mirror-parts.ts';
import { readStored } from './stored-ban.ts';
import { slices } from './turns.ts';

/** Jails with more bans are read from fail2ban's database: asking the daemon stops it for 13 ms per 1,000 bans. */
export const smallJail = 1000;
/** So long a stop of the daemon is worth it only when nothing else helped. */
const largeAskEveryMs = 5 * 60_000;

const sliceSize = 120;
const readSize = 1000;
/** Row numbers are given again after deletions at the end. */
const rowOverlap = 500;
/** The daemon ends a ban up to a second after its end. */
const lateMs = 1500;

export interface LookOptions {
  insist?: boolean;
  newest?: boolean;
  stopped: () => boolean;
}

export interface MirrorLook {
  /**
   * Makes these jails equal to what fail2ban holds. `insist`: a large jail that its database did not put right is
   * asked from the daemon. `newest`: of a large jail only the newest rows of the database are read, and nothing is
   * removed. Throws what the host throws.
   */
  look(jails: readonly JailSnapshot[], options: LookOptions): Promise<void>;
  /** Removes every row of a jail. */
  forget(jail: string): Promise<void>;
}

export function createMirrorLook(tools: MirrorTools): MirrorLook {
  const { host, feed, bans, takeTurn, announcer, looks, now, log } = tools;
  const askedAt = new Map<string, number>();
  let lastRow = 0;
  let last: Promise<void> = Promise.resolve();

  /** Writes what was read unless something newer is known. */
  const put = (jail: string, rows: readonly BanRow[], mark: number): Promise<void> =>
    takeTurn(async () => {
      const known = await bans.known(
        jail,
        rows.map((row) => row.ip),
      );
      const puts = rows.filter(
        (row) => (known.get(row.ip)?.seen ?? 0) < mark && !looks.endedMeanwhile(jail, row.ip),
      );
      await bans.change({ jail, puts, removals: [], known, seen: mark });
      announcer.changed({ banned: puts.filter((row) => !known.has(row.ip)).length, unbanned: 0 });
    });

  /** Removes what the look did not see; after one at the database, what fail2ban holds may not be written there. */
  async function sweep(jail: string, mark: number, from: 'daemon' | 'database'): Promise<void> {
    const kept = from === 'database' ? await bans.kept(jail) : new Set<string>();
    for (let after = ''; ;) {
      const more = await takeTurn(async () => {
        const rows = await bans.walk(jail, after, sliceSize * 4);
        after = rows.at(-1)?.ip ?? after;
        const gone = rows.filter(
          (row) => row.seen < mark && (from === 'daemon' || (row.confirmed && !kept.has(row.ip))),
        );
        await bans.change({
          jail,
          puts: [],
          removals: gone.map((row) => row.ip),
          known: new Map(gone.map((row) => [row.ip, row])),
          seen: mark,
        });
        announcer.changed({ banned: 0, unbanned: gone.length });
        return rows.length > 0;
      });
      if (!more) return;
    }
  }

  async function askDaemon(jail: JailSnapshot, mark: number): Promise<void> {
    const shift = feed.zoneShift();
    const held = (await host.banTimes(jail.name)).map((one) => ({ ...one, bannedAt: one.bannedAt + shift }));
    const small = held.length <= smallJail;
    for (const slice of slices(held, sliceSize)) {
      const ips = slice.map(({ ip }) => ip);
      const stored = small ? ((await feed.rowsOf(jail.name, ips)) ?? []) : [];
      const storedByIp = new Map(stored.map((row) => [row.ip, row]));
      const known = await bans.known(jail.name, ips);
      const rows = slice.map((one) =>
        fromDaemon(one, {
          jail,
          stored: storedByIp.get(one.ip),
          known: known.get(one.ip),
          upSince: upSince(),
        }),
      );
      await put(jail.name, rows, mark);
    }
    await sweep(jail.name, mark, 'daemon');
  }

  /** One pass over fail2ban's database for all these jails. False when it cannot be read. */
  async function readDatabase(
    jails: readonly JailSnapshot[],
    mark: number,
    { newest = false, stopped }: LookOptions,
  ): Promise<boolean> {
    const wanted = new Map<string, JailSnapshot>(jails.map((jail) => [jail.name, jail]));
    for (let after = newest ? Math.max(0, lastRow - rowOverlap) : 0; ;) {
      if (stopped()) return true;
      const stored = await feed.rowsAfter(after, readSize);
      if (stored === null) return false;
      if (stored.length === 0) break;
      after = stored.at(-1)?.row ?? after;
      lastRow = after;
      const active = stored.flatMap((row) => {
        const jail = wanted.get(row.jail);
        if (jail === undefined) return [];
        const ban = readStored(row, { jail, restored: row.bannedAt < (upSince() ?? 0) });
        return ban.expiresAt > now() - lateMs ? [ban] : [];
      });
      for (const [jail, rows] of Map.groupBy(active, (row) => row.jail)) {
        for (const slice of slices(rows, sliceSize)) await put(jail, await keepProlonged(jail, slice), mark);
      }
    }
    if (newest) return true;
    for (const jail of jails) await sweep(jail.name, mark, 'database');
    return true;
  }

  /** The database never hears of a prolonged end; the mirror may have. */
  async function keepProlonged(jail: string, rows: readonly BanRow[]): Promise<BanRow[]> {
    const known = await bans.known(
      jail,
      rows.map((row) => row.ip),
    );
    return rows.map((row) => {
      const before = known.get(row.ip);
      return before !== undefined && wasProlonged(before, row) ? before : row;
    });
  }

  const upSince = (): number | null => host.status().upSince;

  async function lookNow(jails: readonly JailSnapshot[], options: LookOptions): Promise<void> {
    const { insist = false, stopped } = options;
    const mark = looks.begin();
    const began = performance.now();
    try {
      const large: JailSnapshot[] = [];
      for (const jail of jails) {
        if (stopped()) return;
        if (jail.currentlyBanned <= smallJail) await askDaemon(jail, mark);
        else large.push(jail);
      }
      if (large.length === 0 || stopped()) return;
      const read = !insist && (await readDatabase(large, mark, options));
      if (read) return;
      for (const jail of large) {
        if (stopped()) return;
        if (now() - (askedAt.get(jail.name) ?? 0) < largeAskEveryMs) continue;
        askedAt.set(jail.name, now());
        await askDaemon(jail, mark);
      }
    } finally {
      looks.end();
      log.debug('bans_looked_at', { jails: jails.length, ms: Math.round(performance.now() - began) });
    }
  }

  return {
    look(jails, options) {
      const result = last.then(() => lookNow(jails, options));
      last = result.catch(() => undefined);
      return result;
    },
    forget: (jail) => sweep(jail, Number.MAX_SAFE_INTEGER, 'daemon'),
  };
}

/** The daemon's own word on start and end; count and kind of duration from what is known beside it. */
function fromDaemon(
  held: HeldBan,
  {
    jail,
    stored,
    known,
    upSince,
  }: {
    jail: JailSnapshot;
    stored: StoredBan | undefined;
    known: KnownRow | undefined;
    upSince: number | null;
  },
): BanRow {
  const sameBan = known !== undefined && Math.abs(known.bannedAt - held.bannedAt) < 2000;
  const restored = held.bannedAt < (upSince ?? 0);
  const count = Math.max(stored?.count ?? 1, sameBan ? known.count : 1);
  return {
    jail: jail.name,
    ip: held.ip,
    bannedAt: held.bannedAt,
    expiresAt: endOf(held.bannedAt, held.seconds),
    count,
    ownDuration: held.seconds !== jail.banSeconds || restored || count > 1 || (sameBan && known.ownDuration),
    confirmed: true,
  };
}

const wasProlonged = (known: KnownRow, read: BanRow): boolean =>
  known.ownDuration && known.expiresAt > read.expiresAt && Math.abs(known.bannedAt - read.bannedAt) < 2000;
