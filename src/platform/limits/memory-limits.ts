/** Limits of one instance, in its own memory. Bounded. */
import type { Clock } from '../../base/clock.ts';
import { keepRecent } from '../../base/recent-map.ts';
import { takeFrom, triesKeptMs, type Bucket, type LimitPolicy, type LimitStore } from './limit.ts';

export interface MemoryLimits extends LimitStore {
  /** Clients remembered now. */
  size(): number;
}

interface MemoryLimitsDeps {
  policy: LimitPolicy;
  now: Clock;
  /** Beyond this many, the client that was quiet for longest is forgotten. */
  mostClients?: number;
}

export function createMemoryLimits({ policy, now, mostClients = 20_000 }: MemoryLimitsDeps): MemoryLimits {
  const buckets = new Map<string, Bucket>();
  return {
    async take(key, wanted) {
      const { bucket, taken } = takeFrom(buckets.get(key), policy, wanted, now());
      keepRecent(buckets, key, bucket, mostClients);
      return taken;
    },
    async forget(key) {
      buckets.delete(key);
    },
    async sweep() {
      const time = now();
      const before = buckets.size;
      for (const [key, { fullAt, tries, triedAt }] of buckets) {
        if (fullAt <= time && (tries === 0 || time - triedAt > triesKeptMs)) buckets.delete(key);
      }
      return before - buckets.size;
    },
    size: () => buckets.size,
  };
}
