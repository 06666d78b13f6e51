/** A real fail2ban, and the mirror of its bans in a database of one's own, without the rest of BanGUI. */
import { systemClock } from '../src/base/clock.ts';
import { silentLog, type Log } from '../src/base/log.ts';
import { createManualBans, type ManualBans } from '../src/features/bans/manual-bans.ts';
import { createMirror, type Mirror } from '../src/features/bans/mirror.ts';
import { createBanFeed, type BanFeed } from '../src/host/bans/feed.ts';
import { createLocalHost, type LocalHost } from '../src/host/local-host.ts';
import { createEvents, type AppEvent, type Events } from '../src/platform/events.ts';
import { noFanOut } from '../src/platform/fan-out/fan-out.ts';
import type { Database } from '../src/platform/db/schema.ts';
import type { Geo } from '../src/platform/geo/geo.ts';
import { placeOf } from '../src/platform/geo/place.ts';
import type { Fence } from '../src/platform/lock/fence.ts';
import { until } from './bangui.ts';
import { temporaryDatabase, type TemporaryDatabase } from './database.ts';
import { startFail2ban, type RealFail2ban } from './fail2ban/real-fail2ban.ts';
import type { Fail2banOptions } from './fail2ban/fail2ban-config.ts';

export const noGeo = {
  locate: () => placeOf('unknown'),
  ready: Promise.resolve(),
  onChange: () => () => {},
};

export interface Mirrored {
  fail2ban: RealFail2ban;
  database: TemporaryDatabase;
  host: LocalHost;
  feed: BanFeed;
  mirror: Mirror;
  manual: ManualBans;
  events: Events;
  /** Of a database whose lock nobody ever took. */
  fence: Fence;
  /** Announced so far. */
  announced: AppEvent[];
  rows(jail?: string): Promise<Database['active_bans'][]>;
  /** `jail ip` of every row, sorted. */
  listed(): Promise<string[]>;
  /** The same as fail2ban answers it. */
  held(): Promise<string[]>;
  /** Waits until the mirror holds exactly what fail2ban holds, and so much of it. Answers the ms it took. */
  untilEqual(count?: number, withinMs?: number): Promise<number>;
  /** BanGUI's part anew, on the same database. */
  restartMirror(): Promise<Mirrored>;
  close(): Promise<void>;
}

interface MirroredOptions extends Fail2banOptions {
  /** Other than an internet without countries. */
  geo?: Pick<Geo, 'locate' | 'ready' | 'onChange'>;
  databaseFile?: string;
  log?: Log;
}

export async function startMirrored(options: MirroredOptions = {}): Promise<Mirrored> {
  const fail2ban = await startFail2ban(options);
  return await mirrorOf(fail2ban, await temporaryDatabase(), options);
}

async function mirrorOf(
  fail2ban: RealFail2ban,
  database: TemporaryDatabase,
  options: MirroredOptions,
): Promise<Mirrored> {
  const log = options.log ?? silentLog;
  const host = createLocalHost({ id: 'local', socketPath: fail2ban.socket, log, now: systemClock });
  const feed = createBanFeed({ host, log, databaseFile: options.databaseFile ?? null });
  const events = createEvents(log);
  const announced: AppEvent[] = [];
  events.listen((event) => announced.push(event));
  const { db } = database;
  const mirror = createMirror({
    db,
    host,
    feed,
    geo: options.geo ?? noGeo,
    events,
    fanOut: noFanOut,
    listenElsewhere: () => {},
    now: systemClock,
    log,
  });
  host.start();
  const fence = database.fence();
  await mirror.start(fence);
  await until('the mirror is filled', () => mirror.state().state === 'current');

  const rows = (jail?: string) => {
    const query = db.selectFrom('active_bans').selectAll().orderBy('jail').orderBy('ip');
    return (jail === undefined ? query : query.where('jail', '=', jail)).execute();
  };
  const listed = async () => (await rows()).map((row) => `${row.jail} ${row.ip}`).toSorted();
  const held = async () => {
    const found: string[] = [];
    for (const jail of (await host.refresh()).jails) {
      const text = await fail2ban.client('get', jail.name, 'banip', '\n');
      found.push(...text.split('\n').flatMap((ip) => (ip === '' ? [] : `${jail.name} ${ip}`)));
    }
    return found.toSorted();
  };
  const stop = async (): Promise<void> => {
    await mirror.stop();
    await host.close();
  };
  return {
    fail2ban,
    database,
    host,
    feed,
    mirror,
    manual: createManualBans({ db, hostId: host.id }),
    events,
    fence,
    announced,
    rows,
    listed,
    held,
    untilEqual: (count, withinMs = 15_000) =>
      until(
        `the mirror equals fail2ban${count === undefined ? '' : ` at ${count}`}`,
        async () => {
          if (count !== undefined && mirror.count(null) !== count) return false;
          const [ours, theirs] = [await listed(), await held()];
          return ours.length === theirs.length && ours.every((one, index) => one === theirs[index]);
        },
        withinMs,
        100,
      ),
    async restartMirror() {
      await stop();
      return await mirrorOf(fail2ban, database, options);
    },
    async close() {
      await stop();
      await fail2ban.remove();
      await database.close();
    },
  };
}
