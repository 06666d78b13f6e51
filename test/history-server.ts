/** The HTTP server with the reads of the history only, for whoever has the cookie `good`. */
import { systemClock, type Clock } from '../src/base/clock.ts';
import { silentLog, type Log } from '../src/base/log.ts';
import { readNewestBans } from '../src/features/history/read-page.ts';
import { historyRoutes } from '../src/features/history/routes.ts';
import { mountHistoryFigures } from '../src/features/overview/history-figures.ts';
import { openReader } from '../src/platform/db/reader.ts';
import { createServer } from '../src/platform/http/server.ts';
import { ownRateLimiter } from './limits.ts';
import { dialectOfRun } from './history-data.ts';
import { operator, type Operator } from './operator.ts';
import type { TemporaryDatabase } from './database.ts';

export interface HistoryServer extends Operator {
  url: string;
  close(): Promise<void>;
}

interface Options {
  database: TemporaryDatabase;
  now?: Clock;
  log?: Log;
}

export async function startHistoryServer(options: Options): Promise<HistoryServer> {
  const { database, now = systemClock, log = silentLog } = options;
  const server = await createServer({
    log,
    identify: async (cookie) =>
      cookie === 'good'
        ? {
            sessionId: 's',
            actor: { userId: 1, name: 'admin', role: 'admin' },
            expiresAt: Date.now() + 60_000,
          }
        : null,
    limiter: ownRateLimiter({ perMinute: 1_000_000, now: systemClock }),
    trustedProxies: [],
    allowedOrigins: [],
    pages: import.meta.dirname,
    version: '0',
  });
  const reader = openReader({ db: database.db, dialect: dialectOfRun(), path: database.path || null });
  const deps = { db: reader.db, dialect: reader.dialect, hostId: 'local', now };
  historyRoutes({ mount: server.mount, ...deps, path: reader.path, log });
  mountHistoryFigures(server.mount, { ...deps, newestBans: (query) => readNewestBans(deps, query) });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    ...operator(url, 'bangui_session=good'),
    async close() {
      await server.close(100);
      await reader.close();
    },
  };
}
