/** The reading side of the history: lists, export and overview, answered off the main thread. */
import type { Kysely } from 'kysely';
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { Closers } from './closers.ts';
import { readNewestBans } from './features/history/read-page.ts';
import { historyRoutes } from './features/history/routes.ts';
import { overviewRoutes, type OverviewDeps } from './features/overview/routes.ts';
import type { OpenDatabase } from './platform/db/open.ts';
import { openReader } from './platform/db/reader.ts';
import type { Database } from './platform/db/schema.ts';
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

/** Answers the database as it is read there. */
export function openReads(reads: ReadsDeps): Kysely<Database> {
  const { mount, database, hostId, overview, log, now, closers } = reads;
  const reader = openReader(database);
  closers.add('history_reader', reader.close);
  const deps = { db: reader.db, dialect: reader.dialect, hostId };
  historyRoutes({ mount, ...deps, path: reader.path, log, now });
  overviewRoutes({
    mount,
    ...overview,
    history: { ...deps, now, newestBans: (query) => readNewestBans(deps, query) },
  });
  return reader.db;
}
