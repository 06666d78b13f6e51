/** Notices a jail that ran and is gone without anybody having stopped it here. */
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Host } from '../../host/host.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Fence } from '../../platform/lock/fence.ts';
import { createActRows, type JailAct } from './act-rows.ts';
import { isChanging } from './entries.ts';
import type { Configured } from './list-jails.ts';

export interface JailWatch {
  /** Only as holder of the scheduler lock. */
  start(fence: Fence): Promise<void>;
  stop(): Promise<void>;
}

interface WatchDeps {
  db: Kysely<Database>;
  host: Host;
  configured: Configured;
  /** Called after a jail was found dead. */
  onDeath: (jail: string) => Promise<void>;
  log: Log;
  now: Clock;
  /** Others in tests only. */
  times?: Partial<WatchTimes>;
}

interface WatchTimes {
  /** A starting fail2ban answers before its jails are there, ms. */
  settleMs: number;
  /** A reload takes a jail away for a moment, ms. */
  goneMs: number;
  lookMs: number;
}

const usual: WatchTimes = { settleMs: 20_000, goneMs: 6_000, lookMs: 60_000 };
/** A status may have been read just before what a row tells. */
const staleMs = 5_000;

export function createJailWatch({ db, host, configured, onDeath, log, now, times }: WatchDeps): JailWatch {
  const { settleMs, goneMs, lookMs } = { ...usual, ...times };
  const missingSince = new Map<string, number>();
  let fence: Fence | null = null;
  let stopListening: (() => void) | null = null;
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> = Promise.resolve();

  const write = async (act: JailAct | { jail: string; state: 'forgotten' }): Promise<void> =>
    await fence?.write(async (transaction) => {
      const rows = createActRows({ db: transaction, hostId: host.id });
      await (act.state === 'forgotten' ? rows.remove(act.jail) : rows.set(act));
    });

  /** A jail that runs is noted, once. */
  async function noteRunning(acts: ReadonlyMap<string, JailAct>): Promise<void> {
    const { jails, asOf, upSince } = host.status();
    for (const { name } of jails) {
      missingSince.delete(name);
      const act = acts.get(name);
      const known = act?.state === 'running' || (act?.state === 'idle' && act.at > (upSince ?? 0));
      if (known || (act !== undefined && (asOf ?? 0) - act.at < staleMs)) continue;
      await write({ jail: name, state: 'running', actor: '', at: now() });
    }
  }

  /** Answers whether it has to be looked at again soon. */
  async function noteMissing({ jail, at }: JailAct): Promise<boolean> {
    const since = missingSince.get(jail) ?? now();
    missingSince.set(jail, since);
    if (now() - since < goneMs || now() - at < staleMs || (await isChanging({ db, hostId: host.id, now })))
      return true;
    const named = await configured();
    missingSince.delete(jail);
    const wanted = named.find(({ name }) => name === jail)?.enabled ?? named.length === 0;
    await write(wanted ? { jail, state: 'died', actor: '', at: since } : { jail, state: 'forgotten' });
    if (!wanted) return false;
    log.warn('jail_died', { jail });
    await onDeath(jail);
    return false;
  }

  async function look(): Promise<void> {
    const { state, jails, asOf, upSince, since } = host.status();
    if (fence === null || state !== 'online' || asOf === null) return;
    const acts = await createActRows({ db, hostId: host.id }).all();
    await noteRunning(acts);
    const runs = new Set<string>(jails.map(({ name }) => name));
    const gone = [...acts.values()].filter(
      (act) => !runs.has(act.jail) && (act.state === 'running' || act.state === 'idle'),
    );
    const settled = now() - Math.max(upSince ?? 0, since) >= settleMs;
    let again = !settled && gone.length > 0;
    for (const act of settled ? gone : []) again = (await noteMissing(act)) || again;
    plan(again ? Math.min(lookMs, goneMs + 100) : lookMs);
  }

  function plan(inMs: number): void {
    if (timer !== null) clearTimeout(timer);
    timer = fence === null ? null : setTimeout(wake, inMs);
    timer?.unref();
  }

  function wake(): void {
    plan(lookMs);
    looking = looking.then(look).catch((error: unknown) => {
      // The lock was lost, or the database is away: the next look tells.
      log.debug('jails_not_watched', { error });
    });
  }

  return {
    async start(held) {
      fence = held;
      missingSince.clear();
      stopListening = host.onStatus(wake);
      wake();
    },
    async stop() {
      fence = null;
      stopListening?.();
      if (timer !== null) clearTimeout(timer);
      await looking;
    },
  };
}
