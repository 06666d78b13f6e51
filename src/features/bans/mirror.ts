/** The mirror of what fail2ban holds banned now: kept current from its log, put right by its counters. */
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { BanFeed } from '../../host/bans/feed.ts';
import type { LogEvent } from '../../host/bans/log-follow.ts';
import type { Host, HostStatus } from '../../host/host.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Geo } from '../../platform/geo/geo.ts';
import type { AppEvent, Events } from '../../platform/events.ts';
import type { FanOut } from '../../platform/fan-out/fan-out.ts';
import { LockLost, type Fence } from '../../platform/lock/fence.ts';
import { createActiveBans } from './active-bans.ts';
import type { BanRow } from './ban-row.ts';
import { createAnnouncer } from './announcer.ts';
import { bansTopic, createElsewhere } from './elsewhere.ts';
import { createLooks } from './looks.ts';
import { createMirrorCheck } from './mirror-check.ts';
import { createMirrorComplete } from './mirror-complete.ts';
import { createMirrorLive } from './mirror-live.ts';
import { createMirrorLook } from './mirror-look.ts';
import { createMirrorPlaces } from './mirror-places.ts';
import { createStateRow, type MirrorState } from './mirror-state.ts';
import { createTurns } from './turns.ts';

export interface Mirror {
  /** Only one instance may run it at a time: the holder of the scheduler lock. */
  start(fence: Fence): Promise<void>;
  stop(): Promise<void>;
  /** Follows the mirror of another instance, whenever it does not run here. Answers the way to end that. */
  follow(): () => Promise<void>;
  /** Of the mirror that runs here, or of the one that runs elsewhere. */
  state(): MirrorState;
  /** Bans in one jail, or in all; null while it does not run here (ask the table). */
  count(jail: string | null): number | null;
  /** Bans of these addresses in one jail, by address; read from the table, also while it does not run here. */
  known(jail: string, ips: readonly string[]): Promise<Map<string, BanRow>>;
  /**
   * What BanGUI itself just did, so that nobody waits for the log to say it too. In an instance that does not run
   * the mirror nothing happens: the one that does reads the log.
   */
  banned(jail: string, bans: readonly { ip: string; again: boolean }[]): Promise<void>;
  unbanned(jail: string | null, ips: readonly string[]): Promise<void>;
}

interface MirrorOptions {
  db: Kysely<Database>;
  host: Host;
  feed: BanFeed;
  geo: Pick<Geo, 'locate' | 'ready' | 'onChange'>;
  events: Events;
  /** Other instances on the same database. */
  fanOut: FanOut;
  /** What they announce. */
  listenElsewhere: (listener: (event: AppEvent) => void) => void;
  now: Clock;
  log: Log;
}

const tickMs = 1000;

