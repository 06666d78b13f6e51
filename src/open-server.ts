/** fail2ban itself: its settings, its log, its end and its return. */
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { Closers } from './closers.ts';
import type { Config } from './config.ts';
import { createRestartRun } from './features/server/restart-run.ts';
import { serverRoutes } from './features/server/routes.ts';
import type { Changes } from './host/config/changes.ts';
import { createRehearser } from './host/config/rehearse.ts';
import { standingFindings } from './host/config/standing-findings.ts';
import type { Host } from './host/host.ts';
import { createReloader } from './host/reload.ts';
import type { Audit } from './platform/audit.ts';
import type { Live } from './platform/http/live.ts';
import type { Mount } from './platform/http/mount.ts';

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
}

export function openServer(deps: ServerDeps): void {
  const { mount, host, live, audit, config, socketPath, configDir, changes } = deps;
  const { log, now, closers } = deps;
  const startCommand = deps.practiceStart ?? config.fail2banStartCommand;
  const rehearser = createRehearser({
    configDir,
    program: config.fail2banServer,
    allowedLogDirs: config.allowedLogDirs,
  });
  closers.add('server_rehearser', rehearser.close);
  const reloader = createReloader({ client: config.fail2banClient, configDir, socketPath });
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
    rehearse: (signal) => standingFindings(rehearser, signal),
    reload: () => reloader.reload(null),
  });
}
