/** The bans on an instance that does not run the mirror: tells the one that does what was done here, and follows it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Host } from '../../host/host.ts';
import type { AppEvent } from '../../platform/events.ts';
import type { FanOut, Topic } from '../../platform/fan-out/fan-out.ts';
import type { ActiveBans } from './active-bans.ts';
import type { StateRow } from './mirror-state.ts';
import { slices } from './turns.ts';

/** What was done to fail2ban through one instance. */
export type Done =
  | { host: string; kind: 'banned'; jail: string; bans: { ip: string; again: boolean }[] }
  | { host: string; kind: 'unbanned'; jail: string | null; ips: string[] };

const ip = z.string().max(64);
const jail = z.string().max(256);
const done: z.ZodType<Done> = z.discriminatedUnion('kind', [
  z.object({
    host: z.string(),
    kind: z.literal('banned'),
    jail,
    bans: z.array(z.object({ ip, again: z.boolean() })),
  }),
  z.object({ host: z.string(), kind: z.literal('unbanned'), jail: jail.nullable(), ips: z.array(ip) }),
]);

export const bansTopic = (fanOut: FanOut): Topic<Done> => fanOut.topic('bans', done);

export interface Elsewhere {
  banned(jail: string, bans: readonly { ip: string; again: boolean }[]): Promise<void>;
  unbanned(jail: string | null, ips: readonly string[]): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

interface ElsewhereDeps {
  host: Host;
  bans: ActiveBans;
  topic: Topic<Done>;
  /** Announcements of other instances. */
  listenElsewhere: (listener: (event: AppEvent) => void) => void;
  row: StateRow;
  /** Whether the mirror runs here. */
  isHere: () => boolean;
  now: Clock;
  log: Log;
}

const inOneMessage = 60;
/** So long the answer to an operator waits for the list to show what was done. */
const patienceMs = 500;
const lookEveryMs = 25;
const readEveryMs = 1_000;
const refreshAfterMs = 500;

export function createElsewhere(deps: ElsewhereDeps): Elsewhere {
  const { host, bans, topic, listenElsewhere, row, isHere, now, log } = deps;
  let timer: NodeJS.Timeout | null = null;
  let reading: Promise<void> = Promise.resolve();
  let refreshTimer: NodeJS.Timeout | null = null;

  /** With the mirror paused nobody writes the list: then there is nothing to wait for. */
  async function until(listed: () => Promise<boolean>): Promise<void> {
    const deadline = now() + patienceMs;
    while (row.seen().state === 'current' && now() < deadline) {
      if (await listed()) return;
      await sleep(lookEveryMs);
    }
  }

  /** The counters of this instance follow the list of the other. */
  listenElsewhere((event) => {
    if (isHere() || event.type === 'status' || event.type === 'resync' || event.host !== host.id) return;
    refreshTimer ??= setTimeout(() => {
      refreshTimer = null;
      host.refresh().catch((error: unknown) => log.debug('status_refresh_failed', { error }));
    }, refreshAfterMs);
    refreshTimer.unref();
  });

  return {
    async banned(jailName, made) {
      for (const slice of slices(made, inOneMessage)) {
        topic.send({ host: host.id, kind: 'banned', jail: jailName, bans: slice });
      }
      const ips = made.map((ban) => ban.ip);
      await until(async () => (await bans.known(jailName, ips)).size === ips.length);
    },
    async unbanned(jailName, ips) {
      for (const slice of slices(ips, inOneMessage)) {
        topic.send({ host: host.id, kind: 'unbanned', jail: jailName, ips: slice });
      }
      await until(async () => {
        const held = await bans.holders(ips);
        return !held.some((one) => jailName === null || one.jail === jailName);
      });
    },
    start() {
      const read = (): void => {
        if (!isHere()) reading = row.read();
      };
      read();
      timer ??= setInterval(read, readEveryMs);
      timer.unref();
    },
    async stop() {
      if (timer !== null) clearInterval(timer);
      if (refreshTimer !== null) clearTimeout(refreshTimer);
      await reading;
    },
  };
}
