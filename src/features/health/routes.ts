/** Alive, ready, and how each component is. */
import type { Clock } from '../../base/clock.ts';
import type { HostStatus } from '../../host/host.ts';
import type { Mount } from '../../platform/http/mount.ts';
import * as contract from './contract.ts';

interface HealthDeps {
  mount: Mount;
  now: Clock;
  /** The shared status; waits only for the very first poll. */
  status: () => Promise<HostStatus>;
  /** Null when the database can be opened, read and closed. */
  probe: () => Promise<string | null>;
  scheduler: () => 'running' | 'standby' | 'stopped';
  cache: () => 'present' | 'disabled';
  shuttingDown: () => boolean;
}

/** Health may be asked by anyone as often as they like; the database is looked at once a second at most. */
const probeMs = 1_000;

export function healthRoutes({
  mount,
  now,
  status,
  probe,
  scheduler,
  cache,
  shuttingDown,
}: HealthDeps): void {
  let probed: { at: number; detail: Promise<string | null> } | null = null;
  const database = (): Promise<string | null> => {
    const time = now();
    if (probed === null || time - probed.at >= probeMs || time < probed.at)
      probed = { at: time, detail: probe() };
    return probed.detail;
  };

  mount(contract.health, async (_input, { reply }) => {
    const { state, reason } = await status();
    const online = state === 'online';
    const failed = await database();
    const jobs = scheduler();
    const well = failed === null && jobs !== 'stopped';
    if (!online) reply.code(503);
    return {
      status: online ? (well ? ('ok' as const) : ('degraded' as const)) : ('unavailable' as const),
      components: {
        fail2ban: { status: online ? 'online' : 'offline', detail: reason },
        database: { status: failed === null ? 'ok' : 'failed', detail: failed },
        scheduler: { status: jobs, detail: schedulerDetail[jobs] },
        cache: { status: cache(), detail: null },
      },
    };
  });

  mount(contract.healthOlder, async (_input, { reply }) => {
    if ((await status()).state === 'online') return { status: 'ok' as const, fail2ban: 'online' as const };
    reply.code(503);
    return { status: 'unavailable' as const, fail2ban: 'offline' as const };
  });

  mount(contract.live, () => ({ status: 'ok' as const }));

  mount(contract.ready, async (_input, { reply }) => {
    const reason = shuttingDown() ? 'BanGUI is shutting down.' : await database();
    if (reason === null) return { status: 'ok' as const, reason };
    reply.code(503);
    return { status: 'unavailable' as const, reason };
  });
}

const schedulerDetail = {
  running: null,
  standby: 'Another instance runs the background jobs.',
  stopped: 'No background jobs run here: the scheduler lock was lost, or BanGUI is shutting down.',
};
