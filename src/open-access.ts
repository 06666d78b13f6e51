/** Who may come in, and how often: sessions, passwords, and the limits on calls and on tries to sign in. */
import type { Redis } from 'ioredis';
import type { Kysely } from 'kysely';
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { Config } from './config.ts';
import { endedSessionsTopic } from './features/auth/ended-sessions.ts';
import { createPasswords } from './features/auth/passwords.ts';
import { createPasswordCheck } from './features/auth/require-password.ts';
import { keepSessionSecret } from './features/auth/session-secret.ts';
import { createSessions } from './features/auth/sessions.ts';
import { createThrottle, signInPolicy } from './features/auth/throttle.ts';
import { feedPolicy } from './features/blocklists/feed-routes.ts';
import type { Audit } from './platform/audit.ts';
import type { Database } from './platform/db/schema.ts';
import type { FanOut } from './platform/fan-out/fan-out.ts';
import { callsPolicy, createRateLimiter, secondsWorth } from './platform/http/rate-limit.ts';
import { openLimits } from './platform/limits/open-limits.ts';

interface AccessDeps {
  config: Config;
  db: Kysely<Database>;
  /** Where the session secret is kept beside when none is set. */
  databaseFile: string;
  redis: Redis | null;
  /** Several instances on one PostgreSQL. */
  shared: boolean;
  fanOut: FanOut;
  audit: Audit;
  log: Log;
  now: Clock;
}

export function openAccess(deps: AccessDeps) {
  const { config, db, databaseFile, redis, shared, fanOut, audit, log, now } = deps;
  const secret = config.sessionSecret ?? keepSessionSecret(databaseFile);
  const endedSessions = endedSessionsTopic(fanOut);
  const sessions = createSessions({
    db,
    secrets: config.sessionSecretPrevious === null ? [secret] : [secret, config.sessionSecretPrevious],
    cacheMs: config.sessionCacheEnabled ? config.sessionCacheTtlSeconds * 1000 : 0,
    tell: endedSessions.send,
    now,
  });
  endedSessions.listen(sessions.endedElsewhere);
  fanOut.onGap(sessions.doubt);
  const limitStore = openLimits({ redis, postgres: shared ? db : null, log, now });
  const passwords = createPasswords();
  const throttle = createThrottle({ store: limitStore(signInPolicy(config.loginRateLimitPerMinute)) });
  return {
    secret,
    sessions,
    passwords,
    throttle,
    requirePassword: createPasswordCheck({ db, passwords, throttle, audit }),
    feedLimit: limitStore(feedPolicy),
    limiter: createRateLimiter({
      store: limitStore(callsPolicy(config.rateLimitPerMinute)),
      atOnce: redis !== null || shared ? secondsWorth(config.rateLimitPerMinute) : 1,
      now,
    }),
  };
}
