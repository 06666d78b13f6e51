/** The endpoints of fail2ban itself. */
import { AppError, daemonRefused } from '../../base/errors.ts';
import type { Finding } from '../../host/config/change.ts';
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
  /** Tries the configuration as it lies there. Answers all that is wrong with it; null when it could not be tried. */
  rehearse: (signal: AbortSignal) => Promise<Finding[] | null>;
  /** Everything, by the configuration as it lies there. */
  reload: () => Promise<{ ok: true } | { ok: false; said: string }>;
}

/** Longer than the slowest machine needs for the largest configuration. */
const rehearsalLimitMs = 60_000;

export function serverRoutes(deps: ServerRoutesDeps): void {
  const { mount, host, audit, live, restart, rehearse, reload } = deps;
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
  /** A reload with one bad value drops every jail, and a start with one does not happen. */
  const requireSound = async (call: Call, action: string): Promise<boolean> => {
    const errors = await rehearse(AbortSignal.timeout(rehearsalLimitMs));
    if (errors === null) return false;
    const [first] = errors;
    if (first === undefined) return true;
    await record(call, action, 'refused', { errors: errors.map(({ message }) => message) });
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    throw new AppError(422, 'configuration_broken', `${first.message}${more} fail2ban was left as it is.`, {
      fields: errors.slice(0, 100).map((error) => ({ field: placeOf(error), message: error.message })),
    });
  };

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
    const rehearsed = await requireSound(call, 'reload');
    const before = (await host.refresh()).jails.map(({ name }) => name);
    const end = await reload();
    const after = (await host.refresh()).jails.map(({ name }) => name);
    const missing = before.filter((name) => !after.includes(name));
    await record(call, 'reload', end.ok ? 'done' : 'failed', {
      missing,
      ...(end.ok ? {} : { said: end.said }),
    });
    if (!end.ok) {
      const lost =
        missing.length === 0 ? 'Every jail still runs.' : `No longer running: ${missing.join(', ')}.`;
      throw daemonRefused(`fail2ban did not reload: ${end.said} ${lost}`);
    }
    return { rehearsed, missing, jails: after.length };
  });
  mount(startRestart, async (_input, call) => {
    await requireSound(call, 'restart');
    const id = restart.begin(call.actor?.name ?? '', (result) =>
      record(call, 'restart', result, { run_id: id }),
    );
    return { run_id: id };
  });
  mount(readRestart, () => restart.state());
}

const placeOf = ({ file, line, jail, option }: Finding): string =>
  file === null ? [jail, option].filter((part) => part !== null).join(' ') : `${file}:${line ?? 1}`;
