/** fail2ban itself: its settings, its log, its end and its return. */
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { Closers } from './closers.ts';
import type { Config } from './config.ts';
import { createRestartRun } from './features/server/restart-run.ts';
import { serverRoutes } from './features/server/routes.ts';
import type { Changes } from './host/config/changes.ts';
import type { Host } from './host/host.ts';
import type { Audit } from './platform/audit.ts';
import type { Live } from './platform/http/live.ts';
import type { Mount } from './platform/http/mount.ts';
import type { OpenedJails } from './open-jails.ts';

interface ServerDeps {
  mount: Mount;
  host: Host;
  live: Live;
  audit: Audit;
  config: Config;
  socketPath: string;
  /** fail2ban's. */
  configDir: string;
  /** Of the practice fail2ban, which no other command would start; null otherwise. */
  practiceStart: readonly string[] | null;
  log: Log;
  now: Clock;
  closers: Closers;
  changes: Changes;
  jails: OpenedJails;
}

export function openServer(deps: ServerDeps): void {
  const { mount, host, live, audit, config, socketPath, configDir, changes } = deps;
  const { log, now, closers } = deps;
  const startCommand = deps.practiceStart ?? config.fail2banStartCommand;
  const restart = createRestartRun({ host, socketPath, startCommand, log, now });
  closers.add('fail2ban_restart', restart.close);
  serverRoutes({
    mount,
    host,
    live,
    audit,
    restart,
    configDir,
    logFolders: config.allowedLogDirs,
    databaseFile: config.fail2banDatabase,
    now,
    apply: (request) => changes.apply(request, () => undefined),
    ...deps.jails,
  });
}
