/** The jails' server side: what is done to them, whom they ignore, and the watch over those that go by themselves. */
import type { Kysely } from 'kysely';
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { Closers } from './closers.ts';
import type { Config } from './config.ts';
import type { JailActs } from './features/jails/acts.ts';
import { configuredIgnores } from './features/jails/configured-ignores.ts';
import { createSharedLog } from './features/jails/jail-log.ts';
import { createIgnoreKeeper } from './features/jails/keep-ignores.ts';
import { jailsRoutes } from './features/jails/routes.ts';
import { createJailWatch } from './features/jails/watch-jails.ts';
import { readConfiguredJails, type ConfiguredJail } from './host/config/configured-jails.ts';
import type { Rehearse } from './host/config/refuse-broken.ts';
import { createRehearser } from './host/config/rehearse.ts';
import { standingFindings } from './host/config/standing-findings.ts';
import type { Host } from './host/host.ts';
import type { RegexEngine } from './host/regex/match-lines.ts';
import { createReloader } from './host/reload.ts';
import type { Audit } from './platform/audit.ts';
import type { Database } from './platform/db/schema.ts';
import type { Mount } from './platform/http/mount.ts';
import type { Scheduler } from './platform/jobs/scheduler.ts';
import type { SchedulerLock } from './platform/lock/lock.ts';
import { whileHeld } from './platform/lock/while-held.ts';

interface JailsDeps {
  mount: Mount;
  db: Kysely<Database>;
  host: Host;
  lock: SchedulerLock;
  scheduler: Scheduler;
  engine: RegexEngine;
  audit: Audit;
  config: Config;
  /** Tells every open page that a jail changed. */
  tell: () => void;
  /** fail2ban's. */
  configDir: string;
  socketPath: string;
  log: Log;
  now: Clock;
  closers: Closers;
}

/** Every page that shows jails asks for this; files change seldom. */
const configuredKeptMs = 3_000;

export interface OpenedJails extends Pick<JailActs, 'reloadAll'> {
  rehearse: Rehearse;
}

export function openJails(deps: JailsDeps): OpenedJails {
  const { mount, db, host, lock, scheduler, config, configDir, socketPath, tell, log, now, closers } = deps;
  const configuredOf = (jail: string): Promise<Set<string>> => configuredIgnores(configDir, jail);
  const configuredNow = (): Promise<ConfiguredJail[]> => readConfiguredJails(configDir);
  const configured = keptFor(configuredKeptMs, now, configuredNow);
  const sharedLog = createSharedLog({ host, now });
  const keeper = createIgnoreKeeper({ db, host, configuredOf, log, now });
  const watch = createJailWatch({
    db,
    host,
    configured,
    onDeath: async () => {
      await sharedLog.readNow();
      tell();
    },
    log,
    now,
  });
  for (const [name, part] of [
    ['jail_ignores', keeper],
    ['jail_watch', watch],
  ] as const) {
    closers.add(name, whileHeld({ lock, log, name, start: part.start, stop: part.stop }));
  }
  scheduler.add(keeper.expiry);
  const reloader = createReloader({ client: config.fail2banClient, configDir, socketPath });
  const rehearser = createRehearser({
    configDir,
    program: config.fail2banServer,
    allowedLogDirs: config.allowedLogDirs,
  });
  closers.add('jails_rehearser', rehearser.close);
  const rehearse: Rehearse = (signal) => standingFindings(rehearser, signal);
  const { reloadAll } = jailsRoutes({
    mount,
    db,
    host,
    configDir,
    configured,
    configuredNow,
    configuredOf,
    log: sharedLog,
    keeper,
    reload: reloader.reload,
    rehearse,
    engine: deps.engine,
    audit: deps.audit,
    tell,
    now,
  });
  return { reloadAll, rehearse };
}

/** Reads once and answers the same for a while. */
function keptFor(
  ms: number,
  now: Clock,
  read: () => Promise<ConfiguredJail[]>,
): () => Promise<ConfiguredJail[]> {
  let kept: { value: Promise<ConfiguredJail[]>; at: number } | null = null;
  return () => {
    if (kept === null || now() - kept.at >= ms) kept = { value: read(), at: now() };
    return kept.value;
  };
}
