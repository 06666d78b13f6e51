/** The HTTP server with a few endpoints only, for whoever has the cookie `good`. */
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import type { Mount } from '../src/platform/http/mount.ts';
import { createServer } from '../src/platform/http/server.ts';
import { ownRateLimiter } from './limits.ts';
import { operator, type Operator } from './operator.ts';

export interface EndpointsServer extends Operator {
  url: string;
  close(): Promise<void>;
}

export async function startEndpoints(mountAll: (mount: Mount) => void): Promise<EndpointsServer> {
  const actor = { userId: 1, name: 'marta', role: 'admin' };
  const server = await createServer({
    log: silentLog,
    identify: async (cookie) =>
      cookie === 'good' ? { sessionId: 's', actor, expiresAt: Date.now() + 60_000 } : null,
    limiter: ownRateLimiter({ perMinute: 1_000_000, now: systemClock }),
    trustedProxies: [],
    allowedOrigins: [],
    pages: import.meta.dirname,
    version: '0',
  });
  mountAll(server.mount);
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return { url, ...operator(url, 'bangui_session=good'), close: () => server.close(100) };
}
