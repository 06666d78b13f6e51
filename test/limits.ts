/** Limits of one instance by itself, as most tests need them. */
import type { Clock } from '../src/base/clock.ts';
import { createThrottle, signInPolicy, type Throttle } from '../src/features/auth/throttle.ts';
import { callsPolicy, createRateLimiter, type RateLimiter } from '../src/platform/http/rate-limit.ts';
import { createMemoryLimits } from '../src/platform/limits/memory-limits.ts';

interface Limit {
  perMinute: number;
  now: Clock;
}

export const ownRateLimiter = ({ perMinute, now }: Limit): RateLimiter =>
  createRateLimiter({ store: createMemoryLimits({ policy: callsPolicy(perMinute), now }), now });

export const ownThrottle = ({ perMinute, now }: Limit): Throttle =>
  createThrottle({ store: createMemoryLimits({ policy: signInPolicy(perMinute), now }) });
