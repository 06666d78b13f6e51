/** The figures of this moment, from the one shared poll: no viewer costs fail2ban anything. */
import type { EndpointOutput } from '../../base/endpoint.ts';
import type { Host, JailSnapshot } from '../../host/host.ts';
import type { Mount } from '../../platform/http/mount.ts';
import { dashboardStatus } from './contract.ts';
import { mountHistoryFigures, type HistoryFiguresDeps } from './history-figures.ts';

type Mirror = EndpointOutput<typeof dashboardStatus>['mirror']['state'];

export interface OverviewDeps {
  mount: Mount;
  host: Host;
  /** How the list of bans is kept current; `asOf` in ms. */
  mirror: { state(): { state: Mirror; bans: number; asOf: number | null; limits: string[] } };
  /** This machine's name, or what the operator called it. */
  hostName: string;
  practice: boolean;
  appVersion: string;
  history: HistoryFiguresDeps;
}

export function overviewRoutes(deps: OverviewDeps): void {
  const { mount, host, mirror, hostName, practice, appVersion, history } = deps;
  mountHistoryFigures(mount, history);
  mount(dashboardStatus, () => {
    const status = host.status();
    const { jails } = status;
    const list = mirror.state();
    return {
      online: status.state === 'online',
      state: status.state,
      reason: status.reason,
      remedy: status.remedy,
      since: new Date(status.since).toISOString(),
      version: status.version,
      up_since: instant(status.upSince),
      jails: jails.length,
      banned_now: sum(jails, (jail) => jail.currentlyBanned),
      failed_now: sum(jails, (jail) => jail.currentlyFailed),
      total_banned: sum(jails, (jail) => jail.totalBanned),
      total_failed: sum(jails, (jail) => jail.totalFailed),
      as_of: instant(status.asOf),
      host_name: hostName,
      practice,
      mirror: { state: list.state, bans: list.bans, as_of: instant(list.asOf), limits: list.limits },
      app_version: appVersion,
    };
  });
}

const sum = (jails: readonly JailSnapshot[], figure: (jail: JailSnapshot) => number): number =>
  jails.reduce((total, jail) => total + figure(jail), 0);

const instant = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
