/** Blocklists in force on one fail2ban host: a jail whose action loads the list file into kernel sets. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { AppliedEnd } from '../config/apply-change.ts';
import type { Changes } from '../config/changes.ts';
import type { Host } from '../host.ts';
import type { Reloader } from '../reload.ts';
import { readStatus, type ActionStatus } from './action-status.ts';
import { createInstallation, type Author } from './installation.ts';
import { blocklistJail, type Enforcement } from './jail-files.ts';
import { endBans, loadBans } from './load-bans.ts';
import { loadSets, untilWritten, type LoadEnd } from './load-sets.ts';

export interface BlocklistHost {
  /** What was written down last; null: never, or unreadable. */
  status(): Promise<ActionStatus | null>;
  /** What the configuration asks for; null: nothing. */
  installed(): Promise<Enforcement | null>;
  /** It is configured, and fail2ban runs the jail. */
  isInstalled(): Promise<boolean>;
  /**
   * Makes fail2ban hold the list that lies in the folder, whose id this is, and waits until it does. Rejects with the
   * signal's reason when given up; what fail2ban has begun by then goes on.
   */
  load(id: string, signal: AbortSignal): Promise<LoadEnd>;
  /**
   * Through the transaction of the configuration; the caller has seen the password. Again: changes method and chains.
   * Throws AppError as `Changes.apply` does, and 422 `blocklist_dir_unfit`.
   */
  install(wanted: Enforcement, author: Author): Promise<AppliedEnd>;
  /** Ends the jail, which takes rules and sets away, and deletes its files. Throws AppError 503 while fail2ban does not run. */
  remove(author: Author): Promise<AppliedEnd>;
  /** Has the counters of the rules written down anew. Never throws. */
  refreshHits(): Promise<void>;
}

interface BlocklistHostDeps {
  host: Pick<Host, 'runningJails' | 'banTimes' | 'ban' | 'unban'>;
  changes: Pick<Changes, 'apply'>;
  reloader: Reloader;
  /** fail2ban's configuration. */
  configDir: string;
  /** BANGUI_BLOCKLIST_DIR, absolute. */
  dir: string;
  now: Clock;
  log: Log;
}

/** So long the action may take to write something down. */
const hearingMs = 5_000;

export function createBlocklistHost(deps: BlocklistHostDeps): BlocklistHost {
  const { host, dir, reloader, log } = deps;
  const installation = createInstallation(deps);

  const isRunning = async (): Promise<boolean> => (await host.runningJails()).includes(blocklistJail);
  const isInstalled = async (): Promise<boolean> =>
    (await installation.read()) !== null && (await isRunning().catch(unlessKnown(false)));

  /** Bans would come back with the jail, or be made anew by another action. */
  const endOwnBans = async (): Promise<void> => {
    const before = await installation.read();
    if (before?.method === 'bans' && (await isRunning())) await endBans(host);
  };

  return {
    status: () => readStatus(dir),
    installed: installation.read,
    isInstalled,
    async load(id, signal) {
      const wanted = await installation.read();
      if (wanted === null) return { outcome: 'absent', reason: 'Blocklists are not put in force.' };
      const load = wanted.method === 'bans' ? loadBans : loadSets;
      const end = await load(deps, id, signal);
      if (end.outcome === 'loaded') log.info('blocklist_loaded', { id, ...end });
      else log.error('blocklist_not_loaded', { id, ...end });
      return end;
    },
    async install(wanted, author) {
      if (wanted.method === 'ipset') await endOwnBans().catch(unlessKnown(undefined));
      const written = untilWritten(dir);
      const end = await installation.put(wanted, author);
      // So that whoever asks next hears of a missing program, and of the machine's addresses.
      if (end.result === 'applied' && wanted.method === 'ipset' && (await isInstalled())) {
        const until = performance.now() + hearingMs;
        await written.within(hearingMs);
        while ((await readStatus(dir))?.state === 'loading' && performance.now() < until) await delay(50);
      }
      return end;
    },
    async remove(author) {
      // Without it nobody takes the rules away.
      await host.runningJails();
      await endOwnBans();
      return await installation.takeAway(author);
    },
    async refreshHits() {
      const written = untilWritten(dir);
      const end = await reloader.reload([blocklistJail]);
      if (!end.ok) log.warn('blocklist_hits_not_read', { reason: end.said });
      else await written.within(hearingMs);
    },
  };
}

const unlessKnown =
  <T>(fallback: T) =>
  (error: unknown): T => {
    if (error instanceof AppError) return fallback;
    throw error;
  };
