/** The endpoints of fail2ban itself. */
import { refuseBroken, type Rehearse } from '../../host/config/refuse-broken.ts';
import type { Call, Mount } from '../../platform/http/mount.ts';
import type { Live } from '../../platform/http/live.ts';
import { changeSettings, type ChangeDeps } from './change-settings.ts';
import {
  flushLogs,
  readRestart,
  readServerHealth,
  readSettings,
  reloadServer,
  startRestart,
  writeSettings,
} from './contract.ts';
import { readHealth, type HealthDeps } from './health.ts';
import { logRoutes } from './log-routes.ts';
import type { RestartRun } from './restart-run.ts';
import { currentSettings } from './settings.ts';

export interface ServerRoutesDeps extends ChangeDeps, HealthDeps {
  mount: Mount;
  live: Pick<Live, 'attach'>;
  restart: RestartRun;
  rehearse: Rehearse;
  /** Of the jails: the one reload of everything there is, under either name. `lost` ran before and do not run now. */
  reloadAll: (call: Call) => Promise<{ rehearsed: boolean; lost: string[] }>;
}

export function serverRoutes(deps: ServerRoutesDeps): void {
  const { mount, host, audit, live, restart, rehearse, reloadAll } = deps;
  const record = (call: Call, action: string, outcome: 'done' | 'failed' | 'refused', detail = {}) =>
    audit({
      actor: call.actor?.name ?? '',
      client: call.client,
      hostId: host.id,
      action: `server.${action}`,
      target: 'fail2ban',
      detail,
      outcome,
    });

  logRoutes({ mount, host, live });
  mount(readSettings, () => currentSettings(deps));
  mount(writeSettings, ({ body }, call) => changeSettings(deps, body, call));
  mount(readServerHealth, () => readHealth(deps));
  mount(flushLogs, async (_input, call) => {
    await host.server.flushLogs();
    await record(call, 'flush_logs', 'done');
    return { flushed: true } as const;
  });
  mount(reloadServer, async (_input, call) => {
    const { rehearsed, lost } = await reloadAll(call);
    return { rehearsed, missing: lost, jails: host.status().jails.length };
  });
  mount(startRestart, async (_input, call) => {
    try {
      await refuseBroken(rehearse, null);
    } catch (error) {
      await record(call, 'restart', 'refused', {
        reason: error instanceof Error ? error.message : String(error),
      });
      throw error;
    }
    const id = restart.begin(call.actor?.name ?? '', (result) =>
      record(call, 'restart', result, { run_id: id }),
    );
    return { run_id: id };
  });
  mount(readRestart, () => restart.state());
}
