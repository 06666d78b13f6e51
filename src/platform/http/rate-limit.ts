/** How often a client may do something: a bucket of tokens that fills at a steady pace. Bounded in memory. */
import type { Clock } from '../../base/clock.ts';

export interface RateLimiter {
  /** Takes a token. Answers 0, or the whole seconds after which there is one again. */
  take(key: string): number;
  /** Gives a client its whole bucket back. */
  forget(key: string): void;
  /** Forgets clients whose bucket is full again. Answers how many. */
  sweep(): number;
  /** Clients remembered now. */
  size(): number;
}

interface RateLimiterOptions {
  perMinute: number;
  now: Clock;
  /** Beyond this many, the client that was quiet for longest is forgotten. */
  mostClients?: number;
}

export function createRateLimiter({ perMinute, now, mostClients = 20_000 }: RateLimiterOptions): RateLimiter {
  const perMs = perMinute / 60_000;
  const buckets = new Map<string, { tokens: number; at: number }>();
  const refill = ({ tokens, at }: { tokens: number; at: number }, time: number): number =>
    Math.min(perMinute, tokens + Math.max(0, time - at) * perMs);
  return {
    take(key) {
      const time = now();
      const known = buckets.get(key);
      const tokens = known === undefined ? perMinute : refill(known, time);
      // Deleting first keeps the map in the order of last use.
      buckets.delete(key);
      const allowed = tokens >= 1;
      buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at: time });
      if (buckets.size > mostClients) dropOldest(buckets);
      return allowed ? 0 : Math.max(1, Math.ceil((1 - tokens) / perMs / 1000));
    },
    forget: (key) => void buckets.delete(key),
    sweep() {
      const time = now();
      const before = buckets.size;
      for (const [key, bucket] of buckets) if (refill(bucket, time) >= perMinute) buckets.delete(key);
      return before - buckets.size;
    },
    size: () => buckets.size,
  };
}

function dropOldest(buckets: Map<string, unknown>): void {
  for (const key of buckets.keys()) {
    buckets.delete(key);
    return;
  }
}
