/** The address page's server side: fail2ban's engine for expressions, the record of settings, the endpoints. */
import type { Kysely } from 'kysely';
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { Closers } from './closers.ts';
import type { Config } from './config.ts';
import { addressRoutes } from './features/address/routes.ts';
import { createSettingsRecord } from './features/address/settings-record.ts';
import { createHolding } from './features/blocklists/holding.ts';
import type { Host } from './host/host.ts';
import { createRegexEngine, type RegexEngine } from './host/regex/match-lines.ts';
import { blocklistFolder } from './open-blocklists.ts';
import type { Database } from './platform/db/schema.ts';
import type { Locate } from './platform/geo/place.ts';
import type { Mount } from './platform/http/mount.ts';
import type { SchedulerLock } from './platform/lock/lock.ts';
import { whileHeld } from './platform/lock/while-held.ts';

interface AddressDeps {
  mount: Mount;
  db: Kysely<Database>;
  host: Host;
  lock: SchedulerLock;
  locate: Locate;
  /** fail2ban's. */
  configDir: string;
  config: Config;
  databaseFile: string;
  log: Log;
  now: Clock;
  closers: Closers;
}

/** Answers the engine, for others who try expressions. */
export function openAddress(deps: AddressDeps): RegexEngine {
  const { mount, db, host, lock, locate, configDir, config, log, now, closers } = deps;
  const engine = createRegexEngine({ program: config.fail2banRegex });
  closers.add('regex_engine', engine.close);
  const record = createSettingsRecord({ db, host, now, log });
  const { start, stop } = record;
  closers.add('jail_settings', whileHeld({ lock, log, name: 'jail_settings', start, stop }));
  const { lists } = createHolding({ db, hostId: host.id, setFile: blocklistFolder(deps).setFile });
  addressRoutes({ mount, db, host, engine, locate, lists, configDir, log, now });
  return engine;
}
