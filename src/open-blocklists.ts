/** External blocklists, put together: their folder, what fetches and reads them, their jobs, their endpoints. */
import { dirname, join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Address } from './base/address.ts';
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { Closers } from './closers.ts';
import type { Config } from './config.ts';
import { allowRoutes } from './features/blocklists/allow-routes.ts';
import { createAllowed } from './features/blocklists/allowed.ts';
import { hitsJob } from './features/blocklists/count-hits.ts';
import { enforcementRoutes } from './features/blocklists/enforcement-routes.ts';
import { createEnforcer } from './features/blocklists/enforcer.ts';
import { feedRoutes } from './features/blocklists/feed-routes.ts';
import { listFolder, type ListFolder } from './features/blocklists/folder.ts';
import { createHolding } from './features/blocklists/holding.ts';
import { importJob, importJobName } from './features/blocklists/import-job.ts';
import { readEnforcementRow } from './features/blocklists/in-force.ts';
import { knowRoutes } from './features/blocklists/know-routes.ts';
import { listHitsJob } from './features/blocklists/list-hits.ts';
import { createListWork } from './features/blocklists/list-work.ts';
import { createMeetsAlert } from './features/blocklists/meets-allowed.ts';
import { previewRoutes } from './features/blocklists/preview-routes.ts';
import { queueChange } from './features/blocklists/source-changes.ts';
import { runRoutes } from './features/blocklists/run-routes.ts';
import { nextRun, parseSchedule } from './features/blocklists/schedule.ts';
import { createSimulator } from './features/blocklists/simulate.ts';
import { sourceRoutes } from './features/blocklists/source-routes.ts';
import { uploadRoutes } from './features/blocklists/upload-routes.ts';
import { createBlocklistHost } from './host/blocklist/blocklist-host.ts';
import type { Changes } from './host/config/changes.ts';
import type { ConfiguredIgnores } from './open-jails.ts';
import type { Host } from './host/host.ts';
import { createReloader } from './host/reload.ts';
import type { Audit } from './platform/audit.ts';
import type { Database } from './platform/db/schema.ts';
import { createDownloader } from './platform/download.ts';
import type { Events } from './platform/events.ts';
import type { Call, Mount } from './platform/http/mount.ts';
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
  requirePassword: (call: Call, password: string) => Promise<void>;
  feedLimit: LimitStore;
  timezone: () => Promise<string>;
  log: Log;
  now: Clock;
  closers: Closers;
}

/** Answers the thread that works on lists, and who holds an address. Throws what the file system says of the folder. */
