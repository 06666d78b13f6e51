/** Changes of fail2ban's configuration: the transaction, its journal, what a killed process left, the endpoints. */
import type { Kysely } from 'kysely';
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { Closers } from './closers.ts';
import type { Config } from './config.ts';
import { change, check, fileChangeRoutes } from './features/config/file-routes.ts';
import { versionIn } from './features/config/etag.ts';
import { configFormRoutes } from './features/config/form-routes.ts';
import { createJournal } from './features/config/journal-rows.ts';
import { configReadingRoutes } from './features/config/reading-routes.ts';
import { revisionRoutes } from './features/config/revision-routes.ts';
import { createChanges, type Changes } from './host/config/changes.ts';
import { createConfigReader } from './host/config/config-reader.ts';
import { createRehearser } from './host/config/rehearse.ts';
import type { Host } from './host/host.ts';
import { createReloader } from './host/reload.ts';
import type { Audit } from './platform/audit.ts';
import type { Database } from './platform/db/schema.ts';
import type { Events } from './platform/events.ts';
import { sessionCookie } from './platform/http/guard.ts';
import type { Mount } from './platform/http/mount.ts';
import type { SchedulerLock } from './platform/lock/lock.ts';
import { whileHeld } from './platform/lock/while-held.ts';

interface ConfigDeps {
  mount: Mount;
  db: Kysely<Database>;
  host: Host;
  lock: SchedulerLock;
  config: Config;
  /** fail2ban's. */
  configDir: string;
  socketPath: string;
  audit: Audit;
  events: Events;
  /** Whether the password was typed again in the session of this cookie. */
  isConfirmed: (cookie: string | undefined) => Promise<boolean>;
  log: Log;
  now: Clock;
  closers: Closers;
}

/** How often it is looked for what another instance left when it died, ms. */
const recoverEveryMs = 15_000;

/** Resolves when what a former process left half done is finished or undone. */
export async function openConfig(deps: ConfigDeps): Promise<Changes> {
  const { mount, db, host, lock, config, configDir, socketPath, audit, events, log, now, closers } = deps;
  const rehearser = createRehearser({
    configDir,
    program: config.fail2banServer,
    allowedLogDirs: config.allowedLogDirs,
  });
  closers.add('rehearser', rehearser.close);
  const changes = createChanges({
    configDir,
    host,
    rehearser,
    reloader: createReloader({ client: config.fail2banClient, configDir, socketPath }),
    journal: createJournal({ db, hostId: host.id, audit, now, log }),
    commandsAllowed: config.configAllowCommands,
    tell: ({ name, outcome }, { revision, paths }) => {
      const [path = ''] = paths;
      events.announce({ type: 'config', host: host.id, revision, path, step: name, outcome, at: now() });
    },
    log,
  });
  // Before the rehearser and the host's connection are closed: a change that has begun to write is ended first.
  closers.add('config_changes', changes.close);
  await changes.recover();
  let timer: NodeJS.Timeout | null = null;
  const start = async (): Promise<void> => {
    timer = setInterval(() => void changes.recover(), recoverEveryMs);
  };
  const stop = async (): Promise<void> => {
    if (timer !== null) clearInterval(timer);
  };
  closers.add('config_recovery', whileHeld({ lock, log, name: 'config_recovery', start, stop }));
  const routes = {
    mount,
    configDir,
    changes,
    rehearser,
    isConfirmed: ({ request }: { request: { cookies: Partial<Record<string, string>> } }) =>
      deps.isConfirmed(request.cookies[sessionCookie]),
  };
  fileChangeRoutes(routes);
  revisionRoutes({ ...routes, db, hostId: host.id });
  const reader = createConfigReader({ configDir, program: config.fail2banServer });
  closers.add('config_reader', reader.close);
  const reading = { mount, configDir, reader, host, allowedLogDirs: config.allowedLogDirs };
  configReadingRoutes(reading);
  configFormRoutes({
    ...reading,
    change: (call, wanted) => change(routes, call, wanted),
    check: (call, file) => check(routes, call, file),
    version: ({ request }) => versionIn(request.headers),
  });
  return changes;
}
