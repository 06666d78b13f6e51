/** Chooses the way between instances: Redis, else PostgreSQL, else there is only this one. */
import type { Redis } from 'ioredis';
import type { Log } from '../../base/log.ts';
import { createFanOut, noFanOut, type FanOut } from './fan-out.ts';

interface FanOutDeps {
  redis: Redis | null;
  postgresUrl: string | null;
  log: Log;
}

/** What it needs is loaded when it is used: one instance by itself starts sooner. */
export async function openFanOut({ redis, postgresUrl, log }: FanOutDeps): Promise<FanOut> {
  if (redis !== null) {
    const { createRedisCarrier } = await import('./redis-carrier.ts');
    return createFanOut({ openCarrier: createRedisCarrier({ redis, log }), log });
  }
  if (postgresUrl !== null) {
    const { createPostgresCarrier } = await import('./postgres-carrier.ts');
    return createFanOut({ openCarrier: createPostgresCarrier({ url: postgresUrl, log }), log });
  }
  return noFanOut;
}
