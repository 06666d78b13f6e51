/** Slows guessing: a growing delay and a limit a minute per client, answered by 429 and never by waiting. */
import type { Clock } from '../../base/clock.ts';
import { tooManyRequests } from '../../base/errors.ts';
import { limitKey } from '../../platform/http/caller-address.ts';
import { createRateLimiter } from '../../platform/http/rate-limit.ts';

export interface Throttle {
  /**
   * Counts a try as failed before it is looked at, so that tries sent side by side count as well.
   * Throws 429 with the seconds to wait.
   */
  begin(client: string): void;
  succeeded(client: string): void;
  /** Forgets old failures. Answers how many clients. */
  sweep(): number;
}

interface ThrottleOptions {
  perMinute: number;
  now: Clock;
  mostClients?: number;
}

/** A person mistypes; from the third failure on each one doubles the wait. */
const freeFailures = 2;
const longestDelayMs = 15 * 60_000;
const memoryMs = 60 * 60_000;

export function createThrottle({ perMinute, now, mostClients = 20_000 }: ThrottleOptions): Throttle {
  const limiter = createRateLimiter({ perMinute, now, mostClients });
  const failures = new Map<string, { count: number; at: number }>();
  return {
    begin(client) {
      const key = limitKey(client);
      const time = now();
      const known = failures.get(key);
      const readyAt = known === undefined ? 0 : known.at + delayMs(known.count);
      if (readyAt > time) throw tooManyTries(Math.ceil((readyAt - time) / 1000));
      const wait = limiter.take(key);
      if (wait > 0) throw tooManyTries(wait);
      failures.delete(key);
      failures.set(key, { count: (known?.count ?? 0) + 1, at: time });
      if (failures.size > mostClients) {
        for (const oldest of failures.keys()) {
          failures.delete(oldest);
          break;
        }
      }
    },
    succeeded(client) {
      const key = limitKey(client);
      failures.delete(key);
      limiter.forget(key);
    },
    sweep() {
      const before = failures.size;
      for (const [key, { at }] of failures) if (now() - at > memoryMs) failures.delete(key);
      return before - failures.size + limiter.sweep();
    },
  };
}

function delayMs(count: number): number {
  return count <= freeFailures ? 0 : Math.min(longestDelayMs, 1000 * 2 ** (count - freeFailures - 1));
}

function tooManyTries(seconds: number) {
  return tooManyRequests(
    `Too many tries that failed. Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
    seconds,
  );
}