export function createMirror(options: MirrorOptions): Mirror {
  const { db, host, feed, geo, events, fanOut, listenElsewhere, now, log } = options;
  const tools = {
    host,
    feed,
    bans: createActiveBans({ db, hostId: host.id, locate: geo.locate }),
    takeTurn: createTurns(),
    announcer: createAnnouncer({ events, host: host.id, now }),
    looks: createLooks(now),
    locate: geo.locate,
    now,
    log,
  };
  const parts = { ...tools, complete: createMirrorComplete(tools) };
  const look = createMirrorLook(tools);
  const live = createMirrorLive(parts);
  const check = createMirrorCheck({ ...parts, live, look });
  const places = createMirrorPlaces(tools);
  const { bans, announcer } = tools;

  let running = false;
  let fence: Fence | null = null;
  let filled = false;
  let upSince: number | null = null;
  let ticking: Promise<void> | null = null;
  let stateWritten: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;
  let stopListening = (): void => {};
  const banSeconds = new Map<string, number>();
  const stopped = (): boolean => !running;
  const row = createStateRow({ db, hostId: host.id, now, log });
  const topic = bansTopic(fanOut);
  const isHere = (): boolean => running;
  const elsewhere = createElsewhere({ host, bans, topic, listenElsewhere, row, isHere, now, log });

  function onStatus(status: HostStatus): void {
    if (status.state !== 'online') return;
    if (status.upSince !== upSince) {
      upSince = status.upSince;
      live.daemonStarted();
      // restored bans carry their own duration from now on, and may have been cut
      if (filled) check.lookSoon(status.jails.map((jail) => jail.name));
    }
    for (const jail of status.jails) {
      const before = banSeconds.get(jail.name);
      banSeconds.set(jail.name, jail.banSeconds);
      if (before === undefined || before === jail.banSeconds) continue;
      check.banTimeChanged(jail).catch((error: unknown) => {
        log.error('ban_times_not_moved', { jail: jail.name, error });
      });
    }
    tick();
  }

  function tick(): void {
    if (!running || fence === null) return;
    // also while a long look is under way: others take silence for a mirror that is stuck
    stateWritten = row.write(fence, mirror.state());
    if (ticking !== null) return;
    ticking = work()
      .catch((error: unknown) => log.error('mirror_work_failed', { error }))
      .finally(() => {
        ticking = null;
      });
  }

  async function work(): Promise<void> {
    const status = host.status();
    if (status.state !== 'online') return;
    if (!filled) {
      await feed.ready();
      await look.look(status.jails, { stopped });
      if (stopped()) return;
      filled = true;
      log.info('bans_mirrored', { bans: bans.total(), jails: status.jails.length });
    }
    await check.tick(stopped);
    await places.run(stopped);
  }

  function ownState(): MirrorState {
    const { state, asOf } = host.status();
    const at = filled ? asOf : null;
    const facts = { bans: bans.total(), asOf: at, limits: feed.limits() };
    if (state !== 'online') return { state: asOf === null ? 'starting' : 'paused', ...facts };
    return { state: filled ? 'current' : 'filling', ...facts };
  }

  /** What we did ourselves is a fact, whoever writes the list. */
  async function leftToOther(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (!(error instanceof LockLost)) throw error;
      log.debug('bans_left_to_other_instance', { reason: error.message });
    }
  }
  const takeOwn = (acts: readonly LogEvent[]): Promise<void> => leftToOther(() => live.take(acts));

  /** Their notes may say another end than before. */
  async function rewrite(jail: string, done: readonly { ip: string; again: boolean }[]): Promise<void> {
    const ips = done.flatMap(({ ip, again }) => (again ? ip : []));
    if (ips.length === 0) return;
    await leftToOther(() =>
      tools.takeTurn(async () => {
        const known = await bans.known(jail, ips);
        await bans.change({ jail, puts: [...known.values()], removals: [], known, seen: tools.looks.mark() });
      }),
    );
  }

  const mirror: Mirror = {
    async start(held) {
      // a ban that is written before would stand there without its country
      await geo.ready;
      if (running) return;
      running = true;
      fence = held;
      await bans.load(held);
      feed.start((batch) => live.take(batch));
      stopListening = host.onStatus(onStatus);
      timer = setInterval(tick, tickMs);
      timer.unref();
      onStatus(host.status());
    },
    async stop() {
      if (!running) return;
      running = false;
      if (timer !== null) clearInterval(timer);
      stopListening();
      await feed.stop();
      await ticking;
      announcer.stop();
      await stateWritten;
      if (fence !== null) await row.write(fence, { ...ownState(), state: 'paused' });
      fence = null;
      filled = false;
    },
    follow() {
      elsewhere.start();
      return elsewhere.stop;
    },
    state: () => (running ? ownState() : row.seen()),
    count(jail) {
      if (!running) return null;
      return jail === null ? bans.total() : bans.count(jail);
    },
    known: (jail, ips) => bans.known(jail, ips),
    async banned(jail, done) {
      if (done.length === 0) return;
      if (!running) return elsewhere.banned(jail, done);
      const at = now();
      await takeOwn(
        done.map(({ ip, again }) =>
          again
            ? { type: 'again', jail, ip, at, endsAt: null }
            : { type: 'ban', jail, ip, at, endsAt: null, restored: false },
        ),
      );
      await rewrite(jail, done);
    },
    async unbanned(jail, ips) {
      if (ips.length === 0) return;
      if (!running) return elsewhere.unbanned(jail, ips);
      const at = now();
      const held = jail === null ? await bans.holders(ips) : ips.map((ip) => ({ jail, ip }));
      await takeOwn(held.map((one) => ({ type: 'unban', ...one, at, endsAt: null })));
    },
  };
  geo.onChange(places.due);
  // What another instance did to fail2ban.
  topic.listen((done) => {
    if (!running || done.host !== host.id) return;
    const taken =
      done.kind === 'banned' ? mirror.banned(done.jail, done.bans) : mirror.unbanned(done.jail, done.ips);
    taken.catch((error: unknown) => log.error('mirror_work_failed', { error }));
  });
  return mirror;
}
