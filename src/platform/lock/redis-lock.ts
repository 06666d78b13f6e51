/** The scheduler lock as a key in Redis that expires unless it is refreshed; the row in the database shows it. */
import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { Mutex } from 'redis-semaphore';
import { StartError } from '../../base/start-error.ts';
import { holdLock, type LockDeps } from './hold-lock.ts';
import type { Gate, LockTimes, SchedulerLock } from './lock.ts';

/** After a crash: 9 s until the key expires, a look, and 2 s for the former holder: under 15 s. */
const contractTimes: LockTimes = {
  lookMs: 1_000,
  heartbeatMs: 2_000,
  beatBoundMs: 2_000,
  leaseMs: 9_000,
  holdMs: 7_000,
  settleMs: 2_000,
  graceMs: 60_000,
};
const connectedWithinMs = 5_000;

/**
 * A Redis that loses its keys (a restart without persistence) lets another in at once: until the former holder has
 * noticed, the new one waits (`settleMs`), and what the former one still writes is stopped by the fence.
 */
export function createRedisLock(deps: LockDeps & { redis: Redis }): SchedulerLock {
  const { redis, times = {} } = deps;
  const key = 'bangui:scheduler_lock';
  const { leaseMs: lockTimeout } = { ...contractTimes, ...times };
  // The mutex's own refreshing ends the process when Redis is away; the beat of the lock does it instead.
  const common = { lockTimeout, refreshInterval: 0, acquireAttemptsLimit: 1 };
  let entered: Mutex | null = null;

  const gate: Gate = {
    kind: 'redis',
    times: contractTimes,
    async enter() {
      if (redis.status !== 'ready') await connected(redis);
      const mutex = new Mutex(redis, key, common);
      // Unanswered, the key may be set all the same: leaving removes it.
      entered = mutex;
      if (await mutex.tryAcquire()) return true;
      entered = null;
      return false;
    },
    async renew() {
      if (entered === null) return false;
      const again = { ...common, identifier: entered.identifier, acquiredExternally: true as const };
      return new Mutex(redis, key, again).tryAcquire();
    },
    async leave() {
      if (entered === null) return;
      const again = { ...common, identifier: entered.identifier, acquiredExternally: true as const };
      entered = null;
      // Unheard, the key expires by itself.
      await new Mutex(redis, key, again).release().catch(() => undefined);
    },
  };
  return holdLock({ ...deps, gate });
}

/** Resolves once commands can be sent. Throws StartError when Redis is not reached in time. */
async function connected(redis: Redis): Promise<void> {
  try {
    await once(redis, 'ready', { signal: AbortSignal.timeout(connectedWithinMs) });
  } catch (cause) {
    throw new StartError(
      'redis_unreachable',
      'Redis does not answer, and it decides which instance runs the background jobs. Start it, correct ' +
        'BANGUI_REDIS_URL, or remove that setting from every instance.',
      { cause },
    );
  }
}
