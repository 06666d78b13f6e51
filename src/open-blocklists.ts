/** External blocklists, put together: their folder, what fetches and reads them, their jobs, their endpoints. */
import { dirname, join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { Closers } from './closers.ts';
import type { Config } from './config.ts';
import type { RequirePassword } from './features/auth/require-password.ts';
import { allowRoutes } from './features/blocklists/allow-routes.ts';
import { createAllowed } from './features/blocklists/allowed.ts';
import { hitsJob } from './features/blocklists/count-hits.ts';
import { enforcementRoutes } from './features/blocklists/enforcement-routes.ts';
import { createEnforcer } from './features/blocklists/enforcer.ts';
import { feedRoutes } from './features/blocklists/feed-routes.ts';
import { listFolder, type ListFolder } from './features/blocklists/folder.ts';
import { importJob, importJobName } from './features/blocklists/import-job.ts';
import { readEnforcementRow } from './features/blocklists/in-force.ts';
import { createListWork } from './features/blocklists/list-work.ts';
import { previewRoutes } from './features/blocklists/preview-routes.ts';
import { queueRun } from './features/blocklists/run-rows.ts';
import { runRoutes } from './features/blocklists/run-routes.ts';
import { nextRun, parseSchedule } from './features/blocklists/schedule.ts';
import { sourceRoutes } from './features/blocklists/source-routes.ts';
import { uploadRoutes } from './features/blocklists/upload-routes.ts';
import { configuredIgnores } from './features/jails/configured-ignores.ts';
import { readPreferences } from './features/setup/preferences.ts';
import { createBlocklistHost } from './host/blocklist/blocklist-host.ts';
import { readConfiguredJails } from './host/config/configured-jails.ts';
import type { Changes } from './host/config/changes.ts';
import type { Host } from './host/host.ts';
import { createReloader } from './host/reload.ts';
import { openListKnowledge } from './open-list-knowledge.ts';
import type { Audit } from './platform/audit.ts';
import type { Database } from './platform/db/schema.ts';
import { createDownloader } from './platform/download.ts';
import type { Events } from './platform/events.ts';
import type { Mount } from './platform/http/mount.ts';
import type { Scheduler } from './platform/jobs/scheduler.ts';
import type { LimitStore } from './platform/limits/limit.ts';
import type { SchedulerLock } from './platform/lock/lock.ts';

interface BlocklistsDeps {
  mount: Mount;
  db: Kysely<Database>;
  /** Reads off the main thread. */
  readDb: Kysely<Database>;
  host: Host;
  scheduler: Scheduler;
  lock: SchedulerLock;
  audit: Audit;
  events: Events;
  config: Config;
  version: string;
  /** Where the folder of the lists lies beside when none is set. */
  databaseFile: string;
  /** fail2ban's. */
  configDir: string;
  socketPath: string;
  changes: Changes;
  requirePassword: RequirePassword;
  feedLimit: LimitStore;
  log: Log;
  now: Clock;
  closers: Closers;
}

export const blocklistFolder = ({
  config,
  databaseFile,
}: Pick<BlocklistsDeps, 'config' | 'databaseFile'>): ListFolder =>
  listFolder(config.blocklistDir ?? join(dirname(databaseFile), 'blocklists'));

/** Throws what the file system says of the folder. */
export async function openBlocklists(deps: BlocklistsDeps): Promise<void> {
  const { mount, db, host, scheduler, audit, config, configDir, changes, log, now, closers } = deps;
  const folder = blocklistFolder(deps);
  await folder.prepare();
  const rows = { db, hostId: host.id };
  const work = createListWork();
  closers.add('list_work', work.close);
  const downloader = createDownloader({
    version: deps.version,
    maxBytes: config.httpMaxBytes,
    silenceMs: config.httpTimeoutSeconds * 1000,
    proxy: config.httpProxy,
    allowPrivate: config.blocklistAllowPrivateUrls,
  });
  closers.add('downloads', downloader.close);
  const reloader = createReloader({
    client: config.fail2banClient,
    configDir,
    socketPath: deps.socketPath,
  });
  const blocklist = createBlocklistHost({ host, changes, reloader, configDir, dir: folder.dir, now, log });

  const isEnforced = async (): Promise<boolean> => (await readEnforcementRow(rows)) !== undefined;
  const hurry = (): void => {
    // elsewhere, or under way: it is found within seconds
    scheduler.runNow(importJobName).catch(() => {});
  };
  const onAllowChange = async (): Promise<void> => {
    if (!(await isEnforced())) return;
    await queueRun(db, { ...rows, source: null, cause: 'change', actor: null, at: now() });
    hurry();
  };
  const allowed = createAllowed({
    db,
    host,
    trustedProxies: config.trustedProxies,
    machine: async () => (await blocklist.status()) ?? { ownAddresses: [], gateways: [], resolvers: [] },
    configuredIgnores: async () => {
      const jails = await readConfiguredJails(configDir);
      return Promise.all(
        jails.map(async ({ name: jail }) => ({
          jail,
          entries: [...(await configuredIgnores(configDir, jail))],
        })),
      );
    },
    onChange: () => {
      onAllowChange().catch((error: unknown) => log.error('blocklist_change_not_queued', { error }));
    },
    log,
    now,
  });
  const { without } = allowed;
  const knowledge = openListKnowledge({
    ...deps,
    folder,
    work,
    without,
    isLoaded: () => enforcer.isLoaded(),
    allowedLogDirs: config.allowedLogDirs,
  });
  const { holding, simulate, tellMeetings: onMet } = knowledge;
  const enforcer = createEnforcer({ ...rows, folder, without, blocklist, work, onMet });
  const due = async (text: string, from: number, seed: number): Promise<number | null> => {
    const schedule = parseSchedule(text);
    if (schedule === null) return null;
    const { timezone } = await readPreferences({ db, environmentMinutes: null, defaultMinutes: 0 });
    return nextRun(schedule, from, timezone, seed);
  };

  const routes = { ...rows, mount, audit, hurry, isEnforced, now };
  sourceRoutes({ ...routes, allowPrivate: config.blocklistAllowPrivateUrls, nextRun: due });
  uploadRoutes({ ...routes, folder, maxBytes: config.httpMaxBytes });
  previewRoutes({ ...routes, folder, downloader });
  runRoutes(routes);
  enforcementRoutes({ ...routes, blocklist, enforcer, requirePassword: deps.requirePassword, configDir });
  allowRoutes({ ...routes, allowed, lists: holding.lists });
  feedRoutes({ ...routes, readDb: deps.readDb, limit: deps.feedLimit });

  const jobs = [
    importJob({
      ...rows,
      folder,
      downloader,
      work,
      enforcer,
      simulate,
      isEnforced,
      maxBytes: config.httpMaxBytes,
      nextRun: due,
      events: deps.events,
      holder: deps.lock.holder,
      log,
      now,
    }),
    hitsJob({ ...rows, blocklist, now }),
    ...allowed.jobs,
  ];
  for (const job of jobs) scheduler.add(job);
}
