/** Keeps how each jail was set, from when on, so that an old ban is explained with the settings of its time. */
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Host, JailSnapshot } from '../../host/host.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Fence } from '../../platform/lock/fence.ts';
import { jailSettings, settingsOf, type JailSettings } from './settings-shape.ts';

export interface SettingsRecord {
  /** Only as holder of the scheduler lock. */
  start(fence: Fence): Promise<void>;
  stop(): Promise<void>;
}

interface RecordDeps {
  db: Kysely<Database>;
  host: Host;
  now: Clock;
  log: Log;
  /** Other than five minutes in tests only. */
  rereadMs?: number;
}

/** A filter can change without a figure of the status that would show it. */
const usualRereadMs = 5 * 60_000;
/** Enough for years of changes by hand, and a bound for a program that changes them each minute. */
const mostKept = 500;

export function createSettingsRecord(deps: RecordDeps): SettingsRecord {
  const { db, host, now, log, rereadMs = usualRereadMs } = deps;
  /** What was written last, and what the status showed when a jail was last asked. */
  const written = new Map<string, string>();
  const asked = new Map<string, { shown: string; at: number }>();
  let fence: Fence | null = null;
  let stopListening: (() => void) | null = null;
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> | null = null;
  let again = false;

  async function record(jail: JailSnapshot): Promise<void> {
    const at = now();
    const text = JSON.stringify(settingsOf(await host.rulesOf(jail.name)));
    if (fence === null || text === (written.get(jail.name) ?? (await newest(jail.name)))) {
      written.set(jail.name, text);
      return;
    }
    const row = { host_id: host.id, jail: jail.name, since: at, settings: text };
    await fence.write(async (transaction) => {
      await transaction
        .insertInto('jail_settings')
        .values(row)
        .onConflict((conflict) =>
          conflict.columns(['host_id', 'jail', 'since']).doUpdateSet({ settings: text }),
        )
        .execute();
      const old = await transaction
        .selectFrom('jail_settings')
        .select('since')
        .where('host_id', '=', host.id)
        .where('jail', '=', jail.name)
        .orderBy('since', 'desc')
        .offset(mostKept)
        .limit(1)
        .executeTakeFirst();
      if (old === undefined) return;
      await transaction
        .deleteFrom('jail_settings')
        .where('host_id', '=', host.id)
        .where('jail', '=', jail.name)
        .where('since', '<=', old.since)
        .execute();
    });
    written.set(jail.name, text);
  }

  const newest = async (jail: string): Promise<string | null> =>
    (await settingsRow(db, host.id, jail, null))?.settings ?? null;

  async function look(): Promise<void> {
    const { state, jails, upSince } = host.status();
    if (state !== 'online') return;
    for (const jail of jails) {
      if (fence === null) return;
      const shown = JSON.stringify([
        jail.maxRetry,
        jail.findSeconds,
        jail.banSeconds,
        jail.increments,
        upSince,
      ]);
      const before = asked.get(jail.name);
      if (before?.shown === shown && now() - before.at < rereadMs) continue;
      try {
        await record(jail);
        asked.set(jail.name, { shown, at: now() });
      } catch (error) {
        // A jail that was just stopped, a fail2ban that went away, a lock that was lost: the next look tells.
        log.debug('jail_settings_not_recorded', { jail: jail.name, error });
      }
    }
  }

  function wake(): void {
    if (looking !== null) {
      again = true;
      return;
    }
    again = false;
    looking = look()
      .catch((error: unknown) => log.error('jail_settings_failed', { error }))
      .finally(() => {
        looking = null;
        if (again && fence !== null) wake();
      });
  }

  return {
    async start(held) {
      fence = held;
      written.clear();
      asked.clear();
      stopListening = host.onStatus(wake);
      timer = setInterval(wake, rereadMs);
      timer.unref();
      wake();
    },
    async stop() {
      fence = null;
      stopListening?.();
      if (timer !== null) clearInterval(timer);
      await looking;
    },
  };
}

async function settingsRow(db: Kysely<Database>, hostId: string, jail: string, at: number | null) {
  let rows = db
    .selectFrom('jail_settings')
    .select(['since', 'settings'])
    .where('host_id', '=', hostId)
    .where('jail', '=', jail);
  if (at !== null) rows = rows.where('since', '<=', at);
  return await rows.orderBy('since', 'desc').limit(1).executeTakeFirst();
}

/** As the jail was set at this time (ms); null when that was not recorded. */
export async function settingsAt(
  db: Kysely<Database>,
  { hostId, jail, at }: { hostId: string; jail: string; at: number },
): Promise<{ since: number; settings: JailSettings } | null> {
  const row = await settingsRow(db, hostId, jail, at);
  return row === undefined
    ? null
    : { since: row.since, settings: jailSettings.parse(JSON.parse(row.settings)) };
}
