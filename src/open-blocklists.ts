/** External blocklists, put together: their folder, what fetches and reads them, their jobs, their endpoints. */
import { dirname, join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { Closers } from './closers.ts';
import type { Config } from './config.ts';
import { listFolder } from './features/blocklists/folder.ts';
import { runRoutes } from './features/blocklists/run-routes.ts';
import { sourceRoutes } from './features/blocklists/source-routes.ts';
import type { Host } from './host/host.ts';
import type { Audit } from './platform/audit.ts';
import type { Database } from './platform/db/schema.ts';
import type { Events } from './platform/events.ts';
import type { Mount } from './platform/http/mount.ts';
import type { Scheduler } from './platform/jobs/scheduler.ts';

interface BlocklistsDeps {
  mount: Mount;
  db: Kysely<Database>;
  host: Host;
  scheduler: Scheduler;
  audit: Audit;
  events: Events;
  config: Config;
  /** Where the folder of the lists lies beside when none is set. */
  databaseFile: string;
  log: Log;
  now: Clock;
  closers: Closers;
}

export async function openBlocklists(deps: BlocklistsDeps): Promise<void> {
  const { mount, db, host, audit, config, now } = deps;
  const folder = listFolder(config.blocklistDir ?? join(dirname(deps.databaseFile), 'blocklists'));
  await folder.prepare();
  const rows = { db, hostId: host.id };
  const hurry = (): void => {};
  sourceRoutes({
    ...rows,
    mount,
    audit,
    allowPrivate: config.blocklistAllowPrivateUrls,
    nextRun: async (_schedule, after) => after,
    hurry,
    now,
  });
  runRoutes({ ...rows, mount, audit, isEnforced: async () => false, hurry, now });
}
