/** The reading side of the history: lists, export and overview, answered off the main thread. */
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { Closers } from './closers.ts';
import { readNewestBans } from './features/history/read-page.ts';
import { historyRoutes } from './features/history/routes.ts';
import { overviewRoutes, type OverviewDeps } from './features/overview/routes.ts';
import type { OpenDatabase } from './platform/db/open.ts';
import { openReader } from './platform/db/reader.ts';
import type { Mount } from './platform/http/mount.ts';

interface ReadsDeps {
  mount: Mount;
  database: OpenDatabase;
  hostId: string;
  overview: Omit<OverviewDeps, 'mount' | 'history'>;
  log: Log;
  now: Clock;
  closers: Closers;
}

export function openReads({ mount, database, hostId, overview, log, now, closers }: ReadsDeps): void {
  const reader = openReader(database);
  closers.add('history_reader', reader.close);
  const deps = { db: reader.db, dialect: reader.dialect, hostId };
  historyRoutes({ mount, ...deps, path: reader.path, log, now });
  overviewRoutes({
    mount,
    ...overview,
    history: { ...deps, now, newestBans: (query) => readNewestBans(deps, query) },
  });
}
