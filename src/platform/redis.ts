/** A connection to Redis that fails fast while Redis is away, and comes back by itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Log } from '../base/log.ts';

interface RedisOptions {
  /** `redis://` or `rediss://`. */
  url: string;
  log: Log;
}

const longestPauseMs = 2_000;
const answerWithinMs = 2_000;
const startMs = 1_000;

/**
 * Connects at once and in the background. Until it is connected, and again while Redis is away, each call throws
 * instead of waiting; a call that is not answered within 2 s throws too. The caller ends it with `disconnect()`.
 */
export function openRedis({ url, log }: RedisOptions): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: answerWithinMs,
    commandTimeout: answerWithinMs,
    retryStrategy: (attempt) => Math.min(attempt * 100, longestPauseMs),
  });
  let away = false;
  redis.on('error', (error) => {
    if (!away) log.warn('redis_unreachable', { error });
    away = true;
  });
  redis.on('ready', () => {
    if (away) log.info('redis_reachable');
    away = false;
  });
  return redis;
}

/** Resolves when it answers, or after a second without: what needs Redis then does without it for the time being. */
export async function untilReady(redis: Redis): Promise<void> {
  for (const until = Date.now() + startMs; redis.status !== 'ready' && Date.now() < until;) await sleep(10);
}
