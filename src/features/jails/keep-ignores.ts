/** Puts back what a reload or a restart of fail2ban made it forget, and ends what has expired. */
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Host, JailName } from '../../host/host.ts';
import { parseIgnoreEntry } from '../../host/ignore-entry.ts';
import { parseJailName } from '../../host/jail-name.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Job } from '../../platform/jobs/job.ts';
import type { Fence } from '../../platform/lock/fence.ts';
import { createIgnoreRows, type IgnoreRow } from './ignore-rows.ts';

export interface IgnoreKeeper {
  /** Answers how many entries were missing in these jails. */
  putBack(jails: readonly JailName[]): Promise<number>;
  /** Only as holder of the scheduler lock: looks for what is missing, every few seconds. */
  start(fence: Fence): Promise<void>;
  stop(): Promise<void>;
  expiry: Job;
}

interface KeeperDeps {
  db: Kysely<Database>;
  host: Host;
  /** What the configuration tells the jail to ignore. */
  configuredOf: (jail: string) => Promise<ReadonlySet<string>>;
  log: Log;
  now: Clock;
  /** Other than five seconds in tests only. */
  lookMs?: number;
}

const usualLookMs = 5_000;
const atOnce = 200;

export function createIgnoreKeeper(deps: KeeperDeps): IgnoreKeeper {
  const { db, host, configuredOf, log, now, lookMs = usualLookMs } = deps;
  const rows = createIgnoreRows({ db, hostId: host.id });
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> = Promise.resolve();

  async function putBackIn(jail: JailName, wanted: readonly IgnoreRow[]): Promise<number> {
    const held = new Set(await host.ignoreList(jail));
    let missing = 0;
    for (const row of wanted) {
      const entry = parseIgnoreEntry(row.entry);
      if (entry === null || held.has(row.entry)) continue;
      await host.addIgnore(jail, entry);
      // Taken off by somebody while we put it back.
      if (await rows.has(jail, row.entry)) missing++;
      else await host.dropIgnore(jail, row.entry);
    }
    if (missing > 0) log.info('ignore_entries_put_back', { jail, entries: missing });
    return missing;
  }

  async function putBack(jails: readonly JailName[]): Promise<number> {
    const lasting = Map.groupBy(await rows.lasting(jails, now()), (row) => row.jail);
    let missing = 0;
    for (const jail of jails) {
      const wanted = lasting.get(jail);
      if (wanted !== undefined) missing += await putBackIn(jail, wanted);
    }
    return missing;
  }

  const look = async (fence: Fence): Promise<void> => {
    const { state, jails } = host.status();
    if (state !== 'online') return;
    try {
      await fence.check();
      await putBack(jails.map(({ name }) => name));
    } catch (error) {
      // A jail that was just stopped, a fail2ban or a database that is away: the next look tells.
      log.debug('ignore_entries_not_looked_at', { error });
    }
  };

  async function expire(row: IgnoreRow, fence: Fence): Promise<void> {
    const jail = parseJailName(row.jail);
    const runs = host.status().jails.some(({ name }) => name === jail);
    // A jail that does not run has forgotten it.
    if (jail !== null && runs && !(await configuredOf(row.jail)).has(row.entry)) {
      await fence.check();
      await host.dropIgnore(jail, row.entry);
    }
    await fence.write((transaction) =>
      createIgnoreRows({ db: transaction, hostId: host.id }).remove(row.jail, row.entry),
    );
    log.info('ignore_entry_expired', { jail: row.jail, entry: row.entry });
  }

  return {
    putBack,
    async start(fence) {
      timer = setInterval(() => {
        looking = looking.then(() => look(fence));
      }, lookMs);
      timer.unref();
    },
    async stop() {
      if (timer !== null) clearInterval(timer);
      await looking;
    },
    expiry: {
      name: 'ignore_expiry',
      everyMs: 5_000,
      async run({ signal, fence }) {
        // While fail2ban does not answer they wait, and end when it does.
        if (host.status().state !== 'online') return {};
        const due = await rows.due(now(), atOnce);
        for (const row of due) {
          if (signal.aborted) break;
          await expire(row, fence);
        }
        return { ended: due.length };
      },
    },
  };
}
