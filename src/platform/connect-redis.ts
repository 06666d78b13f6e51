/** Redis, when there is one; loaded when it is used, so that an installation without it starts sooner. */
import type { Redis } from 'ioredis';
import type { Log } from '../base/log.ts';

/** Null without a URL. One that is away is no failure: what needs it does without it for the time being. */
export async function connectRedis({ url, log }: { url: string | null; log: Log }): Promise<Redis | null> {
  if (url === null) return null;
  const { openRedis, untilReady } = await import('./redis.ts');
  const redis = openRedis({ url, log });
  await untilReady(redis);
  return redis;
}
