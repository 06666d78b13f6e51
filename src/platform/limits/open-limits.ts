/** Chooses where limits are kept: Redis, else a shared PostgreSQL, else this instance's memory. */
import type { Redis } from 'ioredis';
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Database } from '../db/schema.ts';
import type { LimitPolicy, LimitStore } from './limit.ts';
import { createMemoryLimits } from './memory-limits.ts';
import { createOutage, type Ask } from './outage.ts';
import { createPostgresLimits } from './postgres-limits.ts';
import { createRedisLimits } from './redis-limits.ts';

interface LimitsDeps {
  redis: Redis | null;
  /** Null while the database is the embedded one. */
  postgres: Kysely<Database> | null;
  log: Log;
  now: Clock;
}

/**
 * Answers the maker of each limit's store. While what is shared cannot be reached, an instance counts by itself: a client
 * may then do at most as much at each instance as it may at all, and nobody is refused because of the outage.
 */
export function openLimits({ redis, postgres, log, now }: LimitsDeps): (policy: LimitPolicy) => LimitStore {
  const ask = createOutage({ name: 'shared_limits', log, now });
  return (policy) => {
    const own = createMemoryLimits({ policy, now });
    if (redis !== null) return withOwn({ shared: createRedisLimits({ policy, redis }), own, ask });
    if (postgres !== null) {
      return withOwn({ shared: createPostgresLimits({ policy, db: postgres }), own, ask });
    }
    return own;
  };
}

function withOwn({ shared, own, ask }: { shared: LimitStore; own: LimitStore; ask: Ask }): LimitStore {
  return {
    take: (key, wanted) =>
      ask(
        () => shared.take(key, wanted),
        () => own.take(key, wanted),
      ),
    async forget(key) {
      await own.forget(key);
      await ask(
        () => shared.forget(key),
        async () => {},
      );
    },
    async sweep() {
      const ofShared = await ask(
        () => shared.sweep(),
        async () => 0,
      );
      return ofShared + (await own.sweep());
    },
  };
}
