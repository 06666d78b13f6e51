/** The mirror of what fail2ban holds banned now: kept current from its log, put right by its counters. */
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { BanFeed } from '../../host/bans/feed.ts';
import type { LogEvent } from '../../host/bans/log-follow.ts';
import type { Host, HostStatus } from '../../host/host.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Events } from '../../platform/events.ts';
import { LockLost, type Fence } from '../../platform/lock/fence.ts';
import { createActiveBans } from './active-bans.ts';
import type { BanRow } from './ban-row.ts';
import { createAnnouncer } from './announcer.ts';
import { createLooks } from './looks.ts';
import { createMirrorCheck } from './mirror-check.ts';
import { createMirrorComplete } from './mirror-complete.ts';
import { createMirrorLive } from './mirror-live.ts';
import { createMirrorLook } from './mirror-look.ts';
import { createTurns } from './turns.ts';

export interface MirrorState {
  /** starting: before fail2ban's first answer · filling: first full look · paused: fail2ban does not answer. */
  state: 'starting' | 'filling' | 'current' | 'paused';
  bans: number;
  /** ms; what is shown was true then. Null before the first full look. */
  asOf: number | null;
  limits: string[];
}

export interface Mirror {
  /** Only one instance may run it at a time: the holder of the scheduler lock. */
  start(fence: Fence): Promise<void>;
  stop(): Promise<void>;
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
  events: Events;
  now: Clock;
  log: Log;
}

const tickMs = 1000;

export function createMirror({ db, host, feed, events, now, log }: MirrorOptions): Mirror {
  const tools = {
    host,
    feed,
    bans: createActiveBans({ db, hostId: host.id }),
    takeTurn: createTurns(),
    announcer: createAnnouncer({ events, host: host.id, now }),
    looks: createLooks(now),
    now,
    log,
  };
  const parts = { ...tools, complete: createMirrorComplete(tools) };
  const look = createMirrorLook(tools);
  const live = createMirrorLive(parts);
  const check = createMirrorCheck({ ...parts, live, look });
  const { bans, announcer } = tools;

  let running = false;
  let filled = false;
  let upSince: number | null = null;
  let ticking: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let stopListening = (): void => {};
  const banSeconds = new Map<string, number>();
  const stopped = (): boolean => !running;

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
    if (!running || ticking !== null) return;
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
  }

  async function takeOwn(acts: readonly LogEvent[]): Promise<void> {
    try {
      await live.take(acts);
    } catch (error) {
      if (!(error instanceof LockLost)) throw error;
      log.debug('bans_left_to_other_instance', { acts: acts.length });
    }
  }

  return {
    async start(fence) {
      if (running) return;
      running = true;
      await bans.load(fence);
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
      filled = false;
    },
    state() {
      const { state, asOf } = host.status();
      const at = filled ? asOf : null;
      const facts = { bans: bans.total(), asOf: at, limits: feed.limits() };
      if (!running) return { state: 'paused', ...facts };
      if (state !== 'online') return { state: asOf === null ? 'starting' : 'paused', ...facts };
      return { state: filled ? 'current' : 'filling', ...facts };
    },
    count(jail) {
      if (!running) return null;
      return jail === null ? bans.total() : bans.count(jail);
    },
    known: (jail, ips) => bans.known(jail, ips),
    async banned(jail, done) {
      if (!running || done.length === 0) return;
      const at = now();
      await takeOwn(
        done.map(({ ip, again }) =>
          again
            ? { type: 'again', jail, ip, at, endsAt: null }
            : { type: 'ban', jail, ip, at, endsAt: null, restored: false },
        ),
      );
    },
    async unbanned(jail, ips) {
      if (!running || ips.length === 0) return;
      const at = now();
      const held = jail === null ? await bans.holders(ips) : ips.map((ip) => ({ jail, ip }));
      await takeOwn(held.map((one) => ({ type: 'unban', ...one, at, endsAt: null })));
    },
  };
}
