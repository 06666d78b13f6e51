/** Opens a connection to Redis that tells of an outage once, comes back by itself, and never keeps a caller waiting. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Log } from '../base/log.ts';

const longestWaitMs = 2_000;
const startMs = 1_000;

/** While the connection is away every command fails at once. The caller ends it with `disconnect()`. */
export function openRedis({ url, log }: { url: string; log: Log }): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 5_000,
    commandTimeout: 5_000,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 10), longestWaitMs),
  });
  let away = false;
  redis.on('error', (error) => {
    if (!away) log.warn('redis_unreachable', { error });
    away = true;
  });
  redis.on('ready', () => {
    if (away) log.info('redis_back');
    away = false;
  });
  return redis;
}

/** Resolves when it answers, or after a second without: what needs Redis then does without it for the time being. */
export async function untilReady(redis: Redis): Promise<void> {
  for (const until = Date.now() + startMs; redis.status !== 'ready' && Date.now() < until;) await sleep(10);
}
